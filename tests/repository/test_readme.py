"""The examples of the README work as they stand."""

from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
import re
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import UpdateType
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.smm_panel.condition import CONDITIONS
from custom_components.smm_panel.operations import async_track
from custom_components.smm_panel.services import ACTIONS
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from custom_components.smm_panel.trigger import TRIGGERS
from tests.helpers.actions import act
from tests.helpers.automations import set_balance
from tests.helpers.offers import change_service
from tests.helpers.orders import REFILLABLE, placed_elsewhere
from tests.helpers.presets import add_preset
from tests.helpers.spend import ORDER_ID, place, report_status, set_limits, tell

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
BLUEPRINTS = REPOSITORY / "blueprints" / "automation" / "smm_panel"


@pytest.fixture(scope="module")
def examples() -> list[Any]:
    """The YAML blocks of the README, with the entity ids of the tests' account."""
    text = README.read_text(encoding="utf-8").replace("smmprovider_co", "panel")
    return [parse_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def example(examples: list[Any], words: str) -> dict[str, Any]:
    """Return the one example in which these words stand."""
    (found,) = (block for block in examples if words in str(block))
    assert isinstance(found, dict)
    return found


async def run(hass: HomeAssistant, sequence: list[Any]) -> None:
    """Run a sequence as a script."""
    config = {"script": {"readme": {"sequence": sequence}}}
    assert await async_setup_component(hass, "script", config)
    await hass.services.async_call("script", "readme", blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_placing_an_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The first thing people will copy."""
    await run(hass, [example(examples, "'quantity': 1000")])

    assert panel.count("add") == 1


async def test_limits_of_one_call(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The limits of the example leave the order its room."""
    await run(hass, [example(examples, "'max_rate': 1.5")])

    assert panel.count("add") == 1


async def test_the_order_of_a_preset(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The name of the preset is all that a script needs."""
    link = "https://example.com/my-page"
    add_preset(hass, setup_entry, "Followers for my page", link=link, quantity=1000)
    await hass.async_block_till_done(wait_background_tasks=True)
    await run(hass, [example(examples, "'preset': 'Followers for my page', 'quantity'")])

    assert [request.form["quantity"] for request in panel.requests if request.action == "add"] == [
        "500"
    ]


async def test_a_check_of_the_price_first(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The dry run sends nothing, the order after it is sent once."""
    await run(hass, example(examples, "dry_run")["sequence"])

    assert [request.form["quantity"] for request in panel.requests if request.action == "add"] == [
        "500"
    ]


async def test_refills_of_all_that_may_be_refilled(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
) -> None:
    """With nothing to refill it asks for nothing."""
    sequence = example(examples, "refill_orders")["sequence"]
    await run(hass, sequence)
    assert panel.count("refill") == 0

    orders = setup_entry.runtime_data.orders_coordinator
    await async_track(orders.config_entry, [placed_elsewhere(simulated, service=REFILLABLE)])
    freezer.tick(timedelta(days=1))
    await orders.async_refresh()
    await hass.services.async_call("script", "readme", blocking=True)

    assert panel.count("refill") == 1


def test_every_action_and_blueprint_has_its_example(examples: list[Any]) -> None:
    """What has no example is guessed at."""
    words = str(examples)

    assert set(re.findall(r"'action': 'smm_panel\.(\w+)'", words)) == ACTIONS.keys()
    assert set(re.findall(r"'smm_panel/(\w+\.yaml)'", words)) == {
        path.name for path in BLUEPRINTS.glob("*.yaml")
    }


async def test_what_is_left_and_what_a_service_costs(
    hass: HomeAssistant, setup_entry: MockConfigEntry, examples: list[Any]
) -> None:
    """The message names the balance, and the services with their rates."""
    notes = async_mock_service(hass, "persistent_notification", "create")

    await run(hass, example(examples, "get_services")["sequence"])

    (note,) = notes
    assert note.data["title"] == "100.00000 USD are left"
    assert len(note.data["message"].strip().splitlines()) == 3
    assert "101 Instagram Followers | Mixed | No Refill: 0.90" in note.data["message"]


async def test_an_order_from_elsewhere_is_followed_and_let_go(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    examples: list[Any],
) -> None:
    """The id is the first that the simulated panel gives."""
    assert placed_elsewhere(simulated) == "23501"
    notes = async_mock_service(hass, "persistent_notification", "create")

    await run(hass, example(examples, "track_orders")["sequence"])

    (note,) = notes
    assert note.data["message"] == "The order is pending."
    assert not setup_entry.runtime_data.order_book.orders


async def test_all_that_is_open_is_asked_to_be_canceled(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """With nothing open it asks for nothing."""
    sequence = example(examples, "cancel_orders")["sequence"]
    await run(hass, sequence)
    assert panel.count("cancel") == 0

    await act(hass, "place_order", service="101", link="https://example.com/p", quantity=100)
    await hass.services.async_call("script", "readme", blocking=True)

    assert panel.count("cancel") == 1


async def test_what_became_of_a_refill_is_asked(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
) -> None:
    """The order is enough: which refill it was is in the order book."""
    order = placed_elsewhere(simulated, service=REFILLABLE)
    orders = setup_entry.runtime_data.orders_coordinator
    await async_track(orders.config_entry, [order])
    freezer.tick(timedelta(days=1))
    await orders.async_refresh()
    await act(hass, "refill_orders", orders=[order])
    notes = async_mock_service(hass, "persistent_notification", "create")

    await run(hass, example(examples, "get_refill_status")["sequence"])

    (note,) = notes
    assert note.data["message"] == "pending"


@pytest.mark.parametrize("name", [path.name for path in BLUEPRINTS.glob("*.yaml")])
async def test_the_example_of_a_blueprint_is_taken(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    tmp_path: Path,
    examples: list[Any],
    name: str,
) -> None:
    """An input that the blueprint does not have, or lacks, makes no automation."""
    hass.config.config_dir = str(tmp_path)
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints" / "automation" / "smm_panel")
    link = "https://example.com/my-page"
    add_preset(hass, setup_entry, "Followers for my page", link=link, quantity=1000)
    automation = deepcopy(example(examples, f"smm_panel/{name}"))
    inputs = automation["use_blueprint"]["input"]
    if "account" in inputs:
        inputs["account"] = setup_entry.entry_id
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done(wait_background_tasks=True)

    (state,) = hass.states.async_all("automation")
    assert state.state == "on"
    if name == "regular_order.yaml":
        await hass.services.async_call(
            "automation", "trigger", {"entity_id": state.entity_id}, blocking=True
        )
        assert panel.count("add") == 1
    await turn_off(hass)


async def test_a_low_balance_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    examples: list[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The balance of 100 falls below 10 by an order for 96.75, and the message can be made."""
    automation = example(examples, "numeric_state")
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()

    simulated.handle(
        {
            "key": simulated.api_key or "",
            "action": "add",
            "service": "211",
            "link": "https://example.com/p",
            "quantity": "4500",
        }
    )
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await hass.async_block_till_done()

    state = hass.states.get("automation.balance_is_low")
    assert state
    assert state.attributes["last_triggered"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def automate(hass: HomeAssistant, automation: dict[str, Any]) -> list[str]:
    """Set up an automation; what it notifies of is collected in the list."""
    told: list[str] = []

    @callback
    def keep(
        update: UpdateType, notifications: dict[str, persistent_notification.Notification]
    ) -> None:
        if update is UpdateType.ADDED:
            told.extend(item["message"] for item in notifications.values())

    assert await async_setup_component(hass, "persistent_notification", {})
    persistent_notification.async_register_callback(hass, keep)
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    return told


async def come_to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: str) -> None:
    """Let it be a moment of local time, and what belongs to it happen."""
    freezer.move_to(datetime.fromisoformat(moment).replace(tzinfo=dt_util.DEFAULT_TIME_ZONE))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


MY_ORDER = {"service": REFILLABLE, "link": "https://example.com/my-page", "quantity": 1000}


@pytest.fixture
async def my_order(hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer) -> None:
    """An order for the page of the examples, which the panel calls pending."""
    await place(hass, panel, MY_ORDER)


def test_every_trigger_and_condition_has_its_example(examples: list[Any]) -> None:
    """What has no example is guessed at."""
    words = str(examples)

    shown = re.findall(r"'(?:trigger|condition)': 'smm_panel\.(\w+)'", words)
    assert set(shown) == TRIGGERS.keys() | CONDITIONS.keys()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("smm_panel.order_completed", "Completed", "Order 7 is completed."),
        (
            "smm_panel.order_needs_attention",
            "Partial",
            "Instagram Followers | HQ | Refill 30 Days for https://example.com/my-page: partial",
        ),
    ],
)
async def test_the_end_of_an_order_is_told(
    hass: HomeAssistant,
    my_order: None,
    panel: PanelServer,
    examples: list[Any],
    words: str,
    status: str,
    message: str,
) -> None:
    """The message says which order it was, and what became of it."""
    told = await automate(hass, example(examples, words))

    await report_status(hass, panel, status=status)

    assert told == [message]


async def test_an_unconfirmed_order_is_told(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """It has no status yet; the message says what it is instead."""
    told = await automate(hass, example(examples, "smm_panel.order_needs_attention"))
    panel.faults.add(Drop(accepted=True), action="add")

    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **MY_ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(told) == 1
    assert told[0].endswith("for https://example.com/my-page: unconfirmed")


async def test_the_end_of_a_refill_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    my_order: None,
    panel: PanelServer,
    examples: list[Any],
) -> None:
    """A rejected one too."""
    told = await automate(hass, example(examples, "smm_panel.refill_finished"))
    await report_status(hass, panel, status="Completed")
    panel.faults.add(Reply(text='{"refill": "71"}'), action="refill")
    await act(hass, "refill_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)
    tell(panel, "refill_status", {"status": "Rejected"})

    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done()

    assert told == ["The refill is rejected."]


async def test_a_balance_that_stays_low_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
) -> None:
    """Five minutes later, once."""
    await come_to(hass, freezer, "2026-11-02T12:00:00")
    told = await automate(hass, example(examples, "smm_panel.balance_below"))
    set_balance(setup_entry, "19.5")
    await hass.async_block_till_done()
    assert told == []

    await come_to(hass, freezer, "2026-11-02T12:05:01")

    assert told == ["19.5 are left."]


async def test_a_budget_that_is_nearly_spent_is_told(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """An order for 0.90 of a budget of 1."""
    await set_limits(hass, setup_entry, daily_budget=1)
    told = await automate(hass, example(examples, "smm_panel.budget_spent"))

    await place(hass, panel)

    assert told == ["0.90 were spent today."]


@pytest.mark.parametrize(
    ("budget", "is_open", "orders"), [(5, False, 1), (5, True, 0), (0.5, False, 0)]
)
async def test_an_order_every_morning(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
    *,
    budget: float,
    is_open: bool,
    orders: int,
) -> None:
    """Unless the last one is open, or today's budget has no room: each of them alone."""
    await come_to(hass, freezer, "2026-11-02T08:00:00")
    await set_limits(hass, setup_entry, daily_budget=budget)
    if is_open:
        await act(hass, "place_order", **MY_ORDER)
        await hass.async_block_till_done(wait_background_tasks=True)
    before = panel.count("add")
    await automate(hass, example(examples, "smm_panel.order_is_open"))

    await come_to(hass, freezer, "2026-11-02T09:00:00")
    await turn_off(hass)

    assert panel.count("add") - before == orders


@pytest.mark.parametrize(("balance", "reminders"), [("19.99", 1), ("20", 0)])
async def test_a_reminder_while_the_balance_is_low(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
    balance: str,
    reminders: int,
) -> None:
    """On no other evening."""
    await come_to(hass, freezer, "2026-11-02T18:00:00")
    told = await automate(hass, example(examples, "smm_panel.balance_is_below"))
    set_balance(setup_entry, balance)

    await come_to(hass, freezer, "2026-11-02T19:00:00")
    await turn_off(hass)

    assert len(told) == reminders


async def turn_off(hass: HomeAssistant) -> None:
    """End what waits for its time."""
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


async def test_what_the_panel_changes_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    examples: list[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The message names the service and its old and new rate."""
    automation = example(examples, "smm_panel_service_changed")
    notes = async_mock_service(hass, "persistent_notification", "create")
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await run(hass, [example(examples, "'quantity': 1000")])
    change_service(simulated, {"rate": "1.20"})

    await setup_entry.runtime_data.catalog.async_read(timedelta(-1))
    await hass.async_block_till_done()

    (note,) = notes
    assert note.data["title"] == "Panel: Instagram Followers | Mixed | No Refill has changed"
    assert note.data["message"].strip() == "rate: 0.90 -> 1.20"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
