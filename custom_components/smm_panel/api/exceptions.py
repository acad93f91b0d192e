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


# Searched in this order, so a narrow meaning stands before a wide one: "Refill is
# disabled for this service" is about the refill, "The api key field is required"
# about the key. Texts and codes: what panels are known to send, folded by `fold_words`. A
# blank in a pattern may be absent from the text: `notEnoughFunds`, "notenoughfunds".
_WRONG = "(bad|incorrect|invalid|wrong|unknown)"
_IS_WRONG = "(is |are |was )?(bad|incorrect|invalid|wrong|unknown|not valid)"
_IS_GONE = "(is |was )?(not found|not exists?|(does not|doesn t|do not) exists?)"
_TEXTS: tuple[tuple[ErrorKind, tuple[str, ...]], ...] = (
    (
        ErrorKind.RATE_LIMITED,
        (
            r"rate limit",
            r"too many (requests|attempts|calls)",
            r"(requests?|calls?) (limit|quota) (is )?(exceeded|reached)",
            r"(slow down|throttl|flood wait)",
        ),
    ),
    (
        ErrorKind.DUPLICATE_LINK,
        (
            r"active order",
            r"identical order",
            r"duplicated? (link|order)",
            r"(link|order) (is )?(a )?duplicate",
            r"link (is )?(busy|(already )?in use)",
        ),
    ),
    (
        ErrorKind.NOT_ENOUGH_FUNDS,
        (
            r"\b(not enough|insufficient|low|no|lack of) (funds?|balance|money|credits?)\b",
            r"(balance|funds|credits?) (is |are )?(not enough|too low|low|insufficient)",
            r"not have (enough|sufficient) (funds?|balance|money|credits?)",
        ),
    ),
    (
        ErrorKind.AUTH,
        (
            r"\bapi (key|token|access)",
            rf"\b({_WRONG}|missing|expired|revoked) (key|token|credentials)s?\b",
            rf"\b(key|token) ({_IS_WRONG}|{_IS_GONE}|(is )?(missing|required|expired|disabled))",
            r"user not found",
            r"api is disabled? for",
            r"account.{0,20} (suspended|not active|inactive|disabled|blocked|banned)",
            r"\bip\b.{0,40} not allowed",
            r"unauthori[sz]ed|unauthenticated|(authentication|authori[sz]ation) (failed|required)",
        ),
    ),
    (
        ErrorKind.NOT_ELIGIBLE,
        (
            r"not eligible",
            r"\b(refill|cancel)\w* (is |are )?(disabled|not (available|allowed|supported))",
            r"order is not completed",
            r"less than \d+ hours",
            r"already (been )?(completed|cancell?ed|refill)",
            r"can ?(not|t) (be )?(cancel|refill)",
            r"error (refill|cancel)\b",
        ),
    ),
    (
        ErrorKind.BAD_SERVICE,
        (
            rf"({_WRONG}|disabled|inactive) services?\b",
            rf"services?( id)? ({_IS_WRONG}|{_IS_GONE})",
            r"services? (is )?(temporarily )?(disabled|inactive)",
            r"selected service",
            r"bad type",
        ),
    ),
    (
        ErrorKind.BAD_LINK,
        (
            rf"{_WRONG} (link|url)",
            rf"(link|url) ({_IS_WRONG}|{_IS_GONE}|(field )?is required)",
            r"missing link",
            r"error link\b",
        ),
    ),
    (
        ErrorKind.BAD_QUANTITY,
        (
            r"quantity",
            r"\b(min|max)(imum|imal)? (amount|order)\b",
            r"(less|more|lower|higher|greater) than (the )?(min|max)",
        ),
    ),
    (
        ErrorKind.BAD_ORDER,
        (
            rf"{_WRONG} (order|refill)s?( id| request)?s?\b",
            rf"(order|refill)( id| request)? ({_IS_WRONG}|{_IS_GONE})",
            r"no such (order|refill)",
            r"selected order",
            r"is not a number",
        ),
    ),
    (
        ErrorKind.BAD_REQUEST,
        (
            rf"{_WRONG} (request|action|method|comments?|runs|interval|start at|param\w*)",
            rf"{_WRONG} (usernames?|hashtags?|keywords?|groups?|media|answer|delay|posts|expiry)",
            rf"{_WRONG} (country|device|type of traffic)",
            r"action (is )?(invalid|not supported|not found)",
            r"\bmissing\b|required param|(is|are) required",
            r"drip feed",
            r"error comment",
            r"maximum \d+ (orders|refills|ids)",
        ),
    ),
    (
        ErrorKind.MAINTENANCE,
        (r"maintenance", r"temporarily unavailable", r"(ordering|api|panel) is (disabled|closed)"),
    ),
)
_KINDS = tuple((kind, re.compile("|".join(texts).replace(" ", " ?"))) for kind, texts in _TEXTS)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def fold_words(text: str) -> str:
    """Make `neworder.error.min_quantity`, `minQuantity` and "Min quantity" words alike."""
    return " ".join(re.split(r"[\W_]+", _HUMP.sub(" ", text).lower()))


def error_kind(text: str) -> ErrorKind:
    """Tell what an error text or code is about; `other` if the table does not know."""
    folded = fold_words(text[:MESSAGE_LIMIT])
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), ErrorKind.OTHER)


def rejection(
    kind: ErrorKind, message: str, *, retry_after: float | None = None
) -> PanelRejectedError:
    """Make the exception of a refusal, of the class that fits its kind."""
    if kind is ErrorKind.AUTH:
        return PanelAuthError(message)
    if kind is ErrorKind.RATE_LIMITED:
        return PanelRateLimitError(message, retry_after=retry_after)
    return PanelRejectedError(kind, message, retry_after=retry_after)
