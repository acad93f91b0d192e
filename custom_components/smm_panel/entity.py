"""Base entities of accounts, order slots and presets, and functions that add such entities."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, override

from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .const import DOMAIN
from .coordinator import OrdersCoordinator, PanelConfigEntry, PanelCoordinator
from .device import account_device, registered_slots, slot_device, slot_identifier
from .orders import TrackedOrder
from .presets import Preset, get_presets

# The keys of the account's entities that triggers and conditions use.
BALANCE_KEY: Final = "balance"
ORDER_ACTIVITY_KEY: Final = "order_activity"
SPENT_TODAY_KEY: Final = "spent_today"


class AccountEntity[CoordinatorT: PanelCoordinator[Any]](CoordinatorEntity[CoordinatorT]):
    """An entity of the account."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: CoordinatorT, description: EntityDescription) -> None:
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = account_unique_id(entry.entry_id, description.key)
        self._attr_device_info = account_device(entry)


class OrderSlotEntity(CoordinatorEntity[OrdersCoordinator]):
    """An entity of the order that an order slot shows at the time."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: OrdersCoordinator,
        platform: Platform,
        description: EntityDescription,
        slot: int,
    ) -> None:
        super().__init__(coordinator, context=slot)
        entry = coordinator.config_entry
        self.slot = slot
        self.entity_description = description
        self._attr_unique_id = f"{slot_identifier(entry, slot)}_{description.key}"
        # Not made from the device's name, which changes with the order.
        self.entity_id = f"{platform}.{slugify(entry.title)}_order_slot_{slot}_{description.key}"
        self._attr_device_info = slot_device(coordinator, slot)

    @property
    def order(self) -> TrackedOrder | None:
        """The order that the slot shows now."""
        return self.coordinator.order_in_slot(self.slot)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.order is not None


@callback
def async_add_slots(
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[int], Iterable[OrderSlotEntity]],
) -> None:
    """Add the entities of slots with a device or an order, and of slots that are used later."""
    orders = entry.runtime_data.orders_coordinator
    known: set[int] = set()

    @callback
    def add(slots: set[int]) -> None:
        for slot in sorted(slots - known):
            known.add(slot)
            entities = list(build(slot))
            # After the user deleted an unused slot, a new order may use its number again.
            entities[0].async_on_remove(partial(known.discard, slot))
            async_add_entities(entities)

    add(set(registered_slots(orders.hass, entry)) | set(orders.order_book.slots))
    entry.async_on_unload(orders.async_add_listener(lambda: add(set(orders.order_book.slots))))


def account_unique_id(entry_id: str | None, key: str) -> str:
    """Return the unique id of an entity of the account."""
    return f"{entry_id}_{key}"


class PresetEntity(Entity):
    """An entity of a preset. A change of the preset reloads the account, which replaces it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: PanelConfigEntry, preset: Preset, description: EntityDescription
    ) -> None:
        self.entry = entry
        # Kept, as Home Assistant deletes it from the config entry after an unload.
        self.data = entry.runtime_data
        self.preset = preset
        self.entity_description = description
        identifier = f"{entry.entry_id}_preset_{preset.id}"
        self._attr_unique_id = f"{identifier}_{description.key}"
        account = dr.async_get_device_id_by_identifier(
            self.data.orders_coordinator.hass,
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
    for preset in get_presets(entry):
        async_add_entities(build(preset), config_subentry_id=preset.id)
