"""Event entities of an account."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .activity import ATTR_CHANGE, ATTR_CHANGES, Activity, activity_signal, service_signal
from .catalog import ServiceChange
from .const import ATTR_SERVICE
from .coordinator import BalanceCoordinator, OrdersCoordinator, PanelConfigEntry
from .entity import ORDER_ACTIVITY_KEY, AccountEntity

# The entities send no requests; the coordinators poll.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of the account."""
    data = entry.runtime_data
    async_add_entities(
        [
            OrderActivity(data.orders_coordinator, ORDER_ACTIVITY),
            ServiceChanges(data.balance_coordinator, SERVICE_CHANGES),
        ]
    )


ORDER_ACTIVITY = EventEntityDescription(
    key=ORDER_ACTIVITY_KEY,
    translation_key="order_activity",
    event_types=list(Activity),
)


class OrderActivity(AccountEntity[OrdersCoordinator], EventEntity):
    """The last event of any order of the account."""

    # Links are long, and the context of the event already shows who placed the order.
    _unrecorded_attributes = frozenset({"link", "placed_by"})

    @property
    @override
    def available(self) -> bool:
        """Always True: a lost answer is reported while the panel does not answer."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = activity_signal(self.coordinator.config_entry.entry_id)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._handle_activity))

    @callback
    def _handle_activity(
        self, activity: Activity, attributes: dict[str, Any], context: Context
    ) -> None:
        self.async_set_context(context)
        self._trigger_event(activity.value, attributes)
        self.async_write_ha_state()


SERVICE_CHANGES = EventEntityDescription(
    key="service_changes",
    translation_key="service_changes",
    event_types=[change.value for change in ServiceChange],
)


class ServiceChanges(AccountEntity[BalanceCoordinator], EventEntity):
    """The last change of a service that a preset or an open order uses."""

    @property
    @override
    def available(self) -> bool:
        # A past event stays valid while the panel does not answer.
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = service_signal(self.coordinator.config_entry)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._handle_change))

    @callback
    def _handle_change(self, data: dict[str, Any]) -> None:
        attributes = {name: data[name] for name in (ATTR_SERVICE, ATTR_NAME, ATTR_CHANGES)}
        self._trigger_event(data[ATTR_CHANGE], attributes)
        self.async_write_ha_state()
