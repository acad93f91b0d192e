"""Base entities, and the one listener that adds the entities of order slots."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, override

from homeassistant.const import CONF_URL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify
from yarl import URL

from .const import CONF_PRACTICE, DOMAIN
from .coordinator import OrdersCoordinator, PanelConfigEntry, PanelCoordinator
from .tracked_order import TrackedOrder

# The keys of the account's entities that triggers and conditions are about.
BALANCE_KEY: Final = "balance"
ORDER_ACTIVITY_KEY: Final = "order_activity"
SPENT_TODAY_KEY: Final = "spent_today"


class AccountEntity[CoordinatorT: PanelCoordinator[Any]](CoordinatorEntity[CoordinatorT]):
    """An entity of the account."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: CoordinatorT, description: EntityDescription) -> None:
        """Belong to the account's device."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = account_unique_id(entry.entry_id, description.key)
        self._attr_device_info = account_device(entry)


class OrderSlotEntity(CoordinatorEntity[OrdersCoordinator]):
    """An entity of an order slot: whatever order the slot shows at the time."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: OrdersCoordinator,
        platform: Platform,
        description: EntityDescription,
        slot: int,
    ) -> None:
        """Belong to the slot's device and be called when the slot changes."""
        super().__init__(coordinator, context=slot)
        entry = coordinator.config_entry
        self.slot = slot
        self.entity_description = description
        self._attr_unique_id = f"{_slot_identifier(entry, slot)}_{description.key}"
        # Not made of the device's name, which is that of today's order.
        self.entity_id = f"{platform}.{slugify(entry.title)}_order_slot_{slot}_{description.key}"
        self._attr_device_info = _slot_device(coordinator, slot)

    @property
    def order(self) -> TrackedOrder | None:
        """The order that the slot shows now."""
        return self.coordinator.in_slot(self.slot)

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
    """Add the entities of slots in use now, of those ever used, and of later ones."""
    orders = entry.runtime_data.orders
    known: set[int] = set()

    @callback
    def add(slots: set[int]) -> None:
        for slot in sorted(slots - known):
            known.add(slot)
            entities = list(build(slot))
            # The user may delete an unused slot; its number comes back with an order.
            entities[0].async_on_remove(partial(known.discard, slot))
            async_add_entities(entities)

    add(set(_registered_slots(orders.hass, entry)) | set(orders.book.slots))
    entry.async_on_unload(orders.async_add_listener(lambda: add(set(orders.book.slots))))


@callback
def async_name_slots(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Keep the name of each slot's device that of the order it shows."""
    orders = entry.runtime_data.orders
    registry = dr.async_get(hass)
    names: dict[int, str | None] = {}

    @callback
    def rename() -> None:
        for slot in _registered_slots(hass, entry):
            order = orders.in_slot(slot)
            name = None if order is None else order.label
            if names.get(slot, "") != name:
                names[slot] = name
                registry.async_get_or_create(
                    config_entry_id=entry.entry_id, **_slot_device(orders, slot)
                )

    entry.async_on_unload(orders.async_add_listener(rename))


@callback
def async_register_account(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Register the account's device, which those of the slots refer to."""
    registry = dr.async_get(hass)
    registry.async_get_or_create(config_entry_id=entry.entry_id, **account_device(entry))
    limit = entry.runtime_data.orders.slot_limit
    for slot, device in _registered_slots(hass, entry).items():
        if slot > limit:
            registry.async_remove_device(device.id)


@callback
def slot_of_device(entry: PanelConfigEntry, device: dr.AnyDeviceEntry) -> int | None:
    """Return the number of the slot that a device is; None for the account's device."""
    prefix = _slot_identifier(entry, "")
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and identifier.startswith(prefix):
            return int(identifier.removeprefix(prefix))
    return None


def account_unique_id(entry_id: str | None, key: str) -> str:
    """Return the unique id of an entity of the account."""
    return f"{entry_id}_{key}"


def account_device(entry: PanelConfigEntry) -> DeviceInfo:
    """Return the device of the account."""
    practice = entry.data.get(CONF_PRACTICE, False)
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=entry.title,
        manufacturer="SMM Panel" if practice else URL(entry.data[CONF_URL]).host,
        model="Simulated panel" if practice else "SMM panel API v2",
        configuration_url=None if practice else URL(entry.data[CONF_URL]).origin(),
    )


def _slot_identifier(entry: PanelConfigEntry, slot: int | str) -> str:
    return f"{entry.entry_id}_slot_{slot}"


def _slot_device(orders: OrdersCoordinator, slot: int) -> DeviceInfo:
    entry = orders.config_entry
    info = DeviceInfo(
        identifiers={(DOMAIN, _slot_identifier(entry, slot))},
        entry_type=DeviceEntryType.SERVICE,
        # The name is the order's; this tells which entity ids belong to the device.
        model=f"Order slot {slot}",
        via_device_id=dr.async_get_device_id_by_identifier(
            orders.hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
    )
    if (order := orders.in_slot(slot)) is not None:
        info["name"] = order.label
    else:
        info["translation_key"] = "order_slot"
        info["translation_placeholders"] = {"slot": str(slot)}
    return info


def _registered_slots(hass: HomeAssistant, entry: PanelConfigEntry) -> dict[int, dr.AnyDeviceEntry]:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {
        slot: device for device in devices if (slot := slot_of_device(entry, device)) is not None
    }
