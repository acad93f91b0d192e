"""The triggers: what runs an automation, how often, and what does not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from custom_components.smm_panel.trigger import TRIGGERS
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.automations import (
    ACTIVITY,
    BALANCE,
    SPENT_TODAY,
    add_other_account,
    automate,
    editor_offers,
    filled_form,
    reload,
    set_balance,
    trigger,
)
from tests.helpers.orders import FOLLOWERS, REFILLABLE
from tests.helpers.spend import ORDER_ID, place, report_status, set_limits, tell

OTHER_LINK = "https://example.com/other"
ORDER_TRIGGERS = ["order_completed", "order_needs_attention", "refill_finished"]


@pytest.fixture(autouse=True)
async def noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncIterator[None]:
    """Begin at noon, so that no test runs over midnight; end what waits for its time."""
    freezer.move_to("2026-11-02 12:00:00+00:00")
    yield
    if hass.states.get("automation.tried"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "automation.tried"}, blocking=True
        )


async def end(hass: HomeAssistant, panel: PanelServer, status: str) -> None:
    """Place an order, and let the panel end it with a status."""
    await place(hass, panel)
    await report_status(hass, panel, status=status, charge="0.90")


async def ask_for_refill(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer, status: str
) -> None:
    """Ask for a refill of a completed order, and let the panel tell this status of it."""
    await place(hass, panel, ORDER | {"service": REFILLABLE})
    await report_status(hass, panel, status="Completed")
    panel.faults.add(Reply(text='{"refill": "71"}'), action="refill")
    await act(hass, "refill_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)
    tell(panel, "refill_status", {"status": status})
    await entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("name", "status", "runs"),
    [
        ("order_completed", "Completed", 1),
        ("order_completed", "In progress", 0),
        ("order_completed", "Partial", 0),
        ("order_completed", "Canceled", 0),
        ("order_needs_attention", "Partial", 1),
        ("order_needs_attention", "Canceled", 1),
        ("order_needs_attention", "Fail", 1),
        ("order_needs_attention", "Completed", 0),
        ("order_needs_attention", "In progress", 0),
        ("refill_finished", "Completed", 0),
        ("refill_finished", "Canceled", 0),
    ],
)
async def test_the_status_of_an_order_triggers_what_it_should(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    name: str,
    status: str,
    runs: int,
) -> None:
    """Once, and nothing before: neither its placing nor that it is pending."""
    ran = await automate(hass, triggers=trigger(name, ACTIVITY))

    await end(hass, panel, status)
    await report_status(hass, panel, status=status, charge="0.90")

    assert len(ran) == runs


async def test_an_unconfirmed_order_needs_attention(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It may have cost money, and waits for its owner."""
    ran = await automate(hass, triggers=trigger("order_needs_attention", ACTIVITY))

    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(ran) == 1


@pytest.mark.parametrize(
    ("name", "status", "runs"),
    [
        ("refill_finished", "Completed", 1),
        ("refill_finished", "Rejected", 1),
        ("refill_finished", "Canceled", 1),
        ("refill_finished", "Failed", 1),
        ("refill_finished", "Pending", 0),
        ("refill_finished", "In progress", 0),
        ("order_needs_attention", "Rejected", 0),
    ],
)
async def test_a_refill_triggers_when_it_is_over(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    name: str,
    status: str,
    runs: int,
) -> None:
    """However it ended, and not before; the order itself is not in trouble by it."""
    ran = await automate(hass, triggers=trigger(name, ACTIVITY))

    await ask_for_refill(hass, setup_entry, panel, status)
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()

    assert len(ran) == runs


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        ({}, 1),
        ({"service": FOLLOWERS}, 1),
        ({"service": 101}, 1),
        ({"link": LINK}, 1),
        ({"service": FOLLOWERS, "link": LINK}, 1),
        ({"service": "", "link": ""}, 1),
        ({"service": REFILLABLE}, 0),
        ({"link": OTHER_LINK}, 0),
        ({"service": FOLLOWERS, "link": OTHER_LINK}, 0),
    ],
)
async def test_an_order_can_be_told_by_its_service_and_link(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    options: dict[str, Any],
    runs: int,
) -> None:
    """A filter that lets all pass, or none, is worse than none; the form sends empty ones."""
    ran = await automate(hass, triggers=trigger("order_completed", ACTIVITY, **options))

    await end(hass, panel, "Completed")

    assert len(ran) == runs


async def test_every_order_of_a_poll_runs_the_automation(
    hass: HomeAssistant, setup_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """They are completed in the same instant; one of them may be the one that matters."""
    ran = await automate(hass, triggers=trigger("order_completed", ACTIVITY), mode="parallel")
    for number in range(3):
        await act(hass, "place_order", **ORDER | {"link": f"https://example.com/{number}"})
    freezer.tick(timedelta(days=2))

    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(ran) == 3


async def test_the_automation_knows_the_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A message without the order's id and link helps nobody."""
    facts = "{{ trigger.to_state.attributes.order }} {{ trigger.to_state.attributes.link }}"
    ran = await automate(
        hass,
        triggers=trigger("order_completed", ACTIVITY),
        actions=[{"event": "ran", "event_data": {"facts": facts}}],
    )

    await end(hass, panel, "Completed")

    assert [event.data["facts"] for event in ran] == [f"{ORDER_ID} {LINK}"]


async def test_the_device_of_the_account_can_be_the_target(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    entity_registry: er.EntityRegistry,
) -> None:
    """Of all its entities only the right one counts."""
    row = entity_registry.async_get(ACTIVITY)
    assert row
    target = {"device_id": row.device_id}
    names = ["order_completed", "balance_below"]
    options = {"balance_below": {"options": {"below": 10}}}
    ran = await automate(
        hass,
        triggers=[
            {"trigger": f"smm_panel.{name}", "target": target} | options.get(name, {})
            for name in names
        ],
        mode="parallel",
    )

    await end(hass, panel, "Completed")
    assert len(ran) == 1

    set_balance(setup_entry, "9")
    await hass.async_block_till_done()
    assert len(ran) == 2


async def test_an_order_of_another_account_triggers_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Two customers with a panel each must not get each other's messages."""
    await add_other_account(hass, setup_entry)
    ran = await automate(
        hass,
        triggers=[trigger(name, "event.other_order_activity") for name in ORDER_TRIGGERS],
    )
    tell(panel, "status", {ORDER_ID: {"status": "Pending"}})
    panel.faults.add(Reply(text=f'{{"order": "{ORDER_ID}"}}'), action="add")
    await act(hass, "place_order", **ORDER, config_entry_id=setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    tell(panel, "status", {ORDER_ID: {"status": "Completed"}})
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()

    state = hass.states.get(ACTIVITY)
    assert state
    assert state.attributes["new_status"] == "completed"
    assert ran == []


@pytest.mark.parametrize("name", ["order_completed", "order_needs_attention"])
async def test_an_entity_of_others_triggers_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, name: str
) -> None:
    """An event entity of a doorbell can have any attributes."""
    entity_id = "event.doorbell"
    hass.states.async_set(entity_id, "2026-11-02T11:00:00.000+00:00")
    ran = await automate(hass, triggers=trigger(name, entity_id))

    facts = {"event_type": "status_changed", "new_status": "completed"}
    hass.states.async_set(entity_id, "2026-11-02T12:00:00.000+00:00", facts)
    hass.states.async_set(
        entity_id, "2026-11-02T12:00:01.000+00:00", facts | {"new_status": "failed"}
    )
    await hass.async_block_till_done()

    assert ran == []


@pytest.mark.parametrize("status", ["Completed", "Partial"])
async def test_a_restart_runs_nothing_again(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, status: str
) -> None:
    """Each restart would send the last message again."""
    await end(hass, panel, status)
    triggers = [trigger(name, ACTIVITY) for name in ORDER_TRIGGERS]
    ran = await automate(hass, triggers=triggers)

    await reload(hass, setup_entry)
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()

    assert ran == []


async def test_the_first_event_of_an_account_triggers(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Before it, the entity is unknown; the first order in trouble is the one to hear of."""
    ran = await automate(hass, triggers=trigger("order_needs_attention", ACTIVITY))
    state = hass.states.get(ACTIVITY)
    assert state
    assert state.state == "unknown"

    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(ran) == 1


async def balances(hass: HomeAssistant, entry: MockConfigEntry, *amounts: str) -> None:
    """Let these balances be read, one after the other."""
    for amount in amounts:
        set_balance(entry, amount)
        await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("amounts", "runs"),
    [
        (["9.99"], 1),
        (["10", "9.99"], 1),
        (["9.99", "5", "9"], 1),
        (["9.99", "20", "9"], 2),
        (["10"], 0),
        (["1000", "10.000001"], 0),
        (["-3"], 1),
    ],
)
async def test_a_balance_triggers_when_it_falls_below_the_amount(
    hass: HomeAssistant, setup_entry: MockConfigEntry, amounts: list[str], runs: int
) -> None:
    """Once for each fall: at every order below it, the message would be noise."""
    ran = await automate(hass, triggers=trigger("balance_below", BALANCE, below=10))

    await balances(hass, setup_entry, *amounts)

    assert len(ran) == runs


async def test_an_amount_is_compared_to_the_cent(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """0.3 is not below 0.3, whatever a binary fraction makes of it."""
    ran = await automate(hass, triggers=trigger("balance_below", BALANCE, below=0.3))

    await balances(hass, setup_entry, "0.30")
    assert ran == []
    await balances(hass, setup_entry, "0.29999999999999999999")
    assert len(ran) == 1


async def test_a_balance_that_comes_back_or_a_restart_is_no_fall(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The balance was low before; each outage and restart would tell it again."""
    ran = await automate(hass, triggers=trigger("balance_below", BALANCE, below=200))

    panel.faults.add(Reply.html(status=502), action="balance")
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await hass.async_block_till_done()
    state = hass.states.get(BALANCE)
    assert state
    assert state.state == "unavailable"
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await reload(hass, setup_entry)

    assert ran == []


@pytest.mark.parametrize("entity_id", ["sensor.other_balance", SPENT_TODAY, "sensor.thermometer"])
async def test_only_the_balance_of_the_account_is_one(
    hass: HomeAssistant, setup_entry: MockConfigEntry, entity_id: str
) -> None:
    """The amount of something else that falls is no balance."""
    await add_other_account(hass, setup_entry)
    hass.states.async_set("sensor.thermometer", "20")
    ran = await automate(hass, triggers=trigger("balance_below", entity_id, below=10))

    await balances(hass, setup_entry, "9")
    hass.states.async_set("sensor.thermometer", "9")
    await hass.async_block_till_done()

    assert ran == []


async def test_a_balance_may_have_to_stay_low_for_a_while(
    hass: HomeAssistant, setup_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """A top-up a minute later makes the message needless."""
    ran = await automate(
        hass, triggers=trigger("balance_below", BALANCE, **{"below": 10, "for": "00:05:00"})
    )

    await balances(hass, setup_entry, "9", "50")
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert ran == []

    await balances(hass, setup_entry, "9")
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(ran) == 1


async def watch_budget(
    hass: HomeAssistant, share: float, entity_id: str = SPENT_TODAY
) -> list[Event[Any]]:
    """Run an automation when a share of the budget is spent."""
    return await automate(hass, triggers=trigger("budget_spent", entity_id, share=share))


@pytest.mark.parametrize(
    ("limits", "share", "runs"),
    [
        ({"daily_budget": 1}, 90, 1),
        ({"daily_budget": 1}, 91, 0),
        ({"daily_budget": 0.9}, 100, 1),
        ({"daily_budget": 1000}, 1, 0),
        ({}, 1, 0),
        ({"max_charge": 1}, 1, 0),
    ],
)
async def test_a_budget_triggers_when_its_share_is_reached(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    limits: dict[str, float],
    share: float,
    runs: int,
) -> None:
    """An order for 0.90: exactly the share is enough, and without a budget there is none."""
    await set_limits(hass, setup_entry, **limits)
    ran = await watch_budget(hass, share)

    await place(hass, panel)

    assert len(ran) == runs


async def test_a_budget_that_is_spent_triggers_once_a_day(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Neither the next order nor a restart tells it again; the next day does."""
    await set_limits(hass, setup_entry, daily_budget=2)
    ran = await watch_budget(hass, 40)
    await place(hass, panel)
    assert len(ran) == 1

    await place(hass, panel, ORDER | {"link": OTHER_LINK}, order_id="8")
    await reload(hass, setup_entry)
    assert len(ran) == 1

    # Home Assistant's midnight in the tests is at 8 in UTC.
    freezer.move_to("2026-11-03 09:00:01+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await place(hass, panel, ORDER | {"link": "https://example.com/next"}, order_id="9")
    assert len(ran) == 2


async def test_a_charge_above_its_estimate_counts(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """What the panel charges may pass the share after the order was placed, and the budget."""
    await set_limits(hass, setup_entry, daily_budget=1)
    ran = await watch_budget(hass, 100)
    await place(hass, panel)
    assert ran == []

    await report_status(hass, panel, status="In progress", charge="1.20")

    assert len(ran) == 1


async def test_a_budget_that_is_lowered_triggers_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Nothing was spent by that, and who lowers it knows."""
    await set_limits(hass, setup_entry, daily_budget=10)
    ran = await watch_budget(hass, 50)
    await place(hass, panel)
    panel.faults.clear()

    await set_limits(hass, setup_entry, daily_budget=1)

    assert ran == []


async def test_what_was_spent_that_comes_back_triggers_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """After an outage the money is the same."""
    await set_limits(hass, setup_entry, daily_budget=1)
    await place(hass, panel)
    ran = await watch_budget(hass, 50)

    panel.faults.clear()
    panel.faults.add(Reply.html(status=502), action="status")
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()
    state = hass.states.get(SPENT_TODAY)
    assert state
    assert state.state == "unavailable"
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()

    state = hass.states.get(SPENT_TODAY)
    assert state
    assert Decimal(state.state) == Decimal("0.90")
    assert ran == []


@pytest.mark.parametrize("entity_id", ["sensor.other_spent_today", "sensor.panel_spent_in_total"])
async def test_the_budget_is_that_of_the_account(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, entity_id: str
) -> None:
    """What another account, or all days together, spent is not measured by it."""
    other = await add_other_account(hass, setup_entry)
    await set_limits(hass, setup_entry, daily_budget=1)
    await set_limits(hass, other, daily_budget=1)
    ran = await watch_budget(hass, 50, entity_id)

    await act(hass, "place_order", **ORDER, config_entry_id=setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert ran == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("balance_below", {}),
        ("balance_below", {"below": "ten"}),
        ("balance_below", {"below": -1}),
        ("budget_spent", {"share": 0}),
        ("budget_spent", {"share": 101}),
        ("order_completed", {"status": "completed"}),
    ],
)
async def test_a_trigger_that_makes_no_sense_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, name: str, options: dict[str, Any]
) -> None:
    """Taken as it is, it would never run, and nobody would know why."""
    entity_id = ACTIVITY if name == "order_completed" else BALANCE
    config = {
        "alias": "Tried",
        "triggers": trigger(name, entity_id, **options),
        "actions": [{"event": "ran"}],
    }

    await async_setup_component(hass, "automation", {"automation": config})

    state = hass.states.get("automation.tried")
    assert state
    assert state.state == "unavailable"


async def test_the_editor_offers_the_triggers(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """What is not in its list, or has no words there, is not found by anybody."""
    offered = await editor_offers(hass, hass_ws_client, "triggers")

    assert offered.keys() == TRIGGERS.keys()
    assert all(text["name"] and text["description"] for text in offered.values())


@pytest.mark.parametrize("name", TRIGGERS)
async def test_what_the_form_of_the_editor_sends_is_taken(hass: HomeAssistant, name: str) -> None:
    """A field that the trigger does not know makes it invalid once it is saved."""
    options = filled_form("triggers", name)

    config = await TRIGGERS[name].async_validate_config(
        hass, {"target": {"entity_id": [ACTIVITY]}, "options": options}
    )

    assert config["options"].keys() == options.keys()
