"""Our integration, used through its flows and its actions."""

import json
from pathlib import Path
import tracemalloc
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.setup import async_setup_component

from custom_components.smm_panel.const import CONF_ORDER_SLOTS, DOMAIN
from custom_components.smm_panel.coordinator import PanelConfigEntry

from .home import Home, KeyWatch
from .meter import traced_memory, written_bytes
from .panel import API_KEY
from .subjects import Tasks


class Integration:
    """Follows orders with this repository's integration."""

    def __init__(self, folder: Path, url: str, recorder: bool) -> None:  # noqa: FBT001  # the same for all subjects
        self._home = Home(folder, recorder=recorder)
        self._url = url

    @property
    def tasks(self) -> Tasks:
        """The tasks of the subject by name."""
        return {
            "start": self._home.start,
            "connect": self._connect,
            "load": self._load,
            "load_and_refresh": self._load_and_refresh,
            "track": self._track,
            "untrack": self._untrack,
            "place": self._place,
            "follow": self._follow,
            "known": self._known,
            "refresh": self._refresh,
            "refresh_account": self._refresh_account,
            "settle": self._home.settle,
            "written": self._written,
            "memory": self._memory,
            "registry_rows": self._registry_rows,
            "search": self._search,
            "preset_flow": self._preset_flow,
            "order": self._order,
            "stop": self._home.stop,
        }

    @property
    def _entry(self) -> PanelConfigEntry:
        entries: list[ConfigEntry[Any]] = self._home.hass.config_entries.async_entries(DOMAIN)
        return entries[0]

    async def _connect(self, slots: int = 20) -> None:
        """Add the account as a user does; it does not poll by itself."""
        hass = self._home.hass
        flows = hass.config_entries.flow
        menu = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        await flows.async_configure(menu["flow_id"], {"next_step_id": "account"})
        account = {CONF_URL: self._url, CONF_API_KEY: API_KEY}
        await flows.async_configure(menu["flow_id"], account)
        hass.config_entries.async_update_entry(
            self._entry, options={CONF_ORDER_SLOTS: slots}, pref_disable_polling=True
        )
        await self._home.settle()

    async def _load(self) -> None:
        """Set up the account that exists in the folder, as a start of Home Assistant does."""
        if not await async_setup_component(self._home.hass, DOMAIN, {}):
            raise RuntimeError("The integration does not set up")

    async def _load_and_refresh(self) -> None:
        """Set up the account and wait until its entities show the current data."""
        await self._load()
        await self._home.wait()

    async def _follow(self, count: int) -> None:
        await self._connect()
        await self._track(1, count)
        await self._home.settle()

    async def _track(self, first: int, count: int) -> None:
        await self._act("track_orders", orders=_ids(first, count))
        await self._home.wait()

    async def _untrack(self, first: int, count: int) -> None:
        await self._act("untrack_orders", orders=_ids(first, count))
        await self._home.wait()

    async def _place(self, first: int, count: int) -> None:
        """Place orders one after the other."""
        for number in range(first, first + count):
            await self._act(
                "place_order", service="1", link=f"https://example.com/{number}", quantity=100
            )

    async def _known(self) -> int:
        """Count the orders that the panel has reported on."""
        orders = self._entry.runtime_data.order_book.orders.values()
        return sum(order.report is not None for order in orders)

    async def _refresh(self) -> None:
        await self._entry.runtime_data.orders_coordinator.async_refresh()
        await self._home.wait()

    async def _refresh_account(self) -> None:
        await self._entry.runtime_data.balance_coordinator.async_refresh()
        await self._refresh()

    async def _written(self) -> int:
        return written_bytes()

    async def _memory(self) -> int:
        """Load the account in the folder; return the bytes of its objects."""
        tracemalloc.start()
        await self._load()
        # The reports of the first poll replace those from the file.
        await self._home.settle()
        return traced_memory()

    async def _registry_rows(self) -> int:
        """Return the number of devices and entities on disk, including deleted ones."""
        return await self._home.hass.async_add_executor_job(
            lambda: sum(map(self._stored_rows, ("core.device_registry", "core.entity_registry")))
        )

    def _stored_rows(self, registry: str) -> int:
        path = Path(self._home.hass.config.path(STORAGE_DIR, registry))
        return sum(map(len, json.loads(path.read_text())["data"].values()))

    async def _search(self, text: str) -> int:
        """Search the catalogue; return the number of services found."""
        answer = await self._act("get_services", search=text)
        total: int = answer["total"]
        return total

    async def _preset_flow(self) -> None:
        """Go through the flow of a preset up to the form of its order."""
        flows = self._home.hass.config_entries.subentries
        form = await flows.async_init(
            (self._entry.entry_id, "preset"), context={"source": SOURCE_USER}
        )
        await flows.async_configure(form["flow_id"], {"search": "[1]"})
        order = await flows.async_configure(form["flow_id"], {"service": "1"})
        if order.get("step_id") != "order":
            raise RuntimeError(f"The flow shows {order.get('step_id')}")
        flows.async_abort(form["flow_id"])

    async def _order(self) -> bool:
        """Place an order that fails; return whether the API key is then in the log."""
        with KeyWatch() as watch:
            try:
                await self._place(1, 1)
            except HomeAssistantError:
                return watch.seen
        raise RuntimeError("The order did not fail")

    async def _act(self, action: str, **fields: Any) -> Any:  # noqa: ANN401  # any JSON
        return await self._home.hass.services.async_call(
            DOMAIN, action, fields, blocking=True, return_response=True
        )


def _ids(first: int, count: int) -> list[str]:
    return [str(number) for number in range(first, first + count)]
