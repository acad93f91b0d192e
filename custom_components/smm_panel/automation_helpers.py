"""Helpers of triggers and conditions: their options, and the entities and accounts they use."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.const import CONF_BELOW
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
import voluptuous as vol

from .const import ATTR_LINK, ATTR_SERVICE, DOMAIN
from .coordinator import PanelConfigEntry
from .entity import account_unique_id
from .money import Limits
from .validation import price, service_id

ORDER_FILTER: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_SERVICE): service_id,
    vol.Optional(ATTR_LINK): vol.All(cv.string, str.strip),
}
"""The options that select orders; an empty one, as forms send it, selects all."""

BELOW_FIELD: Final[dict[vol.Marker, Any]] = {vol.Required(CONF_BELOW): price}


def order_filter(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the values that the options require, by the names of the order's attributes."""
    return {key: options[key] for key in (ATTR_SERVICE, ATTR_LINK) if options.get(key)}


def amount_of(state: State) -> Decimal | None:
    """Return the amount that a sensor shows; None while it shows none."""
    try:
        return Decimal(state.state)
    except InvalidOperation:
        return None


@callback
def async_account_entities(hass: HomeAssistant, entity_ids: set[str], key: str) -> set[str]:
    """Return those of the entities that have this key in their account."""
    rows = map(er.async_get(hass).async_get, entity_ids)
    return {
        row.entity_id
        for row in rows
        if row is not None
        and row.platform == DOMAIN
        and row.unique_id == account_unique_id(row.config_entry_id, key)
    }


@callback
def async_account_of(hass: HomeAssistant, entity_id: str) -> PanelConfigEntry | None:
    """Return the account of an entity; None if either is gone."""
    row = er.async_get(hass).async_get(entity_id)
    if row is None or row.config_entry_id is None:
        return None
    return hass.config_entries.async_get_entry(row.config_entry_id)


@callback
def async_daily_budget(hass: HomeAssistant, entity_id: str) -> Decimal | None:
    """Return the daily budget of an entity's account; None if there is none."""
    entry = async_account_of(hass, entity_id)
    return None if entry is None else Limits.of(entry.options).daily_budget
