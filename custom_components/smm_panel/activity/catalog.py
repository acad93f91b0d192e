"""Watches the services that presets and open orders use, and tells what the panel changes."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.const import ATTR_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_time_interval

from ..api import PanelError
from ..catalog import FieldChange, ServiceChange, ServiceNews
from ..const import ATTR_SERVICE, DOMAIN, SERVICES_INTERVAL, SERVICES_TURN
from ..coordinator import PanelConfigEntry
from ..money import money_text
from ..presets import presets
from .orders import account_data

EVENT_SERVICE_CHANGED: Final = f"{DOMAIN}_service_changed"

ATTR_CHANGE: Final = "change"
ATTR_CHANGES: Final = "changes"


@callback
def async_watch_catalog(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Read the service list now and every few hours, for as long as a service of it is in use."""
    watch = CatalogWatch(hass, entry)
    entry.async_on_unload(entry.runtime_data.catalog.async_add_listener(watch.async_take_in))
    entry.async_on_unload(entry.runtime_data.orders.async_add_listener(watch.async_learn))
    entry.async_on_unload(async_track_time_interval(hass, watch.async_turn, SERVICES_TURN))
    watch.async_turn()


class CatalogWatch:
    """Reads the service list when it is time, and holds each list against what was known."""

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry) -> None:
        """Prepare the watch of an account."""
        self._hass = hass
        self._entry = entry
        self._known = entry.runtime_data.known_services
        self._catalog = entry.runtime_data.catalog
        # A change of them reloads the account.
        self._presets = presets(entry)

    @callback
    def async_turn(self, now: datetime | None = None) -> None:  # noqa: ARG002 - Home Assistant passes the time
        """Read the list in the background if that is due and a service is in use."""
        if self._watched():
            self._entry.async_create_background_task(
                self._hass, self._async_read(), f"{self._entry.title} services in use"
            )

    @callback
    def async_take_in(self) -> None:
        """Tell what has changed since the last list, whoever had it read."""
        # A panel that offers nothing at all has a fault, and each of its services would be gone.
        if not (offered := self._catalog.at_hand):
            return
        priced = {item.service for item in self._presets if item.max_charge is None}
        for news in self._known.async_take_in(offered, self._watched(), priced):
            self._tell(news)

    @callback
    def async_learn(self) -> None:
        """Take in the services of new orders as they are now: what comes later is a change."""
        offered = self._catalog.at_hand or {}
        self._known.async_learn(offered[item] for item in self._watched() if item in offered)

    async def _async_read(self) -> None:
        # Whoever places an order or opens a form hears what is wrong, and so do the polls.
        with suppress(PanelError):
            await self._catalog.async_services(SERVICES_INTERVAL)

    def _watched(self) -> dict[str, None]:
        """Return the ids of the services in use, each once and in order."""
        orders = self._entry.runtime_data.book.orders.values()
        return dict.fromkeys(
            [
                *(preset.service for preset in self._presets),
                *(item.service for item in orders if item.service is not None and item.is_open),
            ]
        )

    def _tell(self, news: ServiceNews) -> None:
        """Tell the bus and the event entity."""
        data = {
            **account_data(self._hass, self._entry),
            ATTR_CHANGE: news.change.value,
            "gone": news.change is ServiceChange.GONE,
            ATTR_SERVICE: news.service.id,
            ATTR_NAME: news.service.name,
            "currency": self._entry.runtime_data.balance.data.currency,
            ATTR_CHANGES: [_change_data(change) for change in news.changes],
        }
        self._hass.bus.async_fire(EVENT_SERVICE_CHANGED, data)
        async_dispatcher_send(self._hass, service_news_signal(self._entry), data)


def service_news_signal(entry: PanelConfigEntry) -> str:
    """Return the dispatcher's signal of an account's news, sent with the data of the event."""
    return f"{EVENT_SERVICE_CHANGED}_{entry.entry_id}"


def _change_data(change: FieldChange) -> dict[str, Any]:
    return {"field": change.field, "old": _plain(change.old), "new": _plain(change.new)}


def _plain(value: Decimal | int | str) -> int | str | None:
    """Return a value as JSON data."""
    return money_text(value) if isinstance(value, Decimal) else value
