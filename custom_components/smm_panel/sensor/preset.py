"""Sensors of an order preset: its price now, and the last order placed from it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription

from ..coordinator import PanelConfigEntry
from ..entity import PresetEntity
from ..orders import ORDER_STATES, TrackedOrder
from ..presets import Preset
from .base import MoneySensor

PRICE_NOW = SensorEntityDescription(
    key="price_now", translation_key="price_now", suggested_display_precision=2
)

LAST_ORDER = SensorEntityDescription(
    key="last_order",
    translation_key="last_order",
    device_class=SensorDeviceClass.ENUM,
    options=list(ORDER_STATES),
)


def preset_sensors(entry: PanelConfigEntry, preset: Preset) -> list[PresetEntity]:
    """Return the sensors of a preset."""
    return [
        PriceNowSensor(entry, preset, PRICE_NOW),
        LastOrderSensor(entry, preset, LAST_ORDER),
    ]


class PriceNowSensor(PresetEntity, MoneySensor):
    """The expected price of a preset's order, from the service list as last read."""

    @override
    async def async_added_to_hass(self) -> None:
        """Update the state when the service list was read, or the panel became (un)reachable."""
        await super().async_added_to_hass()
        catalog, balance = self.data.catalog, self.data.balance_coordinator
        self.async_on_remove(catalog.async_add_listener(self.async_write_ha_state))
        self.async_on_remove(balance.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def available(self) -> bool:
        """Unavailable after a failed read of the service list or of the balance.

        The balance is read more often: it shows that the panel does not answer.
        """
        return (
            super().available
            and self.data.catalog.last_update_success
            and self.data.balance_coordinator.last_update_success
        )

    @property
    @override
    def currency(self) -> str | None:
        return self.data.currency

    @property
    @override
    def native_value(self) -> Decimal | None:
        services = self.data.catalog.cached or {}
        service = services.get(self.preset.service)
        return None if service is None else self.preset.price(service)


class LastOrderSensor(PresetEntity, SensorEntity):
    """The status of the last order placed from a preset, for as long as it is kept."""

    # Links are long, and the attribute `order` identifies the order in recorded states.
    _unrecorded_attributes = frozenset({"link"})

    @override
    async def async_added_to_hass(self) -> None:
        """Update the state when an order changed."""
        await super().async_added_to_hass()
        orders = self.data.orders_coordinator
        self.async_on_remove(orders.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def available(self) -> bool:
        """Unavailable while the last poll of the orders failed."""
        return super().available and self.data.orders_coordinator.last_update_success

    @property
    def order(self) -> TrackedOrder | None:
        """The last order from the preset."""
        return self.data.order_book.last_of(self.preset.id)

    @property
    @override
    def native_value(self) -> str | None:
        order = self.order
        return None if order is None else order.state

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (order := self.order) is None:
            return None
        return {
            "order": order.panel_id,
            "link": order.link,
            "quantity": order.quantity,
            "placed_at": order.added_at,
        }
