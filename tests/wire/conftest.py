"""The client and the web server of the tests of the client."""

from tests.api.conftest import client, limits, server, session, transport

__all__ = ["client", "limits", "server", "session", "transport"]
