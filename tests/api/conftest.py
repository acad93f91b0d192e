"""A client that talks to a web server on loopback."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from custom_components.smm_panel.api import HttpLimits, HttpTransport, PanelClient
from tests.helpers.loopback import LoopbackServer

KEY = "4f9d0c7a31e64b6f8a5be29d17c3a0b8"


@pytest.fixture
async def server(socket_enabled: None) -> AsyncIterator[LoopbackServer]:
    """A web server with prepared answers."""
    async with LoopbackServer() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """The HTTP session the application would bring."""
    async with ClientSession() as session:
        yield session


@pytest.fixture
def limits() -> HttpLimits:
    """The real limits; tests that run into one give shorter ones."""
    return HttpLimits()


@pytest.fixture
def transport(server: LoopbackServer, session: ClientSession, limits: HttpLimits) -> HttpTransport:
    """The transport under test."""
    return HttpTransport(session, url=server.url, api_key=KEY, limits=limits)


@pytest.fixture
def client(transport: HttpTransport) -> PanelClient:
    """The client under test."""
    return PanelClient(transport)
