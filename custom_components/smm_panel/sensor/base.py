"""Base classes of sensors."""

from abc import abstractmethod
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, callback
from homeassistant.helpers.event import async_track_time_change

from ..coordinator import PanelCoordinator
from ..entity import AccountEntity
from ..money import currency_unit, is_iso_unit


class MoneySensor(SensorEntity):
    """A sensor in the currency of the panel."""

    @property
    @abstractmethod
    def currency(self) -> str | None:
        """The currency as the panel spells it."""

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """Monetary, unless the unit of the panel is no currency."""
        iso = is_iso_unit(self.native_unit_of_measurement)
        return SensorDeviceClass.MONETARY if iso else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return currency_unit(self.currency)


class TimeDependentEntity[CoordinatorT: PanelCoordinator[Any]](AccountEntity[CoordinatorT]):
    """An entity whose state also changes with time."""

    @override
    async def async_added_to_hass(self) -> None:
        """Update the state at midnight, and when the time zone changes."""
        await super().async_added_to_hass()
        # Every hour: in some time zones a day without 0:00 exists, when clocks go forward then.
        self.async_on_remove(
            async_track_time_change(self.hass, self._async_update_state, minute=0, second=0)
        )
        self.async_on_remove(
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_update_state)
        )

    @callback
    def _async_update_state(self, _: datetime | Event) -> None:
        self.async_write_ha_state()
