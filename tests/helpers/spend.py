"""Setting limits, and panels that tell what a test has them tell."""

from collections.abc import Mapping
import json
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer

from .actions import ORDER, act

ORDER_ID = "7"
"""The order that `place` places, unless told otherwise."""


async def set_limits(hass: HomeAssistant, entry: MockConfigEntry, **limits: object) -> None:
    """Send the form of the options with these limits and no others."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"], {"order_slots": 20, "keep_days": 7} | limits
    )
    await hass.async_block_till_done(wait_background_tasks=True)


def tell(panel: PanelServer, action: str, answer: object) -> None:
    """Let the panel give one answer to an action from now on."""
    panel.faults.clear()
    panel.faults.add(Reply(text=json.dumps(answer)), action=action, times=None)


async def place(
    hass: HomeAssistant,
    panel: PanelServer,
    order: Mapping[str, Any] = ORDER,
    *,
    order_id: str = ORDER_ID,
    charge: str | None = None,
) -> None:
    """Place an order of which the panel tells no more than its id and maybe the charge."""
    tell(panel, "status", {order_id: {"status": "Pending"}})
    added = {"order": order_id} | ({} if charge is None else {"charge": charge})
    panel.faults.add(Reply(text=json.dumps(added)), action="add")
    await act(hass, "place_order", **order)
    await hass.async_block_till_done(wait_background_tasks=True)


async def report_status(
    hass: HomeAssistant, panel: PanelServer, order_id: str = ORDER_ID, /, **report: object
) -> None:
    """Let the panel report on the order, and ask it."""
    tell(panel, "status", {order_id: report})
    await act(hass, "get_orders", orders=[order_id])
    await hass.async_block_till_done()
