"""What an error text of a panel is about: the only table of it."""

import re

from ..models import ErrorKind

# Longer texts are pages or dumps; the phrases of the table are among the first words.
_SEARCHED = 500

# Searched in this order, so a narrow meaning comes before a wide one: "Refill is disabled
# for this service" is about the refill, "The api key field is required" about the key.
# Texts and codes that panels are known to send, folded by `fold_words`. A blank in a pattern
# is optional in the text: `notEnoughFunds`, "notenoughfunds".
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
    """Return lower-case words: `order.min_quantity` and `orderMinQuantity` become the same."""
    return " ".join(re.split(r"[\W_]+", _HUMP.sub(" ", text).lower()))


def error_kind(text: str) -> ErrorKind:
    """Return what an error text or code is about; `other` if the table does not have it."""
    folded = fold_words(text[:_SEARCHED])
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), ErrorKind.OTHER)
