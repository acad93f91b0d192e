"""Single values in the notations of panels: JSON to money, counts, ids, texts and dates."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
import json
import re
from sys import intern
import unicodedata

from ..exceptions import PanelResponseError
from ..sanitize import TEXT_LIMIT, one_line

# Numbers stay the text that the panel sent: money must not become a float, an id may have
# leading zeros or 24 digits, and `1` and "1" mean the same anyway.
type Json = str | bool | list[Json] | dict[str, Json] | None

# The longest known ids have 24 characters; the rest is reserve.
_ID_LIMIT = 128
# The comma separates ids; the others are markup where an id is displayed.
_NEVER_IN_IDS = frozenset(",<>[](){}\"'`&|\\")
# The most digits of a count or an amount before and after the decimal point.
_DIGITS_LIMIT = 18

_FALSE_WORDS = frozenset({"", "0", "false", "no", "none", "null", "off"})
_TRUE_WORDS = frozenset({"1", "true", "yes", "ok", "success", "on"})
_NO_IDS = _FALSE_WORDS | (_TRUE_WORDS - {"1"}) | {"error", "fail", "failed", "nan", "undefined"}

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(?:e[+-]?[0-9]{1,3})?", re.IGNORECASE)
# The form of nearly all numbers; no more digits than `_DIGITS_LIMIT`.
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_THOUSANDS_ONLY = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
# Groups of three, or of two with three at the end as in India.
_GROUPS = re.compile(r"[0-9]+|[0-9]{1,3}(?:[.,][0-9]{2,3})*[.,][0-9]{3}")
# Whole numbers that a program has formatted as floats.
_WHOLE_FLOAT = re.compile(r"[0-9]+\.0+|[0-9](?:\.[0-9]+)?e\+[0-9]{1,2}", re.IGNORECASE)
# From here on a float no longer identifies one whole number, so it is not an id.
_FLOAT_LIMIT = 2**53
_CURRENCY_CODE = re.compile(r"[A-Za-z]{3}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def parse_json(text: str) -> Json:
    """Parse an answer, whatever its content type. Raises `PanelResponseError`."""
    try:
        data: Json = json.loads(
            text,
            parse_int=_as_written,
            parse_float=_as_written,
            object_pairs_hook=_as_row,
            parse_constant=_no_constant,
            strict=False,
        )
    except ValueError, RecursionError:
        # Raised below, unchained: the error of the parser contains the whole answer.
        pass
    else:
        return data
    raise PanelResponseError("The answer is not JSON")


# Not `str` and `dict`, which do the same: the interpreter switches threads at a call of a
# Python function, and parsing millions of characters would block them otherwise.
def _as_written(number: str) -> str:
    """Return a number as its text."""
    return number


def _as_row(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return an object."""
    return dict(pairs)


def _no_constant(_name: str) -> None:
    """Return None for NaN and Infinity."""


def fields(row: dict[str, Json]) -> dict[str, Json]:
    """Return a row with folded keys: `start_count` and `startCount` become `startcount`."""
    return {_folded(key): value for key, value in row.items()}


# The same few names occur in thousands of rows.
@lru_cache(maxsize=1024)
def _folded(key: str) -> str:
    return "".join(filter(str.isalnum, key.lower()))


def pick(row: dict[str, Json], *names: str) -> Json:
    """Return the first of several (folded) fields that is not empty."""
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def read_text(value: Json, limit: int = TEXT_LIMIT) -> str | None:
    """Read a text for display, made safe by `one_line`; None if there is none."""
    return (one_line(value, limit) or None) if isinstance(value, str) else None


def read_id(value: Json) -> str | None:
    """Read an opaque id; None for a value that cannot be one (0, "", "error", a sentence)."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _WHOLE_FLOAT.fullmatch(text):
        number = Decimal(text)
        if number >= _FLOAT_LIMIT or number != number.to_integral_value():
            return None
        text = str(int(number))
    return text if is_usable_id(text) and text.lower() not in _NO_IDS else None


def is_usable_id(text: str) -> bool:
    """Return whether a text can be sent as an id, alone or in a comma list."""
    if text.isascii() and text.isalnum():
        # Fast check, true for nearly all ids.
        return len(text) <= _ID_LIMIT and text.strip("0") != ""
    return (
        0 < len(text) <= _ID_LIMIT
        and text.isprintable()
        and not any(character in _NEVER_IN_IDS or character.isspace() for character in text)
        and text.strip("0") != ""
        and not text.startswith("-")
    )


def read_flag(value: Json) -> bool | None:
    """Read true/false, 0/1 and words for them; None for anything else."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    if word in _TRUE_WORDS:
        return True
    return False if word in _FALSE_WORDS else None


def read_money(value: Json) -> Decimal | None:
    """Read an amount, with or without currency, separators or exponent.

    The last point or comma is the decimal one if it occurs once; "1,234" has thousands,
    "0,234" and "1.234" have decimals. None if the text does not contain exactly one number.
    """
    if not isinstance(value, str) or len(value) > _ID_LIMIT:
        return None
    if _PLAIN_NUMBER.fullmatch(value):
        return Decimal(value)
    text = re.sub(r"[\s'\u2019\u066c]", "", value)
    if not text.isascii():
        text = "".join(map(_ascii_sign, text))
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) != 1:
        return None
    negative = text.startswith("-") or numbers[0][0].startswith("-")
    digits = _plain_digits(numbers[0][0].lstrip("+-").lower())
    if digits is None:
        return None
    number = Decimal(digits)
    exponent = number.as_tuple().exponent
    is_sane = isinstance(exponent, int) and abs(exponent) <= _DIGITS_LIMIT
    if not is_sane or number.adjusted() >= _DIGITS_LIMIT:
        return None
    return number.copy_negate() if negative else number


def _ascii_sign(character: str) -> str:
    """Return the ASCII form of a digit of any script, of a minus or of the Arabic point."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return {"\u2212": "-", "\u066b": "."}.get(character, character)


def _plain_digits(text: str) -> str | None:
    """Return the number with one decimal point; None if its separators make no sense."""
    mantissa, _, exponent = text.rstrip(".,").partition("e")
    if _THOUSANDS_ONLY.fullmatch(mantissa):
        mantissa = mantissa.replace(",", "")
    point = max(mantissa.rfind("."), mantissa.rfind(","))
    if point >= 0 and mantissa.count(mantissa[point]) > 1:
        point = -1
    whole, part = (mantissa, "") if point < 0 else (mantissa[:point], mantissa[point + 1 :])
    if not _GROUPS.fullmatch(whole):
        return None
    digits = re.sub(r"[.,]", "", whole)
    return f"{digits}{part and '.'}{part}e{exponent or 0}"


def read_count(value: Json) -> int | None:
    """Read a whole number, which may be negative; None for anything else."""
    number = read_money(value)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def read_date(value: Json) -> date | None:
    """Read Y-m-d or d/m/Y, with or without a time after it."""
    if not isinstance(value, str):
        return None
    text = value.strip()[:10]
    try:
        if day_first := _DAY_FIRST.fullmatch(text):
            day, month, year = (int(part) for part in day_first.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_currency(value: Json) -> str | None:
    """Read the currency as the panel writes it; ISO codes in capitals."""
    text = read_text(value, 16)
    if text is None:
        return None
    # One object for all orders with this currency.
    return intern(text.upper() if _CURRENCY_CODE.fullmatch(text) else text)


def read_currency_of(amount: Json) -> str | None:
    """Read the ISO code in an amount such as "5.00 USD"; a sign belongs to many currencies."""
    words = re.findall(r"[^\W\d_]+", amount) if isinstance(amount, str) else []
    is_code = len(words) == 1 and _CURRENCY_CODE.fullmatch(words[0]) is not None
    return words[0].upper() if is_code else None
