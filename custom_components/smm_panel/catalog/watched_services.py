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
    """Snapshots of services in a file, so that a change is reported once, even after a restart.

    Only these reports depend on the file. If it cannot be read, it is started anew.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Use the file of a config entry; `async_load` reads it."""
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
        """The snapshots by service id; read-only."""
        return MappingProxyType(self._services)

    async def async_load(self) -> None:
        """Read everything that can be read in the file."""
        try:
            # First, because `Store` renames a broken file and advises restoring a backup.
            await self._hass.async_add_executor_job(read_store, self._store.path)
            stored = await self._store.async_load()
        except BrokenStoreError:
            return
        except HomeAssistantError as err:
            # For example, a file of a later version of this integration.
            LOGGER.warning("The known services are read anew: %s", err)
            return
        rows = (stored or {}).get("services")
        for row in rows if isinstance(rows, list) else ():
            try:
                snapshot = from_json(ServiceSnapshot, row)
            except ValueError:
                continue
            self._services[snapshot.id] = snapshot

    async def async_save(self) -> None:
        """Write what has changed since the file was read, or wait for a write under way."""
        if self._is_changed:
            await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    @callback
    def async_add(self, services: Iterable[Service]) -> None:
        """Add snapshots of services that have none."""
        new = {
            item.id: ServiceSnapshot.of(item) for item in services if item.id not in self._services
        }
        self._replace(new | self._services)

    @callback
    def async_compare(
        self,
        offered: Mapping[str, Service],
        watched: Collection[str],
        track_rises: Collection[str],
    ) -> list[ServiceEvent]:
        """Compare the watched services with a new list; return the events.

        The snapshots of all other services are removed. A rise of the rate is kept for
        services in `track_rises`.
        """
        snapshots: dict[str, ServiceSnapshot] = {}
        events: list[ServiceEvent | None] = []
        for service in watched:
            if (old := self._services.get(service)) is not None:
                snapshots[service] = old.updated(
                    offered.get(service), track_rise=service in track_rises
                )
                events.append(service_event(old, snapshots[service]))
            elif service in offered:
                snapshots[service] = ServiceSnapshot.of(offered[service])
        self._replace(snapshots)
        return [item for item in events if item is not None]

    @callback
    def async_accept_rate(self, service: str) -> None:
        """Record that the user has seen the rate of a service."""
        if (snapshot := self._services.get(service)) is not None:
            self._replace(self._services | {service: replace(snapshot, rose_from=None)})

    def _replace(self, services: dict[str, ServiceSnapshot]) -> None:
        if services == self._services:
            return
        self._services = services
        self._is_changed = True
        # At once, but in the background.
        self._store.async_delay_save(self._data)

    def _data(self) -> dict[str, Any]:
        return {"services": [as_json(snapshot) for snapshot in self._services.values()]}
