"""The form of an order: the fields that a service type takes, each with its selector."""

from typing import Any, Final

from homeassistant.helpers.selector import (
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..api import InvalidOrderError, OrderRequest, Service, service_type
from ..validation import ORDER_FIELDS_SCHEMA

FIELD_EXTRA: Final = "extra"

_TEXT = TextSelector()
_LINES = TextSelector(TextSelectorConfig(multiline=True))
# Without bounds: `OrderRequest` checks them, with errors in the user's language.
_NUMBER = NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=1))
_MINUTES = NumberSelector(
    NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=1, unit_of_measurement="min")
)


def _choice(key: str, last: int) -> SelectSelector:
    """Return the selector of a number from 1 to `last`, each with a text of its own."""
    options = [str(number) for number in range(1, last + 1)]
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=key, mode=SelectSelectorMode.DROPDOWN)
    )


SELECTORS: dict[str, Any] = {
    "link": _TEXT,
    "quantity": _NUMBER,
    "runs": _NUMBER,
    "interval": _MINUTES,
    "comments": _LINES,
    "usernames": _LINES,
    "username": _TEXT,
    "hashtags": _LINES,
    "hashtag": _TEXT,
    "media": _TEXT,
    "answer_number": _NUMBER,
    "groups": _LINES,
    "keywords": _LINES,
    "min": _NUMBER,
    "max": _NUMBER,
    "posts": _NUMBER,
    "old_posts": _NUMBER,
    "delay": _MINUTES,
    "expiry": DateSelector(),
    "country": _TEXT,
    "device": _choice("device", 5),
    "type_of_traffic": _choice("type_of_traffic", 3),
    "google_keyword": _TEXT,
    "referring_url": _TEXT,
}


def order_schema(service: Service) -> vol.Schema:
    """Return the form for an order of a service."""
    rules = service_type(service.type)
    fields: dict[vol.Marker, Any] = {
        **{vol.Required(name): SELECTORS[name] for name in rules.required},
        **{vol.Optional(name): SELECTORS[name] for name in rules.optional},
    }
    if not rules.known:
        fields[vol.Optional(FIELD_EXTRA)] = ObjectSelector()
    return vol.Schema(fields)


def order_problem(
    service: Service, typed: dict[str, Any]
) -> InvalidOrderError | vol.Invalid | None:
    """Return the error of an order as typed; None if it fits its service."""
    try:
        fields = ORDER_FIELDS_SCHEMA(typed)
        OrderRequest(service=service.id, type=service.type, **fields).check_limits(service)
    except (InvalidOrderError, vol.Invalid) as err:
        return err
    return None
