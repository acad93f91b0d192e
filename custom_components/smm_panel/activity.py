"""What happens to the orders of an account, as events on Home Assistant's bus."""

from enum import StrEnum
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .money import money_text
from .tracked_order import TrackedOrder

EVENT_ORDER_ACTIVITY: Final = f"{DOMAIN}_order_activity"

ATTR_ACTIVITY: Final = "activity"


class Activity(StrEnum):
    """What happened."""

    PLACED = "placed"
    UNCONFIRMED = "unconfirmed"
    NOT_PLACED = "not_placed"
    """An unconfirmed order turned out not to be at the panel."""


@callback
def async_fire_activity(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    activity: Activity,
    order: TrackedOrder,
    context: Context,
) -> None:
    """Tell that something happened to an order, in the context of who is behind it."""
    hass.bus.async_fire(
        EVENT_ORDER_ACTIVITY,
        {
            ATTR_ACTIVITY: activity.value,
            **account_data(hass, entry),
            "order": order.order,
            "service": order.service,
            ATTR_NAME: order.name,
            "link": order.link,
            "quantity": order.quantity,
            "estimate": money_text(order.estimate),
            "currency": order.currency,
        },
        context=context,
    )


def account_data(hass: HomeAssistant, entry: PanelConfigEntry) -> dict[str, Any]:
    """Return what an event says of the account that it is about."""
    return {
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        ATTR_DEVICE_ID: dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
        "account": entry.title,
    }
