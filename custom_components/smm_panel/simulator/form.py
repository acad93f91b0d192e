"""Reading the fields of a request."""

from collections.abc import Mapping
from typing import Final

from .errors import INCORRECT_REQUEST, Refusal, incorrect, missing

LONGEST_NUMBER: Final = 18
"""Digits. More than any id or quantity has, few enough for Python to convert."""

MOST_IDS: Final = 100
"""API document: "separated by a comma, up to 100 IDs"."""


def whole_number(text: str) -> int | None:
    """Read digits as a number; None for anything else."""
    text = text.strip()
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def required(form: Mapping[str, str], field: str) -> str:
    """Text of a field that must be there."""
    if not (text := form.get(field, "").strip()):
        raise missing(field)
    return text


def required_number(form: Mapping[str, str], field: str) -> int:
    """Whole number in a field that must be there."""
    if (number := whole_number(required(form, field))) is None:
        raise incorrect(field)
    return number


def optional_number(form: Mapping[str, str], field: str) -> int | None:
    """Whole number in a field that may be absent or empty."""
    return required_number(form, field) if form.get(field, "").strip() else None


def lines(text: str) -> list[str]:
    """Split a list field, one entry on each line that is not blank."""
    return [line for line in text.splitlines() if line.strip()]


def ids(form: Mapping[str, str], field: str, too_many_text: str) -> list[str]:
    """Ids of a comma separated field, in the order asked."""
    if field not in form:
        raise Refusal(INCORRECT_REQUEST)
    asked = [text.strip() for text in form[field].split(",")]
    if len(asked) > MOST_IDS:
        raise Refusal(too_many_text)
    return asked


def echo(text: str) -> int | str:
    """Give an asked id back the way rows of the document carry it: as a number."""
    number = whole_number(text)
    return text if number is None else number
