"""Reads the service list periodically and fires the changes of services in use."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from homeassistant.const import ATTR_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_time_interval

from ..api import PanelError
from ..catalog import FieldChange, ServiceChange, ServiceEvent
from ..const import ATTR_SERVICE, CATALOG_CHECK_INTERVAL, CATALOG_INTERVAL, DOMAIN
from ..coordinator import PanelConfigEntry
from ..money import money_text
from ..presets import get_presets
from .orders import account_data

EVENT_SERVICE_CHANGED: Final = f"{DOMAIN}_service_changed"

ATTR_CHANGE: Final = "change"
ATTR_CHANGES: Final = "changes"


@callback
def async_watch_catalog(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Read the service list now and every few hours, while a service is in use."""
    watch = CatalogWatch(hass, entry)
    data = entry.runtime_data
    entry.async_on_unload(data.catalog.async_add_listener(watch.async_compare))
    entry.async_on_unload(data.orders_coordinator.async_add_listener(watch.async_add))
    entry.async_on_unload(
        async_track_time_interval(hass, watch.async_read_if_due, CATALOG_CHECK_INTERVAL)
    )
    watch.async_read_if_due()


class CatalogWatch:
    """Reads the service list periodically and compares each list with the one before."""

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._data = entry.runtime_data
        self._watched_services = self._data.watched_services
        self._catalog = self._data.catalog
        # A change of a preset reloads the account.
        self._presets = get_presets(entry)

    @callback
    def async_read_if_due(self, now: datetime | None = None) -> None:  # noqa: ARG002 - Home Assistant passes the time
        """Read the list in the background if it is old and a service is in use.

        A list whose last read failed counts as old: the prices of presets are unavailable.
        """
        if self._in_use():
            self._entry.async_create_background_task(
                self._hass, self._async_read(), f"{self._entry.title} services in use"
            )

    @callback
    def async_compare(self) -> None:
        """Fire the changes since the last list, whatever the new one was read for."""
        # An empty list is a fault of the panel: every service would count as gone.
        if not (offered := self._catalog.cached):
            return
        priced = {item.service for item in self._presets if item.max_charge is None}
        for event in self._watched_services.async_compare(offered, self._in_use(), priced):
            self._fire(event)

    @callback
    def async_add(self) -> None:
        """Add the services of new orders, so that later differences count as changes."""
        offered = self._catalog.cached or {}
        self._watched_services.async_add(
            offered[item] for item in self._in_use() if item in offered
        )

    async def _async_read(self) -> None:
        # The polls log a panel that does not answer.
        with suppress(PanelError):
            max_age = CATALOG_INTERVAL if self._catalog.last_update_success else timedelta()
            await self._catalog.async_read(max_age)

    def _in_use(self) -> dict[str, None]:
        """Return the ids of the services in use, each once and in order."""
        orders = self._data.order_book.orders.values()
        return dict.fromkeys(
            [
                *(preset.service for preset in self._presets),
                *(item.service for item in orders if item.service is not None and item.is_open),
            ]
        )

    def _fire(self, event: ServiceEvent) -> None:
        """Fire an event on the bus and for the event entity."""
        data = {
            **account_data(self._hass, self._entry),
            ATTR_CHANGE: event.change.value,
            "gone": event.change is ServiceChange.GONE,
            ATTR_SERVICE: event.service.id,
            ATTR_NAME: event.service.name,
            "currency": self._data.currency,
            ATTR_CHANGES: [_change_data(change) for change in event.changes],
        }
        self._hass.bus.async_fire(EVENT_SERVICE_CHANGED, data)
        async_dispatcher_send(self._hass, service_signal(self._entry), data)


def service_signal(entry: PanelConfigEntry) -> str:
    """Return the dispatcher signal of an account's service changes, sent with the event's data."""
    return f"{EVENT_SERVICE_CHANGED}_{entry.entry_id}"


def _change_data(change: FieldChange) -> dict[str, Any]:
    return {"field": change.field, "old": _plain(change.old), "new": _plain(change.new)}


def _plain(value: Decimal | int | str) -> int | str | None:
    """Return a value as JSON data."""
    return money_text(value) if isinstance(value, Decimal) else value
