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
from .coordinator import BalanceCoordinator, PanelConfigEntry, loaded_data
from .entity import AccountEntity
from .money import currency_unit, is_iso_unit

# Each threshold is saved to disk, one after the other.
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
    """The balance below which the balance of an account counts as low.

    It is kept in the order book. A restored state would be saved every 15 minutes only, and be
    lost if the account cannot be set up for a week; a change of the options reloads the account.
    """

    @property
    @override
    def available(self) -> bool:
        """Always available: the owner sets it, whether the panel answers or not."""
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
        """Save a threshold and update what compares the balance with it.

        Raises OrderBookSaveError, and HomeAssistantError if the account is not loaded.
        """
        # Not of the coordinator: the account may have been reloaded while the call waited.
        data = loaded_data(self.coordinator.config_entry)
        await data.order_book.async_set_low_balance(Decimal(str(value)))
        data.balance_coordinator.async_update_listeners()
