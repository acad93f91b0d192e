"""Sensors of an account: its balance, what was spent, what is left, how many orders."""

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
from homeassistant.const import Platform, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..const import CONF_DAILY_BUDGET, DOMAIN
from ..coordinator import BalanceCoordinator, OrdersCoordinator, PanelConfigEntry
from ..entity import BALANCE_KEY, SPENT_TODAY_KEY, AccountEntity
from ..money import Amounts, Limits, days_left, money_text
from ..orders import OrderBook
from .base import MoneySensor, TimeDependentEntity


@callback
def async_add_account_sensors(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of an account."""
    data = entry.runtime_data
    async_add_entities(
        [
            BalanceSensor(data.balance_coordinator, BALANCE),
            BalanceLastsSensor(data.balance_coordinator, BALANCE_LASTS),
            *(CountSensor(data.orders_coordinator, description) for description in COUNTS),
            SpentTodaySensor(data.orders_coordinator, SPENT_TODAY),
            SpentTotalSensor(data.orders_coordinator, SPENT_TOTAL),
        ]
    )
    _add_budget_left(hass, entry, async_add_entities)


BALANCE = SensorEntityDescription(
    key=BALANCE_KEY,
    translation_key="balance",
    # The only state class that Home Assistant allows for money.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)


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


BALANCE_LASTS = SensorEntityDescription(
    key="balance_lasts",
    translation_key="balance_lasts",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.DAYS,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
)


class BalanceLastsSensor(TimeDependentEntity[BalanceCoordinator], SensorEntity):
    """How many days the balance lasts at the spending of the last days."""

    @override
    async def async_added_to_hass(self) -> None:
        """Also update the state when an order changed: it changes what was spent."""
        orders = self.coordinator.config_entry.runtime_data.orders_coordinator
        await super().async_added_to_hass()
        self.async_on_remove(orders.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> Decimal | None:
        balance = self.coordinator.data
        rate = self.coordinator.order_book.spending.rate(dt_util.utcnow(), balance.currency)
        return None if rate is None else days_left(balance.amount, rate)


class SpendingSensor(AccountEntity[OrdersCoordinator], MoneySensor):
    """A sum over the orders placed from here, in the account's currency."""

    @property
    @override
    def currency(self) -> str | None:
        return self.coordinator.config_entry.runtime_data.currency

    def spent_since(self, start: datetime) -> Amounts:
        """Return what was spent since a moment, which must be within the last two days."""
        return self.coordinator.order_book.spending.since(start, self.currency)


class SpentSensor(SpendingSensor):
    """What was spent on orders placed from here."""

    _unrecorded_attributes = frozenset({"estimate", "charge", "given_back"})

    @property
    @abstractmethod
    def spent(self) -> Amounts:
        """The sums to show."""

    @property
    @override
    def native_value(self) -> Decimal:
        return self.spent.cost

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The estimates and charges, and what was given back."""
        spent = self.spent
        return {
            "estimate": money_text(spent.estimate),
            "charge": money_text(spent.charge),
            "given_back": money_text(spent.given_back),
        }


SPENT_TODAY = SensorEntityDescription(
    key=SPENT_TODAY_KEY,
    translation_key="spent_today",
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)


class SpentTodaySensor(TimeDependentEntity[OrdersCoordinator], SpentSensor):
    """What was spent since midnight in Home Assistant's time zone."""

    @property
    @override
    def last_reset(self) -> datetime:
        return dt_util.as_utc(dt_util.start_of_local_day())

    @property
    @override
    def spent(self) -> Amounts:
        return self.spent_since(self.last_reset)


SPENT_TOTAL = SensorEntityDescription(
    key="spent_total",
    translation_key="spent_total",
    # Not TOTAL_INCREASING: it falls when something is given back.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)


class SpentTotalSensor(SpentSensor):
    """What was spent in all."""

    @property
    @override
    def spent(self) -> Amounts:
        return self.coordinator.order_book.spending.total(self.currency)


BUDGET_LEFT = SensorEntityDescription(
    key="budget_left_today",
    translation_key="budget_left_today",
    suggested_display_precision=2,
)


class BudgetLeftSensor(TimeDependentEntity[OrdersCoordinator], SpendingSensor):
    """What is left of the daily budget until midnight in Home Assistant's time zone."""

    @property
    @override
    def native_value(self) -> Decimal | None:
        limits = Limits.of(self.coordinator.config_entry.options)
        left = limits.budget_left(self.spent_since(dt_util.start_of_local_day()).cost)
        # It is negative after a charge above its estimate, or if the budget was lowered.
        return None if left is None else max(left, Decimal(0))


def _add_budget_left(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensor of the budget that is left; remove it if there is no daily budget."""
    budget = BudgetLeftSensor(entry.runtime_data.orders_coordinator, BUDGET_LEFT)
    if CONF_DAILY_BUDGET in entry.options:
        async_add_entities([budget])
        return
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, str(budget.unique_id))
    if entity_id is not None:
        registry.async_remove(entity_id)


@dataclass(frozen=True, kw_only=True)
class CountSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor that counts tracked orders."""

    value_fn: Callable[[OrderBook], int]


COUNTS = (
    CountSensorEntityDescription(
        key="open_orders",
        translation_key="open_orders",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda book: len(book.open_orders),
    ),
    CountSensorEntityDescription(
        key="orders_needing_attention",
        translation_key="orders_needing_attention",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda book: book.needing_attention,
    ),
)


class CountSensor(AccountEntity[OrdersCoordinator], SensorEntity):
    """A number of tracked orders."""

    entity_description: CountSensorEntityDescription

    @property
    @override
    def native_value(self) -> int:
        return self.entity_description.value_fn(self.coordinator.order_book)
