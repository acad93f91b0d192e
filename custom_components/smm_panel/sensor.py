"""Sensors of an account and of its order slots."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, PERCENTAGE, EntityCategory, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .api import OrderStatus, RefillStatus
from .asked import Asking
from .coordinator import BalanceCoordinator, OrdersCoordinator, PanelConfigEntry
from .entity import AccountEntity, OrderSlotEntity, async_add_slots
from .money import money_text
from .spending import Amounts, expense
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

SPENT_TODAY = SensorEntityDescription(
    key="spent_today",
    translation_key="spent_today",
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)

SPENT_TOTAL = SensorEntityDescription(
    key="spent_total",
    translation_key="spent_total",
    # What is given back lowers it.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
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
    value_fn=lambda order: order.report.charge if order.report else order.charge,
)

REFILL_STATUS_OPTIONS = [
    *(status.value for status in RefillStatus if status is not RefillStatus.UNKNOWN),
    Asking.UNCONFIRMED.value,
]

ORDER_SENSORS = (
    OrderSensorEntityDescription(
        key="refill_status",
        translation_key="refill_status",
        device_class=SensorDeviceClass.ENUM,
        options=REFILL_STATUS_OPTIONS,
        value_fn=lambda order: order.last_refill.state if order.last_refill else None,
    ),
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
            SpentTodaySensor(data.orders, SPENT_TODAY),
            SpentTotalSensor(data.orders, SPENT_TOTAL),
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


class SpentSensor(AccountEntity[OrdersCoordinator], MoneySensor):
    """What was spent on orders placed from here, in the account's currency."""

    _unrecorded_attributes = frozenset({"estimate", "charge", "given_back"})

    @property
    @abstractmethod
    def spent(self) -> Amounts:
        """The sums to show."""

    @property
    @override
    def currency(self) -> str | None:
        return self.coordinator.config_entry.runtime_data.balance.data.currency

    @property
    @override
    def native_value(self) -> Decimal:
        return self.spent.cost

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Estimate against charge, and what came back of it."""
        spent = self.spent
        return {
            "estimate": money_text(spent.estimate),
            "charge": money_text(spent.charge),
            "given_back": money_text(spent.given_back),
        }


class SpentTodaySensor(SpentSensor):
    """What was spent since midnight, Home Assistant's time."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin anew at midnight, and when another time zone has another one."""
        await super().async_added_to_hass()
        # Every hour: where the clocks go forward at midnight, that day has no 0:00.
        self.async_on_remove(
            async_track_time_change(self.hass, self._async_begin_anew, minute=0, second=0)
        )
        self.async_on_remove(
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_begin_anew)
        )

    @callback
    def _async_begin_anew(self, _: datetime | Event) -> None:
        self.async_write_ha_state()

    @property
    @override
    def last_reset(self) -> datetime:
        return dt_util.as_utc(dt_util.start_of_local_day())

    @property
    @override
    def spent(self) -> Amounts:
        return self.coordinator.book.spending.since(self.last_reset, self.currency)


class SpentTotalSensor(SpentSensor):
    """What was spent in all."""

    @property
    @override
    def spent(self) -> Amounts:
        return self.coordinator.book.spending.total(self.currency)


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
            "cancel_asked_at": order.cancel_asked_at,
        }


class ChargeSensor(OrderSensor, MoneySensor):
    """What the panel charged for the order in a slot."""

    _unrecorded_attributes = frozenset({"estimate", "given_back"})

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (order := self.order) is None:
            return None
        cost = expense(order)
        return {
            "estimate": money_text(order.estimate),
            "given_back": None if cost is None else money_text(cost.amounts.given_back),
        }

    @property
    @override
    def currency(self) -> str | None:
        order = self.order
        if order is not None and order.report is not None and order.report.currency:
            return order.report.currency
        return self.coordinator.config_entry.runtime_data.balance.data.currency
