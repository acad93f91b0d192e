"""The services that presets and open orders use, as the panel last offered them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from ..api import Service
from ..const import DOMAIN, LOGGER
from ..storage import BrokenStoreError, as_json, from_json, read_store
from .snapshots import ServiceEvent, ServiceSnapshot, service_event

STORAGE_VERSION: Final = 1


class WatchedServices:
    """What is known of services, in a file: what changed is told once, restarts or not.

    Nothing but news depends on the file. One that cannot be read is begun anew.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare the services of a config entry; `async_load` fills them in."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}.services",
            private=True,
            atomic_writes=True,
        )
        self._services: dict[str, ServiceSnapshot] = {}
        self._is_changed = False

    @property
    def services(self) -> Mapping[str, ServiceSnapshot]:
        """The known services by id; a live view."""
        return MappingProxyType(self._services)

    async def async_load(self) -> None:
        """Read what can be read of the file."""
        try:
            # First, as `Store` would rename a broken file and advise to restore a backup.
            await self._hass.async_add_executor_job(read_store, self._store.path)
            stored = await self._store.async_load()
        except BrokenStoreError:
            return
        except HomeAssistantError as err:
            # From a later version of this integration, say.
            LOGGER.warning("The known services are read anew: %s", err)
            return
        rows = (stored or {}).get("services")
        for row in rows if isinstance(rows, list) else ():
            try:
                facts = from_json(ServiceSnapshot, row)
            except ValueError:
                continue
            self._services[facts.id] = facts

    async def async_save(self) -> None:
        """Write what has changed since it was read, or wait until it is written."""
        if self._is_changed:
            await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    @callback
    def async_add(self, services: Iterable[Service]) -> None:
        """Take in services that nothing is known of yet."""
        new = {
            item.id: ServiceSnapshot.of(item) for item in services if item.id not in self._services
        }
        self._replace(new | self._services)

    @callback
    def async_compare(
        self,
        offered: Mapping[str, Service],
        watched: Collection[str],
        mind_rates: Collection[str],
    ) -> list[ServiceEvent]:
        """Hold the watched services against a new list, and forget all others; return the news.

        A rise of the rate is kept for services in `mind_rates`.
        """
        facts: dict[str, ServiceSnapshot] = {}
        news: list[ServiceEvent | None] = []
        for service in watched:
            if (known := self._services.get(service)) is not None:
                facts[service] = known.updated(
                    offered.get(service), mind_rate=service in mind_rates
                )
                news.append(service_event(known, facts[service]))
            elif service in offered:
                facts[service] = ServiceSnapshot.of(offered[service])
        self._replace(facts)
        return [item for item in news if item is not None]

    @callback
    def async_accept_rate(self, service: str) -> None:
        """Note that the user has seen the rate of a service."""
        if (facts := self._services.get(service)) is not None:
            self._replace(self._services | {service: replace(facts, rose_from=None)})

    def _replace(self, services: dict[str, ServiceSnapshot]) -> None:
        if services == self._services:
            return
        self._services = services
        self._is_changed = True
        # At once, but nobody waits for it.
        self._store.async_delay_save(self._data)

    def _data(self) -> dict[str, Any]:
        return {"services": [as_json(facts) for facts in self._services.values()]}
