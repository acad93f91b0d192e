"""The panel's services, fetched on demand and kept for hours."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..api import PanelClient, Service
from ..const import CATALOG_FRESH, CATALOG_LIFETIME, CATALOG_RENEWAL


class ServiceCatalog:
    """The service list of one account."""

    def __init__(self, client: PanelClient) -> None:
        """Prepare a catalogue that is fetched when first asked for."""
        self._client = client
        self._services: Mapping[str, Service] = MappingProxyType({})
        self._fetched_at: datetime | None = None
        self._lock = asyncio.Lock()
        self._listeners: dict[object, CALLBACK_TYPE] = {}

    @property
    def at_hand(self) -> Mapping[str, Service] | None:
        """The services as last fetched, None before the first fetch."""
        return None if self._fetched_at is None else self._services

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener whenever the services were fetched; return what ends that."""
        token = object()
        self._listeners[token] = listener

        @callback
        def remove() -> None:
            del self._listeners[token]

        return remove

    @property
    def size(self) -> int:
        """Number of services in the copy at hand, 0 before the first fetch."""
        return len(self._services)

    async def async_services(self, max_age: timedelta = CATALOG_LIFETIME) -> Mapping[str, Service]:
        """Return the services by id, at most so old. Raises PanelError."""
        # Under the lock, so that a dozen automations at once fetch it once.
        async with self._lock:
            now = dt_util.utcnow()
            age = None if self._fetched_at is None else now - self._fetched_at
            # Nobody knows how old it is after the clock was set back.
            if age is None or not timedelta() <= age <= max_age:
                services = await self._client.services()
                self._services = MappingProxyType({item.id: item for item in services})
                self._fetched_at = now
                for listener in list(self._listeners.values()):
                    listener()
            return self._services

    async def async_service(self, service: str) -> Service | None:
        """Return a service as it is to be ordered, with a fresh rate. Raises PanelError."""
        services = await self.async_services(CATALOG_FRESH)
        if service not in services:
            services = await self.async_services(CATALOG_RENEWAL)
        return services.get(service)
