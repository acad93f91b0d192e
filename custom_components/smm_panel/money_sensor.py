"""Sensors of the money of an account: what there is, what was spent, what is left."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .coordinator import BalanceCoordinator, OrdersCoordinator, PanelCoordinator
from .entity import AccountEntity
from .money import Amounts, Limits, currency_unit, days_left, is_iso_unit, money_text


class MoneySensor(SensorEntity):
    """A sensor in the currency of the panel."""

    @property
    @abstractmethod
    def currency(self) -> str | None:
        """The currency as the panel wrote it."""

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """Monetary, unless the panel counts in a unit of its own."""
        iso = is_iso_unit(self.native_unit_of_measurement)
        return SensorDeviceClass.MONETARY if iso else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return currency_unit(self.currency)


class ClockedEntity[CoordinatorT: PanelCoordinator[Any]](AccountEntity[CoordinatorT]):
    """An entity whose state also changes because time passes."""

    @override
    async def async_added_to_hass(self) -> None:
        """Look again at midnight, and when another time zone has another one."""
        await super().async_added_to_hass()
        # Every hour: where the clocks go forward at midnight, that day has no 0:00.
        self.async_on_remove(
            async_track_time_change(self.hass, self._async_look_again, minute=0, second=0)
        )
        self.async_on_remove(
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_look_again)
        )

    @callback
    def _async_look_again(self, _: datetime | Event) -> None:
        self.async_write_ha_state()


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


class BalanceLastsSensor(ClockedEntity[BalanceCoordinator], SensorEntity):
    """How many days the balance lasts if spending goes on as in the last days."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the orders as well, which tell what is spent."""
        await super().async_added_to_hass()
        orders = self.coordinator.config_entry.runtime_data.orders
        self.async_on_remove(orders.async_add_listener(self._handle_coordinator_update))

    @property
    @override
    def native_value(self) -> Decimal | None:
        balance = self.coordinator.data
        rate = self.coordinator.book.spending.rate(dt_util.utcnow(), balance.currency)
        return None if rate is None else days_left(balance.amount, rate)


class JournalSensor(AccountEntity[OrdersCoordinator], MoneySensor):
    """A sum over the orders placed from here, in the account's currency."""

    @property
    @override
    def currency(self) -> str | None:
        return self.coordinator.config_entry.runtime_data.balance.data.currency

    def spent_since(self, start: datetime) -> Amounts:
        """Return what was spent from a moment within the last two days on."""
        return self.coordinator.book.spending.since(start, self.currency)


class SpentSensor(JournalSensor):
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
        """Estimate against charge, and what came back of it."""
        spent = self.spent
        return {
            "estimate": money_text(spent.estimate),
            "charge": money_text(spent.charge),
            "given_back": money_text(spent.given_back),
        }


class SpentTodaySensor(ClockedEntity[OrdersCoordinator], SpentSensor):
    """What was spent since midnight, Home Assistant's time."""

    @property
    @override
    def last_reset(self) -> datetime:
        return dt_util.as_utc(dt_util.start_of_local_day())

    @property
    @override
    def spent(self) -> Amounts:
        return self.spent_since(self.last_reset)


class SpentTotalSensor(SpentSensor):
    """What was spent in all."""

    @property
    @override
    def spent(self) -> Amounts:
        return self.coordinator.book.spending.total(self.currency)


class BudgetLeftSensor(ClockedEntity[OrdersCoordinator], JournalSensor):
    """What the budget per day leaves until midnight, Home Assistant's time."""

    @property
    @override
    def native_value(self) -> Decimal | None:
        limits = Limits.of(self.coordinator.config_entry.options)
        left = limits.budget_left(self.spent_since(dt_util.start_of_local_day()).cost)
        # A charge above its estimate, or a budget that was lowered, may have overspent it.
        return None if left is None else max(left, Decimal(0))
