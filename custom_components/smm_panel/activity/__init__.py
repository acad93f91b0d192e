"""What happened: fired as events on the bus and for the event entities.

`orders` fires the activity of orders. `catalog` reads the service list periodically and fires
the changes of services in use. An error in a listener is logged and fails nothing else.
"""

from homeassistant.core import HomeAssistant, callback

from ..coordinator import PanelConfigEntry
from .catalog import (
    ATTR_CHANGE,
    ATTR_CHANGES,
    EVENT_SERVICE_CHANGED,
    async_watch_catalog,
    service_signal,
)
from .orders import (
    ATTR_ACTIVITY,
    ATTR_NEW_STATUS,
    EVENT_ORDER_ACTIVITY,
    REFILL_FINISHED,
    Activity,
    activity_signal,
    async_fire_activity,
    async_fire_change,
    async_watch_orders,
    context_of,
)

__all__ = [
    "ATTR_ACTIVITY",
    "ATTR_CHANGE",
    "ATTR_CHANGES",
    "ATTR_NEW_STATUS",
    "EVENT_ORDER_ACTIVITY",
    "EVENT_SERVICE_CHANGED",
    "REFILL_FINISHED",
    "Activity",
    "activity_signal",
    "async_fire_activity",
    "async_fire_change",
    "async_start",
    "context_of",
    "service_signal",
]


@callback
def async_start(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Fire events for the orders and the services of an account until it is unloaded."""
    async_watch_orders(hass, entry)
    async_watch_catalog(hass, entry)
