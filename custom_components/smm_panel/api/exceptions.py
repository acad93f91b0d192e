"""The error tree of the client."""

from .models import ErrorKind


class PanelError(Exception):
    """Base of everything `PanelClient` raises."""


class PanelConnectionError(PanelError):
    """No complete answer arrived; the panel may have accepted the request."""


class PanelUnreachableError(PanelConnectionError):
    """The request certainly never reached the panel (name, connection, TLS)."""


class PanelResponseError(PanelError):
    """An answer that cannot be read: no JSON, no known shape, too large.

    After an operation the outcome is unknown.
    """


class PanelShapeError(PanelResponseError):
    """Rows without the ids they belong to: the panel may support the other id field only."""


class PanelRedirectError(PanelResponseError):
    """The panel redirected to another address, which is not followed.

    `location` is that address without user info, query and fragment.
    """

    def __init__(self, location: str) -> None:
        super().__init__(f"The panel redirects to {location}")
        self.location = location


class PanelRejectedError(PanelError):
    """The panel understood and refused: nothing was done.

    `message` is the panel's own text. `retry_after` is in seconds; panels send it with
    `rate_limited` and `maintenance`, if at all.
    """

    def __init__(self, kind: ErrorKind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after


class PanelAuthError(PanelRejectedError):
    """The key is wrong or the account may not use the API."""

    def __init__(self, message: str = "Invalid API key") -> None:
        super().__init__(ErrorKind.AUTH, message)


class PanelRateLimitError(PanelRejectedError):
    """Too many requests."""

    def __init__(
        self, message: str = "Rate limit exceeded", *, retry_after: float | None = None
    ) -> None:
        super().__init__(ErrorKind.RATE_LIMITED, message, retry_after=retry_after)
