"""The error tree of the client, and the one table of what an error text is about."""

import re

from .models import ErrorKind

# Longer texts are pages or dumps; what the table looks for stands in the first words.
MESSAGE_LIMIT = 500


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

    `message` is the panel's own text.
    """

    def __init__(self, kind: ErrorKind, message: str) -> None:
        """Keep what the refusal is about beside the panel's text."""
        super().__init__(message)
        self.kind = kind
        self.message = message


class PanelAuthError(PanelRejectedError):
    """The key is wrong or the account may not use the API."""

    def __init__(self, message: str = "Invalid API key") -> None:
        """Set the kind, which is always `auth`."""
        super().__init__(ErrorKind.AUTH, message)


class PanelRateLimitError(PanelRejectedError):
    """Too many requests; `retry_after` is in seconds, None if the panel does not tell."""

    def __init__(
        self, message: str = "Rate limit exceeded", *, retry_after: float | None = None
    ) -> None:
        """Set the kind, which is always `rate_limited`."""
        super().__init__(ErrorKind.RATE_LIMITED, message)
        self.retry_after = retry_after


# Searched in this order, so a narrow meaning stands before a wide one: "Refill is
# disabled for this service" is about the refill, "The api key field is required"
# about the key. Texts and codes: what panels are known to send, folded by `_fold`.
_TEXTS: tuple[tuple[ErrorKind, tuple[str, ...]], ...] = (
    (ErrorKind.RATE_LIMITED, (r"rate limit", r"too many (requests|attempts)")),
    (
        ErrorKind.DUPLICATE_LINK,
        (r"active order", r"identical order", r"duplicate (link|order)", r"link duplicate"),
    ),
    (
        ErrorKind.NOT_ENOUGH_FUNDS,
        (
            r"(not enough|insufficient|low) (funds?|balance|money|credits?)\b",
            r"balance is (not enough|too low|insufficient)",
        ),
    ),
    (
        ErrorKind.AUTH,
        (
            r"\bapi (key|token|access)",
            r"\b(bad|wrong|invalid|incorrect|missing|unknown) (key|token)",
            r"user not found",
            r"api is disabled? for",
            r"account.{0,20} (suspended|not active|inactive|disabled|blocked|banned)",
            r"\bip\b.{0,40} not allowed",
            r"unauthori[sz]ed|unauthenticated",
        ),
    ),
    (
        ErrorKind.NOT_ELIGIBLE,
        (
            r"not eligible",
            r"\b(refill|cancel)\w* (is |are )?(disabled|not (available|allowed))",
            r"order is not completed",
            r"less than 24 hours",
            r"already (completed|cancell?ed|refill)",
            r"can ?(not|t) (be )?(cancel|refill)",
            r"error (refill|cancel)\b",
        ),
    ),
    (
        ErrorKind.BAD_SERVICE,
        (
            r"(incorrect|invalid|wrong|unknown|disabled|inactive) services?\b",
            r"services?( id)? (does not exist|not found)",
            r"services? (is )?(temporarily )?(disabled|inactive)",
            r"selected service",
            r"bad type",
        ),
    ),
    (
        ErrorKind.BAD_LINK,
        (
            r"(bad|incorrect|invalid|wrong) link",
            r"link (not found|(field )?is (required|invalid))",
            r"error link\b",
        ),
    ),
    (ErrorKind.BAD_QUANTITY, (r"quantity",)),
    (
        ErrorKind.BAD_ORDER,
        (
            r"(incorrect|invalid|wrong|unknown) (order|refill)( id)?\b",
            r"(order|refill)( id| request)? not found",
            r"selected order",
            r"is not a number",
        ),
    ),
    (
        ErrorKind.BAD_REQUEST,
        (
            r"(bad|incorrect|invalid) (request|action|comments?|runs|interval|start at)",
            r"action is invalid",
            r"missing required|required parameter|(is|are) required",
            r"drip ?feed",
            r"error comment",
            r"maximum \d+ orders",
        ),
    ),
    (
        ErrorKind.MAINTENANCE,
        (r"maintenance", r"temporarily unavailable", r"(ordering|api) is disabled"),
    ),
)
_KINDS = tuple((kind, re.compile("|".join(texts))) for kind, texts in _TEXTS)


def _fold(text: str) -> str:
    """Make `neworder.error.min_quantity` and "Min quantity" words alike."""
    return " ".join(re.split(r"[\W_]+", text.lower()))


def error_kind(text: str) -> ErrorKind:
    """Tell what an error text or code is about; `other` if the table does not know."""
    folded = _fold(text[:MESSAGE_LIMIT])
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), ErrorKind.OTHER)


def rejection(
    kind: ErrorKind, message: str, *, retry_after: float | None = None
) -> PanelRejectedError:
    """Make the exception of a refusal, of the class that fits its kind."""
    if kind is ErrorKind.AUTH:
        return PanelAuthError(message)
    if kind is ErrorKind.RATE_LIMITED:
        return PanelRateLimitError(message, retry_after=retry_after)
    return PanelRejectedError(kind, message)
