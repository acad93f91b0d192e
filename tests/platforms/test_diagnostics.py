"""Diagnostics: enough to find a fault, nothing that should stay private."""

from collections.abc import Awaitable, Callable
import json
from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.const import CONF_ORDER_SLOTS, CONF_PRACTICE, DOMAIN
from custom_components.smm_panel.operations import async_track
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.orders import placed_elsewhere

LINK = "https://example.com/somebody"


type Download = Callable[[MockConfigEntry], Awaitable[dict[str, Any]]]


@pytest.fixture
async def download(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Download:
    """Download diagnostics as a user does."""
    assert await async_setup_component(hass, "diagnostics", {})

    async def download(entry: MockConfigEntry) -> dict[str, Any]:
        shown = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        return cast("dict[str, Any]", shown)

    return download


async def test_a_loaded_account(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    download: Download,
) -> None:
    """Support must see how polls, orders and slots are, and the user post it in public."""
    data = setup_entry.runtime_data
    orders = [placed_elsewhere(simulated, f"{LINK}/{number}") for number in range(3)]
    await async_track(data.orders_coordinator.config_entry, orders)
    services = await data.catalog.async_read()
    # The panel's text of an error may quote what must not be seen.
    panel.faults.add(Reply(text=json.dumps({"error": f"{LINK} {API_KEY}"})), action="balance")
    await data.balance_coordinator.async_refresh()
    await data.orders_coordinator.async_refresh()

    shown = await download(setup_entry)

    assert shown == {
        "entry": {
            "state": "loaded",
            "data": {"url": panel.url.removesuffix("/api/v2"), "api_key": "**REDACTED**"},
            "options": {},
            "limits_set": {"max_charge": False, "daily_budget": False, "keep_balance": False},
        },
        "balance": {
            "last_update_success": False,
            "last_exception": "PanelRejectedError",
            "update_interval_seconds": 600.0,
            "currency": "USD",
        },
        "orders": {
            "last_update_success": True,
            "last_exception": None,
            "update_interval_seconds": 60.0,
            "tracked": 3,
            "open": 3,
            "placement": {"placed": 3},
            "status": {"pending": 3},
            "unconfirmed": 0,
            "book_damaged": False,
            "with_error": 0,
            "slots": {"limit": 20, "in_use": 3},
        },
        "services": len(simulated.services),
        "writes_under_way": 0,
    }
    text = json.dumps(shown)
    for secret in (API_KEY, LINK, *orders, *(service.name for service in services.values())):
        assert secret not in text


async def test_an_account_that_did_not_load(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulated: SimulatedPanel,
    download: Download,
) -> None:
    """Diagnostics are wanted most when the set-up failed."""
    simulated.api_key = "another"
    hass.config_entries.async_update_entry(entry, options={CONF_ORDER_SLOTS: 5})
    await hass.config_entries.async_setup(entry.entry_id)

    shown = await download(entry)

    assert shown.keys() == {"entry"}
    assert shown["entry"]["state"] == "setup_error"
    assert shown["entry"]["options"] == {"order_slots": 5}
    assert API_KEY not in json.dumps(shown)


async def test_limits_are_shown_without_their_amounts(
    hass: HomeAssistant, entry: MockConfigEntry, download: Download
) -> None:
    """Whether there is a limit explains a refusal; how much somebody spends is private."""
    options = {CONF_ORDER_SLOTS: 5, "daily_budget": "123.45"}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)

    shown = await download(entry)

    assert shown["entry"]["options"] == {"order_slots": 5}
    assert shown["entry"]["limits_set"] == {
        "max_charge": False,
        "daily_budget": True,
        "keep_balance": False,
    }
    assert "123.45" not in json.dumps(shown)


async def test_the_practice_account(hass: HomeAssistant, download: Download) -> None:
    """The practice account has no address and no key to leave out."""
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_PRACTICE: True})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)

    shown = await download(entry)

    assert shown["entry"]["data"] == {"practice": True}
    assert shown["balance"]["currency"] == "USD"
