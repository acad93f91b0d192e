"""System health: the number of accounts and orders, and whether the panels can be reached."""

import asyncio
from collections.abc import Iterable
from typing import Any

from homeassistant.components.system_health import (
    SystemHealthRegistration,
    async_check_can_reach_url,
)
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .const import DOMAIN
from .coordinator import PanelConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information for the system health page."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return counts over all accounts; orders of loaded accounts only."""
    accounts = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    loaded: list[PanelConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    books = [entry.runtime_data.order_book for entry in loaded]
    orders = [order for book in books for order in book.orders.values()]
    info: dict[str, Any] = {
        "accounts": len(accounts),
        "tracked_orders": len(orders),
        "open_orders": sum(order.is_open for order in orders),
        "unconfirmed_orders": sum(len(book.unconfirmed) for book in books),
    }
    # Without the path, which the user may want to keep private. The practice account has no URL.
    panels = {URL(entry.data[CONF_URL]).origin() for entry in accounts if CONF_URL in entry.data}
    if panels:
        # The page awaits this and shows the rest meanwhile.
        info["panels_reached"] = _async_reach(hass, sorted(panels))
    return info


async def _async_reach(hass: HomeAssistant, panels: Iterable[URL]) -> str | dict[str, str]:
    """Return that all panels can be reached, or which of them cannot and why."""
    panels = list(panels)
    answers = await asyncio.gather(
        *(async_check_can_reach_url(hass, str(panel)) for panel in panels)
    )
    failed = [
        f"{panel.authority}: {answer['error']}"
        for panel, answer in zip(panels, answers, strict=True)
        if isinstance(answer, dict)
    ]
    return {"type": "failed", "error": ", ".join(failed)} if failed else "ok"
