"""The fields of an order: the values that each accepts, and why a value is refused."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
import re

from .service_types import SERVICE_TYPES, ServiceType

# Panels keep counts in 32-bit columns; a larger number is a mistake.
MAX_COUNT = 2_147_483_647
# Browsers and servers limit links to about this length; other texts are far shorter.
MAX_TEXT = 2_000

# Every field of every type; a field that the type of an order does not have must be empty.
FIELDS = frozenset(name for known in SERVICE_TYPES for name in known.fields)
LISTS = ("comments", "usernames", "hashtags", "groups", "keywords")
TEXTS = (
    "link",
    "username",
    "hashtag",
    "media",
    "country",
    "google_keyword",
    "referring_url",
)
# The smallest value allowed. 0 is a value of its own for `posts`, `old_posts` and `delay`
# (at once); a single run would not be a drip-feed.
NUMBERS = {
    "quantity": 1,
    "runs": 2,
    "interval": 1,
    "min": 1,
    "max": 1,
    "posts": 0,
    "old_posts": 0,
    "delay": 0,
    "answer_number": 1,
    "device": 1,
    "type_of_traffic": 1,
}
# Devices: 1 desktop, 2 Android, 3 iOS, 4 mixed mobile, 5 mixed all. Types of traffic:
# 1 Google keyword, 2 custom referrer, 3 blank. `delay` is each panel's own list.
_LAST_CHOICE = {"device": 5, "type_of_traffic": 3}

# Fields that the client sets itself, and other panels' names for the key.
_RESERVED = frozenset({"key", "api", "api_token", "action", "service", "type"})
# PHP rewrites or nests other names ("quantity[]" arrives as quantity), which would bypass
# the checks.
_EXTRA_NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)


class OrderProblem(StrEnum):
    """Why a field of an order is refused."""

    REQUIRED = "required"
    NOT_ALLOWED = "not_allowed"
    NOT_A_TEXT = "not_a_text"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_POSITIVE = "not_positive"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    CONTAINS_BLANK = "contains_blank"
    SEVERAL_LINES = "several_lines"
    UNKNOWN_VALUE = "unknown_value"
    PAST_DATE = "past_date"
    BAD_NAME = "bad_name"


class InvalidOrderError(ValueError):
    """An order that must not be sent.

    `field` is the field that is wrong, `reason` why, `limit` the bound that it exceeds, if any.
    """

    def __init__(self, field: str, reason: OrderProblem, *, limit: int | None = None) -> None:
        bound = "" if limit is None else f" ({limit})"
        super().__init__(f"{field}: {reason}{bound}")
        self.field = field
        self.reason = reason
        self.limit = limit


def _text(name: str, value: object) -> str:
    """Refuse a value that is not text, or (half a surrogate pair) cannot be sent."""
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidOrderError(name, OrderProblem.NOT_A_TEXT)
    return value


def clean_text(name: str, value: object) -> str | None:
    """Return a text of one line, stripped; None if it is blank."""
    if value is None:
        return None
    text = _text(name, value).strip()
    if len(text) > MAX_TEXT:
        raise InvalidOrderError(name, OrderProblem.TOO_LONG, limit=MAX_TEXT)
    if len(text.splitlines()) > 1:
        raise InvalidOrderError(name, OrderProblem.SEVERAL_LINES)
    return text or None


def clean_word(name: str, value: object) -> str | None:
    """Return a text without blanks inside, stripped: an id, a link, or a name on some panels."""
    text = clean_text(name, value)
    if text is not None and any(character.isspace() for character in text):
        raise InvalidOrderError(name, OrderProblem.CONTAINS_BLANK)
    return text


def clean_lines(name: str, value: object) -> tuple[str, ...] | None:
    """Return the entries of a list or of a text with lines; None if there are none."""
    if value is None:
        return None
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, Sequence) or isinstance(entries, bytes | bytearray):
        raise InvalidOrderError(name, OrderProblem.NOT_A_TEXT)
    lines: list[str] = []
    for entry in entries:
        # The panel counts and charges lines, so a line break inside an entry makes two.
        lines.extend(line.strip() for line in _text(name, entry).splitlines())
    return tuple(line for line in lines if line) or None


def check_number(name: str, value: object) -> None:
    """Refuse a value that is not a whole number in the field's range."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidOrderError(name, OrderProblem.NOT_A_NUMBER)
    least = NUMBERS[name]
    last = _LAST_CHOICE.get(name)
    if last is not None and not least <= value <= last:
        raise InvalidOrderError(name, OrderProblem.UNKNOWN_VALUE, limit=last)
    if value <= 0 < least:
        raise InvalidOrderError(name, OrderProblem.NOT_POSITIVE)
    check_range(name, value, least, MAX_COUNT)


def check_range(name: str, value: int, least: int, most: int) -> None:
    """Refuse a number below `least` or above `most`."""
    if value < least:
        raise InvalidOrderError(name, OrderProblem.TOO_FEW, limit=least)
    if value > most:
        raise InvalidOrderError(name, OrderProblem.TOO_MANY, limit=most)


def clean_date(name: str, value: object) -> date | None:
    """Refuse a date that has passed in every time zone, as the panel's is not known."""
    if value is None:
        return None
    if not isinstance(value, date):
        raise InvalidOrderError(name, OrderProblem.NOT_A_DATE)
    day = value.date() if isinstance(value, datetime) else value
    if day < (datetime.now(UTC) - timedelta(hours=12)).date():
        raise InvalidOrderError(name, OrderProblem.PAST_DATE)
    return day


def clean_extra(extra: object, rules: ServiceType) -> dict[str, str]:
    """Check the free fields; none may replace a field with checks of its own."""
    if not isinstance(extra, Mapping):
        raise InvalidOrderError("extra", OrderProblem.NOT_A_TEXT)
    reserved = _RESERVED | (FIELDS if rules.known else frozenset(rules.fields))
    if rules.takes_extra_quantity:
        reserved -= {"quantity"}
    for name, value in extra.items():
        if not isinstance(name, str) or not _EXTRA_NAME.fullmatch(name):
            raise InvalidOrderError(str(name), OrderProblem.BAD_NAME)
        if name.lower() in reserved:
            raise InvalidOrderError(name, OrderProblem.NOT_ALLOWED)
        _text(name, value)
        if name.lower() == "quantity":
            _check_extra_quantity(name, value)
    return dict(extra)


def _check_extra_quantity(name: str, value: str) -> None:
    """Refuse another spelling of the field, and what is not a whole number of a sane size."""
    if name != "quantity":
        raise InvalidOrderError(name, OrderProblem.NOT_ALLOWED)
    if not (value.isascii() and value.isdecimal()) or len(value) > len(str(MAX_COUNT)):
        raise InvalidOrderError(name, OrderProblem.NOT_A_NUMBER)
    check_number(name, int(value))
