"""Event entities of an account."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PanelConfigEntry
from .order_event import ORDER_ACTIVITY, OrderActivity
from .service_event import SERVICE_CHANGES, ServiceChanges

# They only tell what others have read.
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
            OrderActivity(data.orders, ORDER_ACTIVITY),
            ServiceChanges(data.balance, SERVICE_CHANGES),
        ]
    )
