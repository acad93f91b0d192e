"""System health: counts, and whether the panels can be reached."""

from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.const import CONF_PRACTICE, DOMAIN
from custom_components.smm_panel.operations import async_track
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.actions import ORDER, act
from tests.helpers.orders import placed_elsewhere
from tests.repository.test_translations import TEXTS


async def health(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> dict[str, Any]:
    """Read the page of system health as the frontend does."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "system_health/info"})
    assert (await client.receive_json())["success"]
    info: dict[str, Any] = {}
    while (event := (await client.receive_json())["event"])["type"] != "finish":
        if event["type"] == "initial":
            info |= event["data"][DOMAIN]["info"]
        elif event["domain"] == DOMAIN:
            info[event["key"]] = event["data"] if event["success"] else event["error"]
    return info


async def test_accounts_and_orders_are_counted(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It is posted with every issue: it must tell how things are, and nothing private."""
    practice = MockConfigEntry(domain=DOMAIN, data={CONF_PRACTICE: True})
    practice.add_to_hass(hass)
    assert await hass.config_entries.async_setup(practice.entry_id)
    await async_track(setup_entry, [placed_elsewhere(simulated)])
    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", config_entry_id=setup_entry.entry_id, **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    info = await health(hass, hass_ws_client)

    assert info == {
        "accounts": 2,
        "tracked_orders": 2,
        "open_orders": 1,
        "unconfirmed_orders": 1,
        "panels_reached": "ok",
    }
    assert info.keys() == TEXTS["system_health"]["info"].keys()
    asked = panel.requests[-1]
    assert API_KEY not in str(asked)


async def test_a_panel_that_cannot_be_reached_is_named_by_its_host(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    free_port: int,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Among several, which one; its key and path stay private. Its account did not load."""
    gone = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_URL: f"http://127.0.0.1:{free_port}/secret", CONF_API_KEY: API_KEY},
    )
    gone.add_to_hass(hass)

    # Of the same panel, which is asked once.
    url = f"http://127.0.0.1:{free_port}/other"
    twin = MockConfigEntry(domain=DOMAIN, data={**gone.data, CONF_URL: url})
    twin.add_to_hass(hass)
    disabled = MockConfigEntry(domain=DOMAIN, data=gone.data, disabled_by=ConfigEntryDisabler.USER)
    disabled.add_to_hass(hass)

    info = await health(hass, hass_ws_client)

    assert info["accounts"] == 3
    told = info["panels_reached"]
    assert told == {"type": "failed", "error": f"127.0.0.1:{free_port}: unreachable"}


async def test_the_practice_account_has_no_panel_to_reach(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """It has no address."""
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_PRACTICE: True})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)

    info = await health(hass, hass_ws_client)

    assert info["accounts"] == 1
    assert "panels_reached" not in info
