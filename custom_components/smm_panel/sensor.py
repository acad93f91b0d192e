"""Sensors of an account and of its order slots."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, Platform, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import RefillStatus
from .const import CONF_DAILY_BUDGET, DOMAIN
from .coordinator import OrdersCoordinator, PanelConfigEntry
from .entity import BALANCE_KEY, SPENT_TODAY_KEY, AccountEntity, OrderSlotEntity, async_add_slots
from .money import money_text
from .money_sensor import (
    BalanceLastsSensor,
    BalanceSensor,
    BudgetLeftSensor,
    MoneySensor,
    SpentTodaySensor,
    SpentTotalSensor,
)
from .orders import ORDER_STATES, Asking, OrderBook, TrackedOrder, expense
from .preset_entity import async_add_presets
from .preset_sensor import preset_sensors

# The coordinators read for all of them.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AccountSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor that counts tracked orders."""

    value_fn: Callable[[OrderBook], int]


@dataclass(frozen=True, kw_only=True)
class OrderSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor of an order slot."""

    value_fn: Callable[[TrackedOrder], Decimal | int | str | None]


BALANCE = SensorEntityDescription(
    key=BALANCE_KEY,
    translation_key="balance",
    # The only state class that Home Assistant knows for money.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)

BALANCE_LASTS = SensorEntityDescription(
    key="balance_lasts",
    translation_key="balance_lasts",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.DAYS,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
)

BUDGET_LEFT = SensorEntityDescription(
    key="budget_left_today",
    translation_key="budget_left_today",
    suggested_display_precision=2,
)

COUNTS = (
    AccountSensorEntityDescription(
        key="open_orders",
        translation_key="open_orders",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda book: len(book.open_orders),
    ),
    AccountSensorEntityDescription(
        key="orders_needing_attention",
        translation_key="orders_needing_attention",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda book: book.attention,
    ),
)

SPENT_TODAY = SensorEntityDescription(
    key=SPENT_TODAY_KEY,
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
    options=list(ORDER_STATES),
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
    """Add the sensors of account and presets, and those of slots as they come into use."""
    async_add_presets(entry, async_add_entities, partial(preset_sensors, entry))
    data = entry.runtime_data
    async_add_entities(
        [
            BalanceSensor(data.balance, BALANCE),
            BalanceLastsSensor(data.balance, BALANCE_LASTS),
            *(CountSensor(data.orders, description) for description in COUNTS),
            SpentTodaySensor(data.orders, SPENT_TODAY),
            SpentTotalSensor(data.orders, SPENT_TOTAL),
        ]
    )
    _add_budget(hass, entry, async_add_entities)
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


def _add_budget(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what is left of the budget per day, or remove what is left over of it without one."""
    budget = BudgetLeftSensor(entry.runtime_data.orders, BUDGET_LEFT)
    if CONF_DAILY_BUDGET in entry.options:
        async_add_entities([budget])
        return
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, str(budget.unique_id))
    if entity_id is not None:
        registry.async_remove(entity_id)


class CountSensor(AccountEntity[OrdersCoordinator], SensorEntity):
    """A number of tracked orders."""

    entity_description: AccountSensorEntityDescription

    @property
    @override
    def native_value(self) -> int:
        return self.entity_description.value_fn(self.coordinator.book)


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
