"""Entities of order presets, each preset a device of its own."""

from collections.abc import Callable, Iterable

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .presets import Preset, presets


class PresetEntity(Entity):
    """An entity of a preset. It lives until the preset changes, which reloads the account."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: PanelConfigEntry, preset: Preset, description: EntityDescription
    ) -> None:
        """Belong to the preset's device."""
        self.entry = entry
        self.preset = preset
        self.entity_description = description
        identifier = f"{entry.entry_id}_preset_{preset.id}"
        self._attr_unique_id = f"{identifier}_{description.key}"
        account = dr.async_get_device_id_by_identifier(
            entry.runtime_data.orders.hass,
            (DOMAIN, entry.entry_id),
            config_entry_id=entry.entry_id,
        )
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, identifier)},
            entry_type=DeviceEntryType.SERVICE,
            name=preset.name,
            model=preset.service_name,
            model_id=preset.service,
            via_device_id=account,
        )


@callback
def async_add_presets(
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[Preset], Iterable[Entity]],
) -> None:
    """Add the entities of each preset to its subentry."""
    for preset in presets(entry):
        async_add_entities(build(preset), config_subentry_id=preset.id)
