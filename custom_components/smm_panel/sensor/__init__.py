"""Sensors of an account, of its order slots and of its presets."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import PanelConfigEntry
from ..entity import async_add_presets, async_add_slots
from .account import async_add_account_sensors
from .order_slot import order_slot_sensors
from .preset import preset_sensors

# Sensors read nothing: the coordinators do.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account, of its presets and of order slots, also of later slots."""
    async_add_account_sensors(hass, entry, async_add_entities)
    async_add_presets(entry, async_add_entities, partial(preset_sensors, entry))
    async_add_slots(
        entry,
        async_add_entities,
        partial(order_slot_sensors, entry.runtime_data.orders_coordinator),
    )
