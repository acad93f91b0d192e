"""The error tree of the client."""

from .models import ErrorKind


class PanelError(Exception):
    """Base of everything `PanelClient` raises."""


class PanelConnectionError(PanelError):
    """No complete answer came; the panel may have taken the request."""


class PanelUnreachableError(PanelConnectionError):
    """The request certainly never reached the panel (name, connection, TLS)."""


class PanelResponseError(PanelError):
    """An answer that cannot be read: no JSON, no known shape, too large.

    After a write the outcome is unknown.
    """


class PanelShapeError(PanelResponseError):
    """Rows that do not say whose they are: the panel may know another form of the action."""


class PanelRedirectError(PanelResponseError):
    """The panel pointed to another address, which is not followed.

    `location` is that address without user info, query and fragment.
    """

    def __init__(self, location: str) -> None:
        """Name the new address in the message."""
        super().__init__(f"The panel redirects to {location}")
        self.location = location


class PanelRejectedError(PanelError):
    """The panel understood and refused: nothing was done.

    `message` is the panel's own text. `retry_after` is in seconds; a panel tells it with
    `rate_limited` and `maintenance`, if at all.
    """

    def __init__(self, kind: ErrorKind, message: str, *, retry_after: float | None = None) -> None:
        """Keep what the refusal is about beside the panel's text."""
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after


class PanelAuthError(PanelRejectedError):
    """The key is wrong or the account may not use the API."""

    def __init__(self, message: str = "Invalid API key") -> None:
        """Set the kind, which is always `auth`."""
        super().__init__(ErrorKind.AUTH, message)


class PanelRateLimitError(PanelRejectedError):
    """Too many requests."""

    def __init__(
        self, message: str = "Rate limit exceeded", *, retry_after: float | None = None
    ) -> None:
        """Set the kind, which is always `rate_limited`."""
        super().__init__(ErrorKind.RATE_LIMITED, message, retry_after=retry_after)
