"""The error tree of the client, and the one table from a panel's error text to what it is about."""

import re

from .models import ErrorKind

# Longer texts are pages or dumps, not messages; what the table looks for stands in the first words.
MESSAGE_LIMIT = 500


class PanelError(Exception):
    """Base of everything `PanelClient` raises."""


class PanelConnectionError(PanelError):
    """No complete answer came; the panel may have taken the request."""


class PanelUnreachableError(PanelConnectionError):
    """The request certainly never reached the panel (name, connection or TLS failed)."""


class PanelResponseError(PanelError):
    """An answer came that cannot be read: no JSON, no known shape, too large. After a write the outcome is unknown."""


class PanelRedirectError(PanelResponseError):
    """The panel pointed to another address, which is not followed.

    `location` is that address without user info, query and fragment.
    """

    def __init__(self, location: str) -> None:
        """Name the new address in the message."""
        super().__init__(f"The panel redirects to {location}")
        self.location = location


class PanelRejectedError(PanelError):
    """The panel understood and refused; nothing was done. `message` is its own text."""

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
    """Too many requests; `retry_after` is in seconds, None where the panel does not tell."""

    def __init__(self, message: str = "Rate limit exceeded", *, retry_after: float | None = None) -> None:
        """Set the kind, which is always `rate_limited`."""
        super().__init__(ErrorKind.RATE_LIMITED, message)
        self.retry_after = retry_after


# Searched in this order in the text after `_fold`, so a narrow meaning stands before a wide one: "Refill is disabled for
# this service" is about the refill, "The api key field is required" about the key. Texts and codes: wire notes, section 5.
_KINDS: tuple[tuple[ErrorKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (ErrorKind.RATE_LIMITED, r"rate limit|too many (requests|attempts)"),
        (ErrorKind.DUPLICATE_LINK, r"active order|identical order|link duplicate|duplicate (link|order)"),
        (
            ErrorKind.NOT_ENOUGH_FUNDS,
            r"(not enough|insufficient|no|low) (funds?|balance|money|credits?)\b|balance is (not enough|too low|insufficient)",
        ),
        (
            ErrorKind.AUTH,
            r"\bapi (key|token)|\b(bad|wrong|invalid|incorrect|missing|unknown) (key|token)|user not found|api access"
            r"|api is disabled? for|account.{0,20} (suspended|not active|inactive|disabled|blocked|banned)"
            r"|\bip\b.{0,40} not allowed|unauthori[sz]ed|unauthenticated",
        ),
        (
            ErrorKind.NOT_ELIGIBLE,
            r"not eligible|(refill|cancel)\w* (is |are )?(disabled|not (available|allowed|supported|possible))|order is not completed"
            r"|less than 24 hours|already (completed|cancell?ed|refill\w*)|(can ?not|can t) (be )?(cancel|refill)|error (refill|cancel)\b",
        ),
        (
            ErrorKind.BAD_SERVICE,
            r"(incorrect|invalid|wrong|unknown|disabled|inactive) services?\b|bad type"
            r"|services?( id)? (does not exist|doesn t exist|not found|(is )?(temporarily )?(disabled|inactive))|selected service",
        ),
        (ErrorKind.BAD_LINK, r"(bad|incorrect|invalid|wrong) link|link (not found|(field )?is (required|invalid))|error link\b"),
        (ErrorKind.BAD_QUANTITY, r"quantity"),
        (
            ErrorKind.BAD_ORDER,
            r"(incorrect|invalid|wrong|unknown) (order|refill)( id)?\b|(order|refill)( id| request)? not found|selected order"
            r"|is not a number",
        ),
        (
            ErrorKind.BAD_REQUEST,
            r"(incorrect|invalid|bad) (request|action|comments?|runs|interval|start at)|action is invalid|missing required|required parameter"
            r"|(is|are) required|drip ?feed|error comment|maximum \d+ orders",
        ),
        (ErrorKind.MAINTENANCE, r"maintenance|temporarily unavailable|(ordering|api) is disabled"),
    )
)


def _fold(text: str) -> str:
    """Lower-case words with single blanks: `neworder.error.min_quantity` and "Min quantity" read alike."""
    return " ".join(re.split(r"[\W_]+", text.lower()))


def error_kind(text: str) -> ErrorKind:
    """Tell what an error text or code is about; `other` for any text the table does not know."""
    folded = _fold(text[:MESSAGE_LIMIT])
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), ErrorKind.OTHER)


def rejection(kind: ErrorKind, message: str, *, retry_after: float | None = None) -> PanelRejectedError:
    """Make the exception of a refusal, of the class that fits its kind."""
    if kind is ErrorKind.AUTH:
        return PanelAuthError(message)
    if kind is ErrorKind.RATE_LIMITED:
        return PanelRateLimitError(message, retry_after=retry_after)
    return PanelRejectedError(kind, message)
