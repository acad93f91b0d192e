"""The logbook: what happened to orders, and who is behind it."""

from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.operations import async_track
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.offers import change_service
from tests.helpers.orders import REFILLABLE, placed_elsewhere
from tests.helpers.repairs import Repairs, issues
from tests.helpers.runs import by_automation, by_script, by_user, set_up_runs
from tests.helpers.spend import ORDER_ID, place, report_status, tell

ORDERED = "Instagram Followers | Mixed | No Refill for about 0.90 USD (https://example.com/p)"


@pytest.fixture
async def logbook(
    recorder_mock: Recorder, hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """The logbook with its recorder, and the automations and scripts that place orders."""
    assert await async_setup_component(hass, "logbook", {})
    await set_up_runs(hass)


async def entries(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **wanted: object
) -> list[dict[str, Any]]:
    """Return the entries of our integration as the frontend reads them."""
    await async_wait_recording_done(hass)
    client = await hass_ws_client(hass)
    start = dt_util.utcnow() - timedelta(hours=1)
    await client.send_json_auto_id(
        {"type": "logbook/get_events", "start_time": start.isoformat(), **wanted}
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    return [entry for entry in answer["result"] if entry.get("domain") == DOMAIN]


async def test_an_order_of_a_user(
    hass: HomeAssistant,
    logbook: None,
    simulated: SimulatedPanel,
    hass_admin_user: MockUser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """What was bought, for how much, where to, and by whom."""
    await by_user(hass, hass_admin_user)

    (entry,) = await entries(hass, hass_ws_client)

    (order,) = simulated.orders
    assert (entry["name"], entry["message"]) == ("Panel", f"placed the order #{order} {ORDERED}")
    assert entry["context_user_id"] == hass_admin_user.id
    assert (entry["context_domain"], entry["context_service"]) == (DOMAIN, "place_order")


async def test_an_order_of_an_automation(
    hass: HomeAssistant,
    logbook: None,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The entry leads to the automation that spent the money."""
    await by_automation(hass, "buying")

    (entry,) = await entries(hass, hass_ws_client)

    assert entry["message"].startswith("placed the order #")
    assert (entry["context_domain"], entry["context_entity_id"], entry["context_name"]) == (
        "automation",
        "automation.buying",
        "Buying",
    )
    assert "context_user_id" not in entry


async def test_an_order_of_a_script_that_a_user_runs(
    hass: HomeAssistant,
    logbook: None,
    hass_admin_user: MockUser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Both are behind it."""
    await by_script(hass, hass_admin_user)

    (entry,) = await entries(hass, hass_ws_client)

    assert (entry["context_domain"], entry["context_service"]) == ("script", "order")
    assert entry["context_user_id"] == hass_admin_user.id


async def test_a_script_that_an_automation_runs(
    hass: HomeAssistant, logbook: None, hass_ws_client: WebSocketGenerator
) -> None:
    """What set off the script is behind the order."""
    await by_automation(hass, "calling")

    (entry,) = await entries(hass, hass_ws_client)

    assert entry["context_entity_id"] == "automation.calling"


@pytest.mark.parametrize(
    ("step", "settled"),
    [
        ("placed", "placed the order #{order} {what}"),
        ("not_placed", "settled the unconfirmed order of {what}: it was not placed"),
    ],
)
async def test_an_order_whose_answer_was_lost(
    hass: HomeAssistant,
    logbook: None,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
    step: str,
    settled: str,
) -> None:
    """What became of it later is told as well, and is still the automation's doing."""
    panel.faults.add(Drop(accepted=True), action="add")
    await by_automation(hass, "buying")
    (order,) = simulated.orders
    assert await hass.config_entries.async_reload(setup_entry.entry_id)
    (issue,) = issues(hass)
    form = await (await (await Repairs.of(hass, hass_client)).open(issue)).choose(step)
    assert (await form.send(**({"order": str(order)} if step == "placed" else {}))).is_done

    first, last = await entries(hass, hass_ws_client)

    assert first["message"] == (
        f"sent an order of {ORDERED} whose answer was lost; it is unconfirmed"
    )
    assert last["message"] == settled.format(order=order, what=ORDERED)
    assert {entry["name"] for entry in (first, last)} == {"Panel"}
    assert {entry["context_entity_id"] for entry in (first, last)} == {"automation.buying"}


async def test_the_page_of_the_account_shows_its_entries(
    hass: HomeAssistant,
    logbook: None,
    setup_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    hass_admin_user: MockUser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Who looks for the account's orders looks at its device."""
    await by_user(hass, hass_admin_user)
    devices = dr.async_entries_for_config_entry(device_registry, setup_entry.entry_id)
    (account,) = (item for item in devices if (DOMAIN, setup_entry.entry_id) in item.identifiers)

    shown = await entries(hass, hass_ws_client, device_ids=[account.id])

    assert [LINK in entry["message"] for entry in shown] == [True]


async def test_an_order_from_elsewhere_is_no_entry(
    hass: HomeAssistant,
    logbook: None,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Tracked, it was not bought from here."""
    await async_track(setup_entry, [placed_elsewhere(simulated)])

    assert await entries(hass, hass_ws_client) == []


BOUGHT = "#7 Instagram Followers | HQ | Refill 30 Days (https://example.com/p)"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("Completed", "completed a refill of the order {what}"),
        ("Rejected", "rejected a refill of the order {what}"),
        ("Canceled", "canceled a refill of the order {what}"),
        ("Failed", "failed to refill the order {what}"),
    ],
)
async def test_what_becomes_of_an_order(
    hass: HomeAssistant,
    logbook: None,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    hass_ws_client: WebSocketGenerator,
    status: str,
    message: str,
) -> None:
    """Whoever asks what happened to their money reads it here, in sentences."""
    await place(hass, panel, ORDER | {"service": REFILLABLE})
    panel.faults.add(Reply(text='{"cancel": 1}'), action="cancel")
    await act(hass, "cancel_orders", orders=[ORDER_ID])
    await report_status(hass, panel, status="In progress")
    await report_status(hass, panel, status="Completed")
    panel.faults.add(Reply(text='{"refill": "71"}'), action="refill")
    await act(hass, "refill_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)
    tell(panel, "refill_status", {"status": status})
    await setup_entry.runtime_data.orders_coordinator.async_refresh()

    placed, *later = await entries(hass, hass_ws_client)

    assert placed["message"].startswith("placed the order #7")
    assert [entry["message"] for entry in later] == [
        text.format(what=BOUGHT)
        for text in (
            "was asked to cancel the order {what}",
            "reports the order {what} as in progress",
            "reports the order {what} as completed",
            "was asked for a refill of the order {what}",
            message,
        )
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rate": "1.2", "cancel": False},
            "changed {service}: rate 0.90 -> 1.20 USD, cancel yes -> no",
        ),
        (None, "dropped {service}"),
    ],
)
async def test_what_the_panel_changes(
    hass: HomeAssistant,
    logbook: None,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_admin_user: MockUser,
    hass_ws_client: WebSocketGenerator,
    changes: dict[str, Any] | None,
    message: str,
) -> None:
    """Who wonders about a price finds when it changed."""
    await by_user(hass, hass_admin_user)
    await hass.async_block_till_done(wait_background_tasks=True)
    catalog = setup_entry.runtime_data.catalog
    change_service(simulated, changes)
    await catalog.async_read(timedelta(-1))
    change_service(simulated, {})
    await catalog.async_read(timedelta(-1))

    _, changed, restored = await entries(hass, hass_ws_client)

    service = "Instagram Followers | Mixed | No Refill #101"
    assert changed["name"] == "Panel"
    assert changed["message"] == message.format(service=service)
    if changes is None:
        assert restored["message"] == f"offers {service} again"
