"""The event entity that tells what the panel changes of services in use."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_NAME
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .activity import ATTR_CHANGE, ATTR_CHANGES, service_news_signal
from .catalog import ServiceChange
from .const import ATTR_SERVICE
from .coordinator import BalanceCoordinator
from .entity import AccountEntity

SERVICE_CHANGES = EventEntityDescription(
    key="service_changes",
    translation_key="service_changes",
    event_types=[change.value for change in ServiceChange],
)


class ServiceChanges(AccountEntity[BalanceCoordinator], EventEntity):
    """What happened last to a service that a preset or an open order uses."""

    @property
    @override
    def available(self) -> bool:
        # What has happened stays true while the panel does not answer.
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the news of the account."""
        await super().async_added_to_hass()
        signal = service_news_signal(self.coordinator.config_entry)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._take_in))

    @callback
    def _take_in(self, data: dict[str, Any]) -> None:
        attributes = {name: data[name] for name in (ATTR_SERVICE, ATTR_NAME, ATTR_CHANGES)}
        self._trigger_event(data[ATTR_CHANGE], attributes)
        self.async_write_ha_state()
