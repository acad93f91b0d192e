"""A panel that sends whatever it likes: Home Assistant shows texts, and goes on."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.operations import async_track
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.actions import LINK, act
from tests.helpers.orders import placed_elsewhere

NASTY = [
    "<script>alert(1)</script>Followers",
    '<img src=x onerror="alert(1)">Followers',
    "[Followers](https://evil.example)",
    "![x](https://evil.example/pixel)Followers",
    "\u202eFollowers\u202c\u200b",
    "{order} %s %(x)d Followers \U0001f600",
    "Followers" * 2_000,
]


def catalogue(*names: str) -> Reply:
    """Return a service list with these names."""
    rows = [
        {"service": number, "name": name, "type": "Default", "rate": "1", "min": "1", "max": "9999"}
        for number, name in enumerate(names, start=1)
    ]
    return Reply(text=json.dumps(rows))


async def todo_items(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what the to-do list shows."""
    lists = await hass.services.async_call(
        "todo",
        "get_items",
        {"entity_id": "todo.panel_orders"},
        blocking=True,
        return_response=True,
    )
    items: list[dict[str, Any]] = lists["todo.panel_orders"]["items"]  # type: ignore[index,call-overload,assignment] # as the action answers
    return items


@pytest.mark.parametrize("name", NASTY)
async def test_names_are_shown_as_harmless_texts(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    device_registry: dr.DeviceRegistry,
    name: str,
) -> None:
    """What a panel calls its services must not run, link or hide anything in the frontend."""
    panel.faults.add(catalogue(name), action="services")
    panel.faults.add(Reply(text='{"order": 7}'), action="add")

    await act(hass, "place_order", service="1", link=LINK, quantity=10)
    await hass.async_block_till_done(wait_background_tasks=True)

    (item,) = await todo_items(hass)
    devices = dr.async_entries_for_config_entry(device_registry, setup_entry.entry_id)
    shown = [item["summary"], *(device.name or "" for device in devices)]
    assert any("Followers" in text for text in shown)
    for text in shown:
        assert "<" not in text
        assert "](" not in text
        assert text.isprintable()
        assert len(text) < 1_000


@pytest.mark.parametrize("text", NASTY)
async def test_refusals_are_told_as_harmless_texts(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, text: str
) -> None:
    """Error messages become notifications, which render Markdown."""
    panel.faults.add(Reply(text=json.dumps({"error": text})), action="balance")

    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "get_balance")

    told = str(caught.value)
    assert "Followers" in told
    assert "<" not in told
    assert "](" not in told
    assert told.isprintable()


@pytest.mark.parametrize("invisible", ["\u200b", "\u00ad", "\u2060", "\ufeff"])
@pytest.mark.parametrize("is_escaped", [True, False])
async def test_key_with_invisible_characters_is_not_shown(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    caplog: pytest.LogCaptureFixture,
    invisible: str,
    *,
    is_escaped: bool,
) -> None:
    """They are removed from what is displayed, and the key must not be whole after that."""
    error = {"error": f"Wrong link, your key is {invisible.join(API_KEY)}"}
    panel.faults.add(Reply(text=json.dumps(error, ensure_ascii=is_escaped)), action="balance")

    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "get_balance")

    assert "Wrong link" in str(caught.value)
    assert API_KEY not in str(caught.value)
    assert API_KEY not in caplog.text


async def test_one_absurd_row_spoils_no_other(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """A broken order at the panel must not stop the news of all others."""
    first, second = (placed_elsewhere(simulated, f"{LINK}/{number}") for number in range(2))
    orders = setup_entry.runtime_data.orders_coordinator
    await async_track(orders.config_entry, [first, second])
    await hass.async_block_till_done(wait_background_tasks=True)
    rows = {
        first: {"status": {"a": [1]}, "charge": "1e999", "remains": [], "start_count": "NaN"},
        second: {"status": "Completed", "charge": "1", "remains": "0"},
    }
    panel.faults.add(Reply(text=json.dumps(rows)), action="status")

    await orders.async_refresh()

    assert orders.last_update_success
    book = setup_entry.runtime_data.order_book
    assert book.find(second).status == "completed"
    assert book.find(first).error


async def test_ten_thousand_services_can_be_searched(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Big panels have nearly as many."""
    panel.faults.add(catalogue(*(f"Service {n}!" for n in range(10_000))), action="services")

    answer = await act(hass, "get_services", search="service 9999!", limit=5)

    assert answer["total"] == 1
    assert [row["name"] for row in answer["services"]] == ["Service 9999!"]


async def test_a_catalogue_without_end_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Fifty megabytes would take the memory of a small computer."""
    panel.faults.add(Reply.oversized(50 * 1024 * 1024), action="services")

    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "get_services")

    assert caught.value.translation_key == "invalid_response"
