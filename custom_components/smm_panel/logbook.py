"""Logbook entries for the events of orders and of services in use."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .activity import (
    ATTR_ACTIVITY,
    ATTR_CHANGE,
    ATTR_CHANGES,
    ATTR_NEW_STATUS,
    EVENT_ORDER_ACTIVITY,
    EVENT_SERVICE_CHANGED,
    Activity,
)
from .catalog import ServiceChange
from .const import ATTR_SERVICE, DOMAIN
from .money import price_text

_MESSAGES = {
    Activity.PLACED: "placed the order {what}",
    Activity.UNCONFIRMED: "sent an order of {what} whose answer was lost; it is unconfirmed",
    Activity.NOT_PLACED: "settled the unconfirmed order of {what}: it was not placed",
    Activity.STATUS_CHANGED: "reports the order {what} as {status}",
    Activity.REFILL_REQUESTED: "was asked for a refill of the order {what}",
    Activity.REFILL_COMPLETED: "completed a refill of the order {what}",
    Activity.REFILL_REJECTED: "rejected a refill of the order {what}",
    Activity.REFILL_CANCELED: "canceled a refill of the order {what}",
    Activity.REFILL_FAILED: "failed to refill the order {what}",
    Activity.CANCEL_REQUESTED: "was asked to cancel the order {what}",
}

# The logbook has no icon for these events.
_ORDER_ICON = "mdi:cart-outline"
_SERVICE_ICON = "mdi:tag-edit-outline"

# The estimate matters only where it is decided whether the order was placed.
_PRICED = {Activity.PLACED, Activity.UNCONFIRMED, Activity.NOT_PLACED}
_SERVICE_MESSAGES = {
    ServiceChange.CHANGED: "changed {what}",
    ServiceChange.GONE: "dropped {what}",
    ServiceChange.RETURNED: "offers {what} again",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe the events; Home Assistant adds the user or automation from their context."""
    async_describe_event(DOMAIN, EVENT_ORDER_ACTIVITY, _describe)
    async_describe_event(DOMAIN, EVENT_SERVICE_CHANGED, _describe_service)


@callback
def _describe(event: Event) -> dict[str, str]:
    data, activity = event.data, Activity(event.data[ATTR_ACTIVITY])
    order = f"#{data['order']}" if data["order"] else None
    what = " ".join(part for part in (order, data[ATTR_NAME]) if part)
    if data["estimate"] and activity in _PRICED:
        what += f" for about {price_text(Decimal(data['estimate']), data['currency'])}"
    if data["link"]:
        what += f" ({data['link']})"
    return {
        LOGBOOK_ENTRY_ICON: _ORDER_ICON,
        LOGBOOK_ENTRY_NAME: data["account"],
        LOGBOOK_ENTRY_MESSAGE: _MESSAGES[activity].format(
            what=what, status=(data.get(ATTR_NEW_STATUS) or "").replace("_", " ")
        ),
    }


@callback
def _describe_service(event: Event) -> dict[str, str]:
    data = event.data
    message = _SERVICE_MESSAGES[ServiceChange(data[ATTR_CHANGE])].format(
        what=f"{data[ATTR_NAME]} #{data[ATTR_SERVICE]}"
    )
    if changes := data[ATTR_CHANGES]:
        described = (_describe_change(change, data["currency"]) for change in changes)
        message += f": {', '.join(described)}"
    return {
        LOGBOOK_ENTRY_ICON: _SERVICE_ICON,
        LOGBOOK_ENTRY_NAME: data["account"],
        LOGBOOK_ENTRY_MESSAGE: message,
    }


def _describe_change(change: dict[str, Any], currency: str | None) -> str:
    old, new = change["old"], change["new"]
    if change["field"] == "rate":
        old, new = price_text(Decimal(old), None), price_text(Decimal(new), currency)
    elif isinstance(new, bool):
        old, new = ("yes" if value else "no" for value in (old, new))
    return f"{change['field']} {old} -> {new}"
