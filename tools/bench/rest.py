"""Home Assistant's `rest` and `rest_command`, set up for a panel as users do today."""

import asyncio
from collections.abc import Iterable
from itertools import batched
from pathlib import Path
import tracemalloc
from typing import Any, Final, override

from homeassistant.components.rest.const import COORDINATOR, DOMAIN
from homeassistant.components.rest.coordinator import RestCoordinator
from homeassistant.util.async_ import create_eager_task

from .home import Home, KeyWatch
from .meter import traced_memory
from .panel import API_KEY, BATCH
from .subjects import Tasks

# Only the bench refreshes.
_NEVER_BY_ITSELF: Final = 7 * 24 * 3600

# The default of 10 s includes the time a request waits for others. On a busy machine most of 10 000
# orders would not be read at all, and a refresh would look cheaper than it is.
_TIMEOUT: Final = 600

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_ATTRIBUTES: Final = ["charge", "start_count", "remains"]


class RestSensors:
    """Follows orders with `rest` sensors that show the same data as our integration."""

    def __init__(self, folder: Path, url: str, recorder: bool) -> None:  # noqa: FBT001  # the same for all subjects
        self._home = Home(folder, recorder=recorder)
        self._url = url

    @property
    def tasks(self) -> Tasks:
        """The tasks of the subject by name."""
        return {
            "start": self._home.start,
            "follow": self._follow,
            "known": self._known,
            "memory": self._memory,
            "refresh": self._refresh,
            "settle": self._home.settle,
            "stop": self._home.stop,
        }

    def resources(self, orders: Iterable[str]) -> list[dict[str, Any]]:
        """Return the configuration for these orders."""
        raise NotImplementedError

    def resource(self, payload: str, sensors: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the configuration of one request."""
        return {
            "resource": self._url,
            "method": "POST",
            "headers": _FORM,
            "payload": f"key={API_KEY}&action=status&{payload}",
            "scan_interval": _NEVER_BY_ITSELF,
            "timeout": _TIMEOUT,
            "sensor": sensors,
        }

    async def _follow(self, count: int) -> None:
        """Set up the sensors, as a start of Home Assistant does."""
        orders = [str(number) for number in range(1, count + 1)]
        await self._home.set_up(DOMAIN, self.resources(orders))
        await self._home.hass.async_block_till_done()

    async def _known(self) -> int:
        """Return the number of orders that are shown with all attributes."""
        states = self._home.hass.states.async_all("sensor")
        return sum(state.attributes.keys() >= set(_ATTRIBUTES) for state in states)

    async def _memory(self, count: int) -> int:
        """Follow orders; return the bytes of their objects."""
        tracemalloc.start()
        await self._follow(count)
        await self._home.settle()
        return traced_memory()

    async def _refresh(self) -> None:
        coordinators: list[RestCoordinator] = self._home.hass.data[DOMAIN][COORDINATOR]
        # All were set up at the same time, so their timers fire at the same time.
        await asyncio.gather(*(create_eager_task(item.async_refresh()) for item in coordinators))
        await self._home.wait()


class RestPerOrder(RestSensors):
    """A request and a sensor for each order."""

    @override
    def resources(self, orders: Iterable[str]) -> list[dict[str, Any]]:
        return [
            self.resource(f"order={order}", [_sensor(order, "{{ value_json.status }}")])
            for order in orders
        ]


class RestPerHundred(RestSensors):
    """A request for each 100 orders, and a sensor for each of them."""

    @override
    def resources(self, orders: Iterable[str]) -> list[dict[str, Any]]:
        return [
            self.resource(
                f"orders={','.join(batch)}",
                [
                    _sensor(order, f"{{{{ value_json['{order}'].status }}}}")
                    | {"json_attributes_path": f"$['{order}']"}
                    for order in batch
                ],
            )
            for batch in batched(orders, BATCH, strict=False)
        ]


def _sensor(order: str, template: str) -> dict[str, Any]:
    return {
        "name": f"Order {order}",
        "unique_id": f"order_{order}",
        "value_template": template,
        "json_attributes": _ATTRIBUTES,
    }


class RestCommand:
    """Sends orders with `rest_command`."""

    def __init__(self, folder: Path, url: str, recorder: bool) -> None:  # noqa: FBT001  # the same for all subjects
        self._home = Home(folder, recorder=recorder)
        self._url = url

    @property
    def tasks(self) -> Tasks:
        """The tasks of the subject by name."""
        return {"start": self._start, "order": self._order, "stop": self._home.stop}

    async def _start(self) -> None:
        await self._home.start()
        command = {
            "url": self._url,
            "method": "POST",
            "content_type": _FORM["Content-Type"],
            "payload": f"key={API_KEY}&action=add&service={{{{ service }}}}"
            "&link={{ link }}&quantity={{ quantity }}",
        }
        await self._home.set_up("rest_command", {"add_order": command})

    async def _order(self) -> bool:
        """Place an order that fails; return whether the API key is then in the log."""
        fields = {"service": "1", "link": "https://example.com/post", "quantity": 100}
        with KeyWatch() as watch:
            await self._home.hass.services.async_call(
                "rest_command", "add_order", fields, blocking=True
            )
        return watch.seen
