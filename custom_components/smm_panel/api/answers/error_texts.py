"""What an error text of a panel is about: the only table of it."""

from functools import lru_cache
import re

from ..models import ErrorKind
from ..order_fields import FIELDS
from .folding import fold_words
from .foreign_texts import FOREIGN_TEXTS, KEY_WORDS

# Longer texts are pages or dumps; the phrases of the table are among the first words.
_SEARCHED = 500

# Searched in this order, so a narrow meaning comes before a wide one: "Refill is disabled
# for this service" is about the refill, "The api key field is required" about the key.
# Texts and codes that panels are known to send, folded by `fold_words`. A blank in a pattern
# is optional in the text: `notEnoughFunds`, "notenoughfunds".
_WRONG = "(bad|incorrect|invalid|wrong|unknown)"
_IS_WRONG = "(is |are |was )?(bad|incorrect|invalid|wrong|unknown|not valid)"
_IS_GONE = (
    "(is |was |has been )?(not found|not exists?|(does not|doesn t|do not) exists?|no longer"
    "|deleted|removed)"
)
_IS_MISSING = (
    "(field |parameter )?(is |are |was )?(required|missing|empty|needed"
    "|not (provided|specified|set)|(can ?not|can t|must not|may not) be (empty|blank|null))"
)
_IS_OFF = (
    "(is |are |was |has been )?(currently |temporarily )?(disabled|inactive|suspended|closed|paused"
    "|stopped|discontinued|not (active|available|offered|enabled|supported|working))"
)
_CLOSED = "(disabled|closed|offline|down|paused|stopped|not accepted)"
_IN_WORK = "(in progress|in (the )?queue|running|active|pending|process|exists|order)"
# The blanks after these words are not optional: a long word could be split in too many ways.
_WORD = r"(\w{1,20}\x20)?"
_FEW = r"(\w{1,20}\x20){0,3}"
_SOME = r"(\w{1,20}\x20){0,6}"
_AFTER = r".{0,60}"
_SERVICE = "(service|plan|package|product)s?( id)?"
_LINK = "(link|url)"
_LINKED = r"\b(link|url|page|profile|post|video|channel|user name)\b"
_OPEN = (
    "(active|pending|running|open|unfinished|incomplete|uncompleted|ongoing|existing|previous|same"
    "|identical)"
)
_REFILL = r"(refill|cancel|cancell?ation)(s|ed|ing)?"
_FIELD = "|".join(sorted((name.replace("_", " ") for name in FIELDS), key=len, reverse=True))
_TEXTS: dict[ErrorKind, tuple[str, ...]] = {
    ErrorKind.PANEL_FAULT: (
        r"unknown (error|problem|exception|failure|issue)",
        rf"(internal|unexpected) {_WORD}(error|failure|problem|exception|response|result)",
        r"^(internal|unexpected)$|exception|traceback|stack trace",
        r"undefined (index|variable|offset|array|property)",
        r"\b(server|system|application|fatal|network|connection|curl|http|php) (error|fail)",
        r"\b(went|gone) wrong|\btimed? out\b|bad gateway|gateway (error|time)",
        r"database (error|connection|fail|query|is|problem|unavailable|lock)",
        rf"(error|failed|failure|unable|could not|can ?not|connect|connecting) {_FEW}database",
        r"sqlstate|\bsql (error|syntax)|mysql|deadlock|constraint violation|duplicate entry",
        r"\bsav(e|ing) failed",
        rf"(unable|failed|could not|couldn t) (to )?(be )?{_WORD}(save|store|insert)",
    ),
    ErrorKind.RATE_LIMITED: (
        r"rate limit",
        r"too many (requests|attempts|calls)",
        r"(requests?|calls?) (limit|quota) (is )?(exceeded|reached)",
        r"(slow down|throttl|flood wait)",
        r"wait \d{1,4} (more )?(second|minute)s? (before|between)",
        r"(order|request)s? per (second|minute|hour)",
        rf"\b(daily|hourly) {_WORD}limit (is )?(exceeded|reached)",
    ),
    ErrorKind.DUPLICATE_LINK: (
        r"(active|identical) order",
        r"duplicat\w{1,4} (link|order|request)",
        r"(link|order|request) (is )?(a )?duplicat",
        r"link (is )?(busy|(already )?in use)",
        rf"\b(you|there) (already|still) (have|is|are) {_FEW}order\b",
        rf"\b(you|there) (have|is|are) (already|still) {_FEW}order\b",
        rf"\b(you have|there (is|are)) (an? |one )?{_OPEN} order",
        r"\balready (been )?(ordered|placed|purchased|submitted)",
        r"^(?!.*(refill|cancel)).*order already exists",
        rf"^(?=.*{_LINKED}).*\b(already|still) {_FEW}{_IN_WORK}",
        rf"\border (with|for|on) {_FEW}{_LINKED} exists",
        rf"\b(an|another|one) order (with|for|on) {_FEW}{_LINKED} is (being )?({_IN_WORK}|not)",
        rf"(wait|until|after) {_AFTER}\b(previous|earlier|last|other|{_OPEN}) order",
        rf"\b(previous|earlier|last) order {_SOME}({_IN_WORK}|complet|finish)",
    ),
    ErrorKind.NOT_ENOUGH_FUNDS: (
        rf"\b(not enough|insufficient|lack of) {_FEW}(funds?|balance|money|credits?)\b",
        r"\b(low|no) (funds?|balance|money|credits?)\b",
        r"(balance|funds|credits?) (is |are )?(not enough|too low|low|insufficient)",
        rf"(not|t) have (enough|sufficient) {_FEW}(funds?|balance|money|credits?)",
        r"balance is (less|lower) than|balance is below",
        r"exceeds? (your |the )?(available |account |current )?balance|payment required",
        r"(top up|recharge) (your )?(balance|wallet|account)|\badd funds\b",
    ),
    ErrorKind.AUTH: (
        r"\bapi (key|token|access)",
        rf"\b({_WRONG}|missing|expired|revoked) (key|token|credentials)s?\b",
        rf"\b(key|token) ({_IS_WRONG}|{_IS_GONE}|{_IS_MISSING}|(is )?(expired|disabled))",
        r"\b(no|without|provide|enter|specify) (an? |your |the |valid )?(key|token)\b",
        r"^user not found|api.*user not found",
        r"api is disabled? for",
        r"account.{0,20} (suspended|not active|inactive|disabled|blocked|banned)",
        r"\bip\b.{0,40} (not allowed|blocked|banned)",
        r"unauthori[sz]ed|unauthenticated|(authentication|authori[sz]ation) (failed|required)",
    ),
    ErrorKind.NOT_ELIGIBLE: (
        r"not eligible",
        rf"\b{_REFILL} {_WORD}{_IS_OFF}|\b{_REFILL} (is |are )?not (allowed|possible|due|yet)",
        rf"\b(no|without) {_REFILL} (for|on|available|guarantee|offered)\b",
        rf"\b(do|does|doesn) (not|t) {_WORD}{_REFILL}\b",
        rf"\b{_REFILL} {_FEW}only\b|\bonly {_SOME}{_REFILL}\b",
        rf"\b{_REFILL} {_SOME}(already|still)\b",
        rf"\b(already|still) {_SOME}{_REFILL}\b",
        rf"\b{_OPEN} {_REFILL} request",
        rf"\b(refill|guarantee|warranty) {_FEW}(over|expired|ended|passed)\b",
        rf"\b{_REFILL} {_AFTER}\d (hour|day|minute)s?",
        rf"\d (hour|day|minute)s? {_AFTER}\b{_REFILL}\b",
        rf"too (early|soon|late) {_FEW}{_REFILL}",
        rf"{_REFILL} {_FEW}too (early|soon|late)",
        r"order (is |was )?not (yet )?(been )?completed|\b(not|no) (yet )?drop",
        r"less than \d+ hours",
        r"already (been )?(completed|cancell?ed|refill)",
        r"can ?(not|t) (be )?(cancel|refill)",
        r"error (refill|cancel)\b",
    ),
    ErrorKind.BAD_SERVICE: (
        rf"({_WRONG}|disabled|inactive|no such) {_SERVICE}\b",
        rf"\b{_SERVICE} (is )?({_IS_WRONG}|{_IS_GONE}|{_IS_MISSING}|{_IS_OFF})",
        r"selected service",
        r"\bservice (is )?unavailable (in|for|to)\b",
        r"bad type",
    ),
    ErrorKind.BAD_LINK: (
        rf"{_WRONG} {_WORD}{_LINK}",
        rf"{_LINK} {_WORD}({_IS_WRONG}|{_IS_GONE}|{_IS_MISSING}|must be)",
        rf"limit (is )?(exceeded|reached) (for|on) (this|the) {_LINK}|{_LINK} has reached",
        rf"make sure {_SOME}is public",
        rf"{_LINK} (is )?(private|not (allowed|supported|public))",
        rf"\b(missing|enter|provide|specify|no) (an? |the |your |valid )?{_WORD}{_LINK}",
        rf"link or user name|\buser name {_IS_MISSING}|missing user name\b",
        r"\b(account|profile|page|channel|group|post|video) is private",
        r"\buser(name)? (not found|does not exist)",
        r"error link\b",
    ),
    ErrorKind.BAD_QUANTITY: (
        r"quantity",
        r"\b(min|max)(imum|imal)? (amount|order)\b",
        r"(less than|more than|lower than|higher than|greater than|below|above) (the )?(min|max)",
        rf"{_WRONG} (amount|count)\b",
    ),
    ErrorKind.BAD_ORDER: (
        rf"{_WRONG} (order|refill)s?( id| request)?s?\b",
        rf"(order|refill)( id| request)? ({_IS_WRONG}|{_IS_GONE})",
        r"no such (order|refill)",
        r"selected order",
        r"is not a number",
    ),
    ErrorKind.BAD_REQUEST: (
        rf"{_WRONG} (request|action|method|comments?|start at|param\w*|{_FIELD})\b",
        r"(request|parameters?|data) (is |are |was |were )?(bad|incorrect|invalid|wrong)",
        r"action (is )?(invalid|not supported|not found)",
        r"\bmissing\b|required param|(is|are) required",
        rf"\b({_FIELD}) {_IS_MISSING}",
        r"drip feed",
        r"error comment",
        r"maximum \d+ (orders|refills|ids)",
    ),
    ErrorKind.MAINTENANCE: (
        r"maintenance",
        r"temporarily unavailable|service is (currently )?unavailable",
        rf"\b(ordering|orders|api|panel|site|website) (is|are) {_WORD}{_CLOSED}",
        r"not accepting (new )?orders",
    ),
}


def _pattern(texts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(texts).replace(" ", " ?"))


_KINDS = tuple(
    (kind, _pattern(texts + FOREIGN_TEXTS.get(kind, ()))) for kind, texts in _TEXTS.items()
)
_KEY = re.compile(
    r"\bapi ?(key|token|access)|\b(key|token)s?\b|credential|\baccount\b|\buser\b(?! agent)"
    rf"|{KEY_WORDS}"
)
_MISSING_FIELD = re.compile(
    rf"\b(?P<before>{_FIELD}) {_IS_MISSING}"
    rf"|\b(?:missing|required?s?|provide|enter|specify|needs?) (?:the |an? |your )?(?:required )?"
    rf"(?:parameter |param |field )?(?P<after>{_FIELD})\b"
)
# Whole texts of a firewall or web server that name nothing.
_NO_ACCESS = re.compile(
    r"(error |http )?(40[13] )?(forbidden|access (is )?(denied|forbidden))( 40[13])?"
)
_UNIT = "(?:order|refill|id|item|record)s?"
_LIMIT = "(?:max(?:imum)?|up to|more than|at most|limit(?:ed)?(?: is| of| to)?|exceeds?)"
_PER_TIME = re.compile(
    r"\b(per|an?|each|every|within|in) (\d+ )?(second|minute|hour|day|week|month)s?\b"
)
_BATCH_LIMIT = re.compile(
    rf"\b{_LIMIT} (?:of |is )?(\d{{1,4}}) (?:\w{{1,20}} )?{_UNIT}\b"
    rf"|\b{_UNIT} (?:\w{{1,20}} ){{0,4}}{_LIMIT} (?:of |is )?(\d{{1,4}})\b"
)


@lru_cache(maxsize=256)
def error_kind(text: str) -> ErrorKind:
    """Return what an error text or code is about; `other` if the table does not have it."""
    folded = fold_words(text[:_SEARCHED])
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), ErrorKind.OTHER)


def names_key(text: str) -> bool:
    """Return whether a text names the API key or the account."""
    return _KEY.search(fold_words(text[:_SEARCHED])) is not None


def is_access_denied(text: str) -> bool:
    """Return whether a text says no more than "Forbidden"."""
    return _NO_ACCESS.fullmatch(fold_words(text[:_SEARCHED])) is not None


def missing_field(text: str) -> str | None:
    """Return the field of an order that a text calls missing, None if it names none."""
    match = _MISSING_FIELD.search(fold_words(text[:_SEARCHED]))
    return (match["before"] or match["after"]).replace(" ", "_") if match else None


def read_batch_limit(text: str) -> int | None:
    """Return how many ids a request may have, as a refusal says it."""
    folded = fold_words(text[:_SEARCHED])
    match = _BATCH_LIMIT.search(folded)
    # "10 orders per minute" and "20 refills a day" are no size of a request.
    if match is None or _PER_TIME.search(folded, match.end()):
        return None
    return int(match[1] or match[2])
