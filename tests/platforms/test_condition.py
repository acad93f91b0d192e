"""The conditions: when they let an automation go on, and when not."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.automation_helpers import async_account_of, async_daily_budget
from custom_components.smm_panel.condition import CONDITIONS
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.automations import (
    ACTIVITY,
    BALANCE,
    SPENT_TODAY,
    add_other_account,
    automate,
    condition,
    editor_offers,
    filled_form,
    set_balance,
)
from tests.helpers.orders import FOLLOWERS, REFILLABLE, placed_elsewhere
from tests.helpers.spend import place, report_status, set_limits

OTHER_LINK = "https://example.com/other"
GO = {"trigger": "event", "event_type": "go"}


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon, so that no test runs over midnight by chance."""
    freezer.move_to("2026-11-02 12:00:00+00:00")


class Gate:
    """An automation that goes on while a condition holds."""

    def __init__(self, hass: HomeAssistant, ran: list[Event[Any]]) -> None:
        """Watch its runs."""
        self._hass = hass
        self._ran = ran

    @classmethod
    async def of(cls, hass: HomeAssistant, *conditions: dict[str, Any]) -> Gate:
        """Set up the automation."""
        return cls(hass, await automate(hass, triggers=GO, conditions=list(conditions)))

    async def is_open(self) -> bool:
        """Try whether the automation goes on now."""
        before = len(self._ran)
        self._hass.bus.async_fire("go")
        await self._hass.async_block_till_done()
        return len(self._ran) > before


async def lose_the_panel(entry: MockConfigEntry, panel: PanelServer) -> None:
    """Let the panel answer nothing but error pages."""
    panel.faults.clear()
    panel.faults.add(Reply.html(status=502), times=None)
    await entry.runtime_data.balance_coordinator.async_refresh()
    await entry.runtime_data.orders_coordinator.async_refresh()


async def test_a_balance_is_below_an_amount(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Exactly the amount is not below it."""
    gate = await Gate.of(hass, condition("balance_is_below", BALANCE, below=25.5))

    assert not await gate.is_open()
    set_balance(setup_entry, "25.50")
    assert not await gate.is_open()
    set_balance(setup_entry, "25.49")
    assert await gate.is_open()
    set_balance(setup_entry, "-1")
    assert await gate.is_open()


async def test_the_budget_leaves_an_amount(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Exactly the amount is enough; a charge above its estimate counts."""
    await set_limits(hass, setup_entry, daily_budget=2)
    gate = await Gate.of(hass, condition("budget_left_is_at_least", SPENT_TODAY, amount=1.1))

    assert await gate.is_open()
    await place(hass, panel)
    assert await gate.is_open()
    await report_status(hass, panel, status="In progress", charge="0.91")
    assert not await gate.is_open()


@pytest.mark.parametrize("limits", [{}, {"max_charge": 1, "keep_balance": 1}])
async def test_without_a_budget_nothing_limits(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limits: dict[str, float]
) -> None:
    """An automation made for all accounts goes on with those that have none."""
    await set_limits(hass, setup_entry, **limits)
    gate = await Gate.of(hass, condition("budget_left_is_at_least", SPENT_TODAY, amount=1000))

    assert await gate.is_open()


async def test_a_budget_of_0_leaves_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Taken for none, it would allow everything."""
    await set_limits(hass, setup_entry, daily_budget=0)
    gate = await Gate.of(hass, condition("budget_left_is_at_least", SPENT_TODAY, amount=0.01))

    assert not await gate.is_open()


async def test_an_order_is_open_until_it_is_finished(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """From its placing on, whatever the entity told last."""
    gate = await Gate.of(hass, condition("order_is_open", ACTIVITY))
    assert not await gate.is_open()

    await place(hass, panel)
    assert await gate.is_open()
    await report_status(hass, panel, status="In progress")
    assert await gate.is_open()
    await report_status(hass, panel, status="Completed")
    assert not await gate.is_open()


async def test_an_unconfirmed_order_may_be_open(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An automation that orders when none is open must not order a second time."""
    gate = await Gate.of(hass, condition("order_is_open", ACTIVITY, link=LINK))
    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert await gate.is_open()


@pytest.mark.parametrize(
    ("options", "is_open"),
    [
        ({"service": FOLLOWERS}, True),
        ({"service": 101}, True),
        ({"link": LINK}, True),
        ({"service": FOLLOWERS, "link": LINK}, True),
        ({"service": "", "link": ""}, True),
        ({"service": REFILLABLE}, False),
        ({"link": OTHER_LINK}, False),
        ({"service": FOLLOWERS, "link": OTHER_LINK}, False),
        ({"service": REFILLABLE, "link": LINK}, False),
    ],
)
async def test_an_open_order_can_be_told_by_its_service_and_link(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    options: dict[str, Any],
    is_open: bool,  # noqa: FBT001 - a value of the test's
) -> None:
    """Two orders that each fit half are not one that fits."""
    other = {"service": REFILLABLE, "link": OTHER_LINK}
    await act(hass, "place_order", **ORDER)
    answer = await act(hass, "place_order", **ORDER | other)
    await act(hass, "untrack_orders", orders=[answer["order"]])
    gate = await Gate.of(hass, condition("order_is_open", ACTIVITY, **options))

    assert await gate.is_open() is is_open


async def test_service_and_link_are_those_of_one_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Two open orders that each fit half are not one that fits."""
    await act(hass, "place_order", **ORDER)
    await act(hass, "place_order", **ORDER | {"service": REFILLABLE, "link": OTHER_LINK})
    gate = await Gate.of(
        hass, condition("order_is_open", ACTIVITY, service=FOLLOWERS, link=OTHER_LINK)
    )

    assert not await gate.is_open()


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize(
    ("name", "entity_id", "options"),
    [
        ("balance_is_below", BALANCE, {"below": 1000}),
        ("budget_left_is_at_least", SPENT_TODAY, {"amount": 0}),
    ],
)
async def test_money_that_is_not_known_passes_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    name: str,
    entity_id: str,
    options: dict[str, float],
    behavior: str,
) -> None:
    """While the panel is down, and while the account is not loaded, nobody knows."""
    gate = await Gate.of(hass, condition(name, entity_id, **options, behavior=behavior))
    await place(hass, panel)
    assert await gate.is_open()

    await lose_the_panel(setup_entry, panel)
    state = hass.states.get(entity_id)
    assert state
    assert state.state == "unavailable"
    assert not await gate.is_open()

    panel.faults.clear()
    await hass.config_entries.async_unload(setup_entry.entry_id)
    await hass.async_block_till_done()
    assert not await gate.is_open()


async def test_an_account_that_is_not_loaded_is_one_of_all(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Left out, it would pass for one that has enough, or too little."""
    other = await add_other_account(hass, setup_entry)
    both = {"target": {"entity_id": [BALANCE, "sensor.other_balance"]}}
    gate = await Gate.of(hass, condition("balance_is_below", "", below=1000, behavior="all") | both)
    assert await gate.is_open()

    await hass.config_entries.async_unload(other.entry_id)
    await hass.async_block_till_done()

    assert not await gate.is_open()


async def test_an_entity_that_is_gone_belongs_to_no_account(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Its state outlives its place in the registry by a moment, in which conditions look."""
    assert async_account_of(hass, BALANCE) is setup_entry

    er.async_get(hass).async_remove(BALANCE)

    assert async_account_of(hass, BALANCE) is None
    assert async_daily_budget(hass, BALANCE) is None


async def test_an_order_is_open_before_the_first_activity(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """An order that is tracked by its id is open, though nothing was told of it yet."""
    await act(hass, "track_orders", orders=[placed_elsewhere(simulated)])
    state = hass.states.get(ACTIVITY)
    assert state
    assert state.state == "unknown"

    gate = await Gate.of(hass, condition("order_is_open", ACTIVITY))

    assert await gate.is_open()


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_an_order_is_open_while_the_panel_is_down_but_not_unknown(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, behavior: str
) -> None:
    """The order book knows it; of an account that is not loaded nothing is known."""
    gate = await Gate.of(hass, condition("order_is_open", ACTIVITY, behavior=behavior))
    await place(hass, panel)

    await lose_the_panel(setup_entry, panel)
    assert await gate.is_open()

    await hass.config_entries.async_unload(setup_entry.entry_id)
    await hass.async_block_till_done()
    assert not await gate.is_open()


@pytest.mark.parametrize(
    ("name", "key", "options"),
    [
        ("balance_is_below", "sensor.{}_balance", {"below": 50}),
        ("order_is_open", "event.{}_order_activity", {}),
    ],
)
@pytest.mark.parametrize(("behavior", "is_open"), [("any", True), ("all", False)])
async def test_of_two_accounts_any_or_all_must_meet_it(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    name: str,
    key: str,
    options: dict[str, Any],
    behavior: str,
    is_open: bool,  # noqa: FBT001 - a value of the test's
) -> None:
    """Whose money it is must not be mixed up; and here one account meets it alone."""
    await add_other_account(hass, setup_entry)
    await act(hass, "place_order", **ORDER, config_entry_id=setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    set_balance(setup_entry, "20")
    both = [key.format("panel"), key.format("other")]
    of_both = condition(name, "", **options, behavior=behavior) | {"target": {"entity_id": both}}
    gate = await Gate.of(hass, of_both)

    assert await gate.is_open() is is_open


@pytest.mark.parametrize(
    ("name", "entity_id", "options"),
    [
        ("balance_is_below", "sensor.other_balance", {"below": 50}),
        ("balance_is_below", SPENT_TODAY, {"below": 50}),
        ("balance_is_below", "sensor.thermometer", {"below": 50}),
        ("budget_left_is_at_least", "sensor.thermometer", {"amount": 1}),
        ("budget_left_is_at_least", BALANCE, {"amount": 1}),
        ("order_is_open", "event.other_order_activity", {}),
        ("order_is_open", "event.doorbell", {}),
    ],
)
@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_another_entity_meets_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    name: str,
    entity_id: str,
    options: dict[str, Any],
    behavior: str,
) -> None:
    """Neither that of another account nor one that is none of ours."""
    await add_other_account(hass, setup_entry)
    await act(hass, "place_order", **ORDER, config_entry_id=setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    set_balance(setup_entry, "20")
    hass.states.async_set("sensor.thermometer", "20")
    hass.states.async_set("event.doorbell", "2026-11-02T11:00:00.000+00:00")
    gate = await Gate.of(hass, condition(name, entity_id, **options, behavior=behavior))

    assert not await gate.is_open()


async def test_the_device_of_the_account_can_be_the_target(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    entity_registry: er.EntityRegistry,
) -> None:
    """Of all its entities only the right one counts, with "all" too."""
    await set_limits(hass, setup_entry, daily_budget=2)
    await place(hass, panel)
    set_balance(setup_entry, "20")
    row = entity_registry.async_get(ACTIVITY)
    assert row
    conditions = [
        condition("balance_is_below", "", below=50, behavior="all"),
        condition("budget_left_is_at_least", "", amount=1, behavior="all"),
        condition("order_is_open", "", behavior="all"),
    ]
    target = {"target": {"device_id": row.device_id}}

    gate = await Gate.of(hass, *(item | target for item in conditions))

    assert await gate.is_open()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("balance_is_below", {}),
        ("balance_is_below", {"below": "ten"}),
        ("budget_left_is_at_least", {}),
        ("budget_left_is_at_least", {"amount": -1}),
        ("order_is_open", {"status": "open"}),
    ],
)
async def test_a_condition_that_makes_no_sense_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, name: str, options: dict[str, Any]
) -> None:
    """Taken as it is, it would let everything pass, or nothing."""
    config = {
        "alias": "Tried",
        "triggers": GO,
        "conditions": [condition(name, BALANCE, **options)],
        "actions": [{"event": "ran"}],
    }

    await async_setup_component(hass, "automation", {"automation": config})

    state = hass.states.get("automation.tried")
    assert state
    assert state.state == "unavailable"


async def test_the_editor_offers_the_conditions(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """What is not in its list, or has no words there, is not found by anybody."""
    offered = await editor_offers(hass, hass_ws_client, "conditions")

    assert offered.keys() == CONDITIONS.keys()
    assert all(text["name"] and text["description"] for text in offered.values())


@pytest.mark.parametrize("name", CONDITIONS)
async def test_what_the_form_of_the_editor_sends_is_taken(hass: HomeAssistant, name: str) -> None:
    """A field that the condition does not know makes it invalid once it is saved."""
    options = filled_form("conditions", name)

    config = await CONDITIONS[name].async_validate_config(
        hass, {"target": {"entity_id": [ACTIVITY]}, "options": options}
    )

    assert config["options"].keys() == options.keys()
