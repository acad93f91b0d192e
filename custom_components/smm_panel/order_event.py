"""The event entity that tells what happens to the orders of an account."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Context, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .activity import Activity, activity_signal
from .coordinator import OrdersCoordinator
from .entity import ORDER_ACTIVITY_KEY, AccountEntity

ORDER_ACTIVITY = EventEntityDescription(
    key=ORDER_ACTIVITY_KEY,
    translation_key="order_activity",
    event_types=list(Activity),
)


class OrderActivity(AccountEntity[OrdersCoordinator], EventEntity):
    """What happened last to any order of the account."""

    # Links are long, and who is behind the event is in its context.
    _unrecorded_attributes = frozenset({"link", "placed_by"})

    @property
    @override
    def available(self) -> bool:
        """Always: an order whose answer was lost is told just when the panel is down."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = activity_signal(self.coordinator.config_entry.entry_id)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_tell))

    @callback
    def _async_tell(self, activity: Activity, facts: dict[str, Any], context: Context) -> None:
        self.async_set_context(context)
        self._trigger_event(activity.value, facts)
        self.async_write_ha_state()
