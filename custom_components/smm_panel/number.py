"""The threshold below which the balance of an account counts as low."""

from decimal import Decimal
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import MAX_AMOUNT
from .coordinator import BalanceCoordinator, PanelConfigEntry
from .entity import AccountEntity
from .money import currency_unit, is_iso_unit

# A threshold is written to disk, one after the other.
PARALLEL_UPDATES = 1

LOW_BALANCE_THRESHOLD = NumberEntityDescription(
    key="low_balance_threshold",
    translation_key="low_balance_threshold",
    entity_category=EntityCategory.CONFIG,
    mode=NumberMode.BOX,
    native_min_value=0,
    native_max_value=MAX_AMOUNT,
    native_step=0.01,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's threshold."""
    async_add_entities(
        [LowBalanceThreshold(entry.runtime_data.balance_coordinator, LOW_BALANCE_THRESHOLD)]
    )


class LowBalanceThreshold(AccountEntity[BalanceCoordinator], NumberEntity):
    """The balance below which an account is short of money.

    It is kept in the order book: restored states are written every quarter of an hour only,
    and are forgotten while an account cannot be set up for a week; options reload the entry.
    """

    @property
    @override
    def available(self) -> bool:
        """Always: it is not the panel's, and a panel that is down is no reason to lock it."""
        return True

    @property
    @override
    def device_class(self) -> NumberDeviceClass | None:
        iso = is_iso_unit(self.native_unit_of_measurement)
        return NumberDeviceClass.MONETARY if iso else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return currency_unit(self.coordinator.data.currency)

    @property
    @override
    def native_value(self) -> float:
        return float(self.coordinator.order_book.settings.low_balance)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep a threshold, and hold the balance against it. Raises OrderBookSaveError."""
        await self.coordinator.order_book.async_set_low_balance(Decimal(str(value)))
        self.coordinator.async_update_listeners()
