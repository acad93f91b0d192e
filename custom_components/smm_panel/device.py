"""The devices of an account and of its order slots."""

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from yarl import URL

from .const import CONF_PRACTICE, DOMAIN
from .coordinator import OrdersCoordinator, PanelConfigEntry


@callback
def async_name_slots(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Keep each slot's device named after the order that the slot shows."""
    orders = entry.runtime_data.orders_coordinator
    registry = dr.async_get(hass)
    names: dict[int, str | None] = {}

    @callback
    def rename() -> None:
        for slot in registered_slots(hass, entry):
            order = orders.order_in_slot(slot)
            name = None if order is None else order.label
            if names.get(slot, "") != name:
                names[slot] = name
                registry.async_get_or_create(
                    config_entry_id=entry.entry_id, **slot_device(orders, slot)
                )

    entry.async_on_unload(orders.async_add_listener(rename))


@callback
def async_register_account(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Register the account's device, and remove the slots above the limit.

    The devices of slots and presets refer to that of the account.
    """
    registry = dr.async_get(hass)
    registry.async_get_or_create(config_entry_id=entry.entry_id, **account_device(entry))
    limit = entry.runtime_data.orders_coordinator.slot_limit
    for slot, device in registered_slots(hass, entry).items():
        if slot > limit:
            registry.async_remove_device(device.id)


@callback
def slot_of_device(entry: PanelConfigEntry, device: dr.AnyDeviceEntry) -> int | None:
    """Return the number of the slot of a device; None for a device of something else."""
    prefix = slot_identifier(entry, "")
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and identifier.startswith(prefix):
            return int(identifier.removeprefix(prefix))
    return None


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


def slot_identifier(entry: PanelConfigEntry, slot: int | str) -> str:
    """Return the identifier of a slot's device."""
    return f"{entry.entry_id}_slot_{slot}"


def slot_device(orders: OrdersCoordinator, slot: int) -> DeviceInfo:
    """Return the device of a slot, named after the order that it shows."""
    entry = orders.config_entry
    info = DeviceInfo(
        identifiers={(DOMAIN, slot_identifier(entry, slot))},
        entry_type=DeviceEntryType.SERVICE,
        # The name is that of the order; the model shows which entity ids belong to the device.
        model=f"Order slot {slot}",
        via_device_id=dr.async_get_device_id_by_identifier(
            orders.hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
    )
    if (order := orders.order_in_slot(slot)) is not None:
        info["name"] = order.label
    else:
        info["translation_key"] = "order_slot"
        info["translation_placeholders"] = {"slot": str(slot)}
    return info


def registered_slots(hass: HomeAssistant, entry: PanelConfigEntry) -> dict[int, dr.AnyDeviceEntry]:
    """Return the registered devices of slots by the numbers of the slots."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {
        slot: device for device in devices if (slot := slot_of_device(entry, device)) is not None
    }
