"""Sensors of an account and of its order slots."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import OrderStatus
from .coordinator import BalanceCoordinator, OrdersCoordinator, PanelConfigEntry
from .entity import AccountEntity, OrderSlotEntity, async_add_slots
from .tracked_order import Placement, TrackedOrder

# The coordinators read for all of them.
PARALLEL_UPDATES = 0

STATUS_OPTIONS = [
    *(status.value for status in OrderStatus if status is not OrderStatus.UNKNOWN),
    Placement.UNCONFIRMED.value,
]


@dataclass(frozen=True, kw_only=True)
class AccountSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor that counts tracked orders."""

    value_fn: Callable[[TrackedOrder], bool]


@dataclass(frozen=True, kw_only=True)
class OrderSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor of an order slot."""

    value_fn: Callable[[TrackedOrder], Decimal | int | str | None]


BALANCE = SensorEntityDescription(
    key="balance",
    translation_key="balance",
    # The only state class that Home Assistant knows for money.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)

COUNTS = (
    AccountSensorEntityDescription(
        key="open_orders",
        translation_key="open_orders",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda order: order.is_open,
    ),
    AccountSensorEntityDescription(
        key="orders_needing_attention",
        translation_key="orders_needing_attention",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda order: order.needs_attention,
    ),
)

STATUS = OrderSensorEntityDescription(
    key="status",
    translation_key="status",
    device_class=SensorDeviceClass.ENUM,
    options=STATUS_OPTIONS,
    value_fn=lambda order: order.state,
)

CHARGE = OrderSensorEntityDescription(
    key="charge",
    translation_key="charge",
    suggested_display_precision=2,
    value_fn=lambda order: order.report.charge if order.report else None,
)

ORDER_SENSORS = (
    OrderSensorEntityDescription(
        key="remains",
        translation_key="remains",
        value_fn=lambda order: order.report.remains if order.report else None,
    ),
    OrderSensorEntityDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda order: order.progress,
    ),
    OrderSensorEntityDescription(
        key="start_count",
        translation_key="start_count",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda order: order.report.start_count if order.report else None,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's sensors, and those of order slots as they come into use."""
    data = entry.runtime_data
    async_add_entities(
        [
            BalanceSensor(data.balance, BALANCE),
            *(CountSensor(data.orders, description) for description in COUNTS),
        ]
    )
    async_add_slots(
        entry,
        async_add_entities,
        lambda slot: [
            StatusSensor(data.orders, Platform.SENSOR, STATUS, slot),
            ChargeSensor(data.orders, Platform.SENSOR, CHARGE, slot),
            *(
                OrderSensor(data.orders, Platform.SENSOR, description, slot)
                for description in ORDER_SENSORS
            ),
        ],
    )


class MoneySensor(SensorEntity):
    """A sensor in the currency of the panel."""

    @property
    @abstractmethod
    def currency(self) -> str | None:
        """The currency as the panel wrote it."""

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """Monetary, which promises an ISO 4217 code; panels also have units of their own."""
        iso = self.native_unit_of_measurement in ACTIVE_CURRENCIES
        return SensorDeviceClass.MONETARY if iso else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if (currency := self.currency) is None:
            return None
        code = currency.upper()
        return code if code in ACTIVE_CURRENCIES else currency


class BalanceSensor(AccountEntity[BalanceCoordinator], MoneySensor):
    """The balance of the account."""

    @property
    @override
    def currency(self) -> str | None:
        return self.coordinator.data.currency

    @property
    @override
    def native_value(self) -> Decimal:
        return self.coordinator.data.amount


class CountSensor(AccountEntity[OrdersCoordinator], SensorEntity):
    """A number of tracked orders."""

    entity_description: AccountSensorEntityDescription

    @property
    @override
    def native_value(self) -> int:
        orders = self.coordinator.book.orders.values()
        return sum(map(self.entity_description.value_fn, orders))


class OrderSensor(OrderSlotEntity, SensorEntity):
    """A figure of the order in a slot."""

    entity_description: OrderSensorEntityDescription

    @property
    @override
    def native_value(self) -> Decimal | int | str | None:
        order = self.order
        return None if order is None else self.entity_description.value_fn(order)


class StatusSensor(OrderSensor):
    """The status of the order in a slot, and what it is an order of."""

    # They follow from the order, which the recorder has; and links are long.
    _unrecorded_attributes = frozenset({"link", "name", "service", "status_text"})

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (order := self.order) is None:
            return None
        return {
            "order": order.order,
            "service": order.service,
            "name": order.name,
            "link": order.link,
            "quantity": order.quantity,
            "status_text": order.report.status_text if order.report else None,
            "error": order.error,
        }


class ChargeSensor(OrderSensor, MoneySensor):
    """What the panel charged for the order in a slot."""

    @property
    @override
    def currency(self) -> str | None:
        order = self.order
        if order is not None and order.report is not None and order.report.currency:
            return order.report.currency
        return self.coordinator.config_entry.runtime_data.balance.data.currency
