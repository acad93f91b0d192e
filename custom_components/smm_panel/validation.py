"""Normalizing what users enter in the fields of actions and forms."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
import re
from typing import Any

from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import ATTR_LINK
from .links import strip_invisible

# Text fields of forms and templates give whole numbers as "100" or "100.0".
_WHOLE_NUMBER = re.compile(r"([+-]?\d{1,100})(\.0*)?", re.ASCII)

# No blanks: "23 501" may be one mistyped id, and its parts may be the ids of two other orders.
_BETWEEN_IDS = re.compile(r"[,;\r\n]")


def as_text(value: object) -> object:
    """Convert a whole number, which YAML makes of an id, to text; keep any other value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def as_target(value: object) -> object:
    """Convert a link or user name to text, without invisible characters at its ends."""
    text = as_text(value)
    return strip_invisible(text) if isinstance(text, str) else text


def as_lines(value: object) -> object:
    """Convert the whole numbers in a list to text; a single value like `as_text`."""
    return [as_text(entry) for entry in value] if isinstance(value, list) else as_text(value)


def as_whole_number(value: object) -> object:
    """Convert 100.0, "100" and "100.0" to an integer; keep any other value."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (match := _WHOLE_NUMBER.fullmatch(value.strip())):
        return int(match[1])
    return value


def as_date(value: object) -> object:
    """Convert YYYY-MM-DD to a date; keep any other value."""
    return (dt_util.parse_date(value.strip()) or value) if isinstance(value, str) else value


def service_id(value: object) -> str:
    """Return a service id as text, empty if none is given. Raises vol.Invalid."""
    service = as_text("" if value is None else value)
    if not isinstance(service, str):
        raise vol.Invalid("expected the id of a service")
    return service.strip()


def extra_fields(value: object) -> dict[object, object]:
    """Convert the whole numbers in a mapping to text. Raises vol.Invalid."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise vol.Invalid("expected names with their values")
    return {name: as_text(item) for name, item in value.items()}


def ids(value: object) -> list[str]:
    """Return a list of ids from one id, a list, or ids separated by , ; or line breaks.

    Each id occurs once, without surrounding blanks and without the # that precedes it in the
    names of devices. Raises vol.Invalid for a value that cannot be an id.
    """
    found: dict[str, None] = {}
    for entry in value if isinstance(value, list) else [value]:
        text = as_text("" if entry is None else entry)
        if not isinstance(text, str):
            raise vol.Invalid("expected ids")
        for part in _BETWEEN_IDS.split(text):
            if item := part.strip().removeprefix("#").strip():
                found[item] = None
    return list(found)


def price(value: object) -> Decimal:
    """Return a price as Decimal. Raises vol.Invalid."""
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as err:
        raise vol.Invalid("expected a number") from err
    if not amount.is_finite() or amount < 0:
        raise vol.Invalid("expected a number of 0 or more")
    return amount


ORDER_FIELDS: dict[vol.Marker, Any] = {
    vol.Optional(ATTR_LINK): as_target,
    vol.Optional("quantity"): as_whole_number,
    vol.Optional("runs"): as_whole_number,
    vol.Optional("interval"): as_whole_number,
    vol.Optional("comments"): as_lines,
    vol.Optional("usernames"): as_lines,
    vol.Optional("username"): as_target,
    vol.Optional("hashtags"): as_lines,
    vol.Optional("hashtag"): as_text,
    vol.Optional("media"): as_text,
    vol.Optional("answer_number"): as_whole_number,
    vol.Optional("groups"): as_lines,
    vol.Optional("keywords"): as_lines,
    vol.Optional("min"): as_whole_number,
    vol.Optional("max"): as_whole_number,
    vol.Optional("posts"): as_whole_number,
    vol.Optional("old_posts"): as_whole_number,
    vol.Optional("delay"): as_whole_number,
    vol.Optional("expiry"): as_date,
    vol.Optional("country"): as_text,
    vol.Optional("device"): as_whole_number,
    vol.Optional("type_of_traffic"): as_whole_number,
    vol.Optional("google_keyword"): as_text,
    vol.Optional("referring_url"): as_text,
    vol.Optional("extra"): extra_fields,
}


ORDER_FIELDS_SCHEMA = vol.Schema(ORDER_FIELDS)
