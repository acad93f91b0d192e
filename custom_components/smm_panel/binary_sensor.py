"""The low-balance warning of an account."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BalanceCoordinator, PanelConfigEntry
from .entity import AccountEntity

# The entity sends no requests; the coordinator polls.
PARALLEL_UPDATES = 0

LOW_BALANCE = BinarySensorEntityDescription(
    key="low_balance",
    translation_key="low_balance",
    device_class=BinarySensorDeviceClass.PROBLEM,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the warning of the account."""
    async_add_entities([LowBalanceSensor(entry.runtime_data.balance_coordinator, LOW_BALANCE)])


class LowBalanceSensor(AccountEntity[BalanceCoordinator], BinarySensorEntity):
    """Whether the balance is below the threshold.

    The default threshold of 0 warns only of a negative balance.
    """

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.data.amount < self.coordinator.order_book.settings.low_balance
