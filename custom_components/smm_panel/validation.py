"""What people type into the fields of actions and forms, brought into one form."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
import re
from typing import Any

from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import ATTR_LINK

# As text fields of forms and templates give whole numbers: "100", "100.0".
_WHOLE_NUMBER = re.compile(r"([+-]?\d{1,100})(\.0*)?", re.ASCII)


# Not at blanks: "23 501" may be one id with a slip of the finger, and two other orders.
_BETWEEN_IDS = re.compile(r"[,;\r\n]")


def as_text(value: object) -> object:
    """Make text of a whole number, as YAML reads ids; never of another value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def as_lines(value: object) -> object:
    """Make texts of the whole numbers in a list."""
    return [as_text(entry) for entry in value] if isinstance(value, list) else as_text(value)


def as_whole_number(value: object) -> object:
    """Make an integer of 100.0, "100" and "100.0"."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (match := _WHOLE_NUMBER.fullmatch(value.strip())):
        return int(match[1])
    return value


def as_date(value: object) -> object:
    """Make a date of YYYY-MM-DD."""
    return (dt_util.parse_date(value.strip()) or value) if isinstance(value, str) else value


def service_id(value: object) -> str:
    """Make the text of a service id; empty if none is given. Raises vol.Invalid."""
    service = as_text("" if value is None else value)
    if not isinstance(service, str):
        raise vol.Invalid("expected the id of a service")
    return service.strip()


def extra_fields(value: object) -> dict[object, object]:
    """Make texts of the whole numbers in a mapping. Raises vol.Invalid."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise vol.Invalid("expected names with their values")
    return {name: as_text(item) for name, item in value.items()}


def ids(value: object) -> list[str]:
    """Make a list of one id, of ids parted by commas or lines, or of a list of them.

    Each id once, without blanks around it and without the # that goes before it in the
    names of devices. Raises vol.Invalid for what cannot be an id.
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
    """Make the Decimal of a price. Raises vol.Invalid."""
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as err:
        raise vol.Invalid("expected a number") from err
    if not amount.is_finite() or amount < 0:
        raise vol.Invalid("expected a number of 0 or more")
    return amount


ORDER_FIELDS: dict[vol.Marker, Any] = {
    vol.Optional(ATTR_LINK): as_text,
    vol.Optional("quantity"): as_whole_number,
    vol.Optional("runs"): as_whole_number,
    vol.Optional("interval"): as_whole_number,
    vol.Optional("comments"): as_lines,
    vol.Optional("usernames"): as_lines,
    vol.Optional("username"): as_text,
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
