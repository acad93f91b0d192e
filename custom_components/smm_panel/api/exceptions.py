"""The error tree of the client."""

from .models import ErrorKind


class PanelError(Exception):
    """Base of everything `PanelClient` raises."""


class PanelConnectionError(PanelError):
    """No complete answer arrived; the panel may have accepted the request."""


class PanelUnreachableError(PanelConnectionError):
    """The request certainly never reached the panel (name, connection, TLS)."""


class PanelResponseError(PanelError):
    """An answer that is no result and no refusal: no JSON, no known shape, a fault of the panel.

    After an operation the outcome is unknown.
    """


class PanelShapeError(PanelResponseError):
    """Rows without the ids they belong to: the panel may support the other id field only."""


class PanelUnclearError(PanelResponseError):
    """An error of the panel after which an operation may have been carried out all the same.

    `text` is the panel's own text. With `says_done` it says that something was done, so that
    it must not be learned as a refusal.
    """

    def __init__(self, text: str, *, says_done: bool) -> None:
        super().__init__(f"The outcome is not clear from the panel's answer: {text}")
        self.text = text
        self.says_done = says_done


class PanelAccessError(PanelResponseError):
    """Status 401 or 403, or "Forbidden", without a word about the key or the account.

    It may come from a firewall in front of the panel, so it does not show that the key is wrong.
    """


class UnconfirmedIdError(PanelResponseError):
    """The whole answer to an `add` is a number, which may be the id of the new order.

    `order` is that number.
    """

    def __init__(self, order: str) -> None:
        super().__init__(f"The whole answer is a number, perhaps the order's id: {order}")
        self.order = order


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
    `rate_limited` and `maintenance`, if at all. `field` is the field of an order that the
    text calls missing, if it names one.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        retry_after: float | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.field = field


class PanelAuthError(PanelRejectedError):
    """The key is wrong or the account may not use the API.

    `names_key`: the text names the key or the account. Without it ("Unauthorized", "IP not
    allowed") the answer may come from a firewall in front of the panel.
    """

    def __init__(self, message: str = "Invalid API key", *, names_key: bool = True) -> None:
        super().__init__(ErrorKind.AUTH, message)
        self.names_key = names_key


class PanelRateLimitError(PanelRejectedError):
    """Too many requests."""

    def __init__(
        self, message: str = "Rate limit exceeded", *, retry_after: float | None = None
    ) -> None:
        super().__init__(ErrorKind.RATE_LIMITED, message, retry_after=retry_after)
