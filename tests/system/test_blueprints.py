"""The blueprints: Home Assistant takes them, and they do what they say, or nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act, sent_order
from tests.helpers.automations import ACTIVITY
from tests.helpers.orders import FOLLOWERS, REFILLABLE
from tests.helpers.presets import add_preset
from tests.helpers.spend import ORDER_ID, place, report_status, tell

type Notifications = Callable[[], Awaitable[list[tuple[str, str]]]]

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "smm_panel"
NAMES = sorted(path.name for path in FOLDER.glob("*.yaml"))
TOLD = [
    {"event": "told", "event_data": {"title": "{{ title }}", "message": "{{ message }}"}},
]


@pytest.fixture(autouse=True)
async def config_folder(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[None]:
    """Put the blueprints where an import puts them; end what waits for its time."""
    hass.config.config_dir = str(tmp_path)
    shutil.copytree(FOLDER, tmp_path / "blueprints" / "automation" / "smm_panel")
    yield
    if hass.states.get("automation.tried"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "automation.tried"}, blocking=True
        )


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event]:
    """What the notifications of the test said."""
    return async_capture_events(hass, "told")


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    blueprint = {"path": f"smm_panel/{name}", "input": inputs}
    config = {"automation": {"alias": "Tried", "use_blueprint": blueprint}}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    state = hass.states.get("automation.tried")
    assert state
    assert state.state == "on"


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: datetime) -> None:
    """Let it be a moment, and what belongs to it happen."""
    freezer.move_to(moment)
    async_fire_time_changed(hass, moment)
    await hass.async_block_till_done(wait_background_tasks=True)


def next_day(weekday: int, hour: int) -> datetime:
    """Return the next day with this number (Monday is 0), at an hour."""
    today = dt_util.start_of_local_day()
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead, hours=hour)


@pytest.mark.parametrize("name", NAMES)
async def test_home_assistant_takes_the_blueprint(hass: HomeAssistant, name: str) -> None:
    """A blueprint that is refused, or has a field without words, cannot be used."""
    blueprint = await async_get_blueprints(hass).async_get_blueprint(f"smm_panel/{name}")

    assert isinstance(blueprint, Blueprint)
    assert blueprint.validate() is None
    assert blueprint.metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert blueprint.metadata["description"]
    for field in blueprint.inputs.values():
        assert field.keys() >= {"name", "description", "selector"}


async def test_a_low_balance_is_told_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, told: list[Event]
) -> None:
    """Told above the threshold it would be noise, told at every order below it too."""
    await use(
        hass,
        "low_balance.yaml",
        balance="sensor.panel_balance",
        threshold=10,
        top_up="https://example.com/funds",
        notification=TOLD,
    )

    await act(hass, "place_order", **ORDER)
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told == []

    await act(hass, "place_order", service="211", link=LINK, quantity=4300)
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(told) == 1
    assert "https://example.com/funds" in told[0].data["message"]
    assert "USD" in told[0].data["message"]

    await act(hass, "place_order", **ORDER | {"link": "https://example.com/q"})
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(told) == 1


async def watch(hass: HomeAssistant, **inputs: Any) -> None:
    """Tell of what happens to the orders."""
    await use(hass, "order_news.yaml", accounts=[ACTIVITY], notification=TOLD, **inputs)


async def test_a_finished_order_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[Event],
) -> None:
    """The way to the end is not told, the end is, once."""
    await watch(hass)
    await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told == []

    freezer.tick(timedelta(days=1))
    for _ in range(2):
        await setup_entry.runtime_data.orders_coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)

    assert len(told) == 1
    assert "Completed" in told[0].data["title"]
    assert LINK in told[0].data["message"]


async def test_a_finished_order_is_no_news_after_a_reload(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[Event],
) -> None:
    """Every restart would tell of a week's orders again."""
    await act(hass, "place_order", **ORDER)
    freezer.tick(timedelta(days=1))
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    await watch(hass)

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert told == []


async def test_what_happened_while_home_assistant_was_away_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[Event],
) -> None:
    """An order that ended overnight is what people want to hear of in the morning."""
    await watch(hass)
    await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await hass.config_entries.async_unload(setup_entry.entry_id)
    freezer.tick(timedelta(days=1))

    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(told) == 1
    assert "Completed" in told[0].data["title"]


@pytest.mark.parametrize(
    ("word", "status"),
    [("Partial", "Partial"), ("Canceled", "Canceled"), ("Fail", "Failed")],
)
async def test_trouble_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    told: list[Event],
    word: str,
    status: str,
) -> None:
    """An order that ends badly is what people most need to hear of."""
    await watch(hass)
    await place(hass, panel)
    assert told == []

    await report_status(hass, panel, status=word, remains="400")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [event.data["title"] for event in told] == [f"Order #{ORDER_ID}: {status}"]


async def test_an_order_of_which_nobody_knows_is_told(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, told: list[Event]
) -> None:
    """It has no status yet, and no id."""
    await watch(hass)
    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [event.data["title"] for event in told] == ["Order: Unconfirmed"]
    assert LINK in told[0].data["message"]


async def test_a_status_that_is_not_chosen_is_not_told(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, told: list[Event]
) -> None:
    """Whoever wants to hear of failures alone chose so."""
    await watch(hass, statuses=["failed"])
    await place(hass, panel)

    await report_status(hass, panel, status="Partial")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert told == []


@pytest.fixture
async def notifications(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Notifications:
    """Read title and message of the notifications, as the user interface does."""
    assert await async_setup_component(hass, "persistent_notification", {})
    client = await hass_ws_client(hass)

    async def read() -> list[tuple[str, str]]:
        await hass.async_block_till_done(wait_background_tasks=True)
        await client.send_json_auto_id({"type": "persistent_notification/get"})
        shown = (await client.receive_json())["result"]
        return [(item["title"], item["message"]) for item in shown]

    return read


async def test_news_are_a_notification_unless_told_otherwise(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    notifications: Notifications,
) -> None:
    """A blueprint that does nothing until somebody fills in an action seems broken."""
    await use(hass, "order_news.yaml", accounts=[ACTIVITY])
    await place(hass, panel)

    await report_status(hass, panel, status="Partial")

    ((title, message),) = await notifications()
    assert title == f"Order #{ORDER_ID}: Partial"
    assert LINK in message


async def test_a_low_balance_is_a_notification_unless_told_otherwise(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    notifications: Notifications,
) -> None:
    """As above."""
    await use(hass, "low_balance.yaml", balance="sensor.panel_balance")

    tell(panel, "balance", {"balance": "9.5", "currency": "USD"})
    await setup_entry.runtime_data.balance_coordinator.async_refresh()

    ((title, message),) = await notifications()
    assert title == "The balance at the panel is low"
    assert message == "Panel Balance: 9.50 USD are left."


REGULAR: dict[str, Any] = {
    "at": "09:00:00",
    "weekdays": ["mon"],
    "account": "account",
    "service": FOLLOWERS,
    "link": LINK,
    "quantity": 1000,
    "max_charge": 5,
}


async def test_an_order_on_its_weekday(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    told: list[Event],
) -> None:
    """An order on another day is money spent unasked."""
    after = [{"event": "told", "event_data": {"order": "{{ placed.order }}"}}]
    await use(hass, "regular_order.yaml", **REGULAR, placed_actions=after)

    monday = next_day(0, 9)
    await pass_time(hass, freezer, monday - timedelta(days=1))
    assert panel.count("add") == 0
    await pass_time(hass, freezer, monday)

    assert panel.count("add") == 1
    assert len(told) == 1


async def test_an_order_that_costs_too_much_is_left_out(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    told: list[Event],
) -> None:
    """The limit in the form must reach the order."""
    after = [{"event": "told"}]
    inputs = REGULAR | {"max_charge": 0.1, "placed_actions": after}
    await use(hass, "regular_order.yaml", **inputs)

    await pass_time(hass, freezer, next_day(0, 9))

    assert panel.count("add") == 0
    assert told == []


PRESET: dict[str, Any] = {
    name: REGULAR[name] for name in ("at", "weekdays", "account", "max_charge")
} | {"preset": "my page"}


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"quantity": 900},
        {"link": "https://example.com/q", "service": REFILLABLE},
    ],
)
async def test_the_order_of_a_preset(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    overrides: dict[str, Any],
) -> None:
    """A field that is left empty must not stand in for that of the preset."""
    add_preset(hass, setup_entry, "My page", link=LINK, quantity=700)
    await hass.async_block_till_done(wait_background_tasks=True)
    await use(hass, "regular_order.yaml", **PRESET, **overrides)

    await pass_time(hass, freezer, next_day(0, 9))

    wanted = {"service": FOLLOWERS, "link": LINK, "quantity": 700} | overrides
    assert sent_order(panel) == {name: str(value) for name, value in wanted.items()}


async def test_a_preset_that_costs_too_much_is_left_out(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The limit in the form holds for presets as well."""
    add_preset(hass, setup_entry, "My page", link=LINK, quantity=700)
    await hass.async_block_till_done(wait_background_tasks=True)
    await use(hass, "regular_order.yaml", **PRESET | {"max_charge": 0.1})

    await pass_time(hass, freezer, next_day(0, 9))

    assert panel.count("add") == 0


@pytest.mark.parametrize(("missing", "refills"), [(150, 1), (50, 0), (-10, 0)])
async def test_a_refill_of_what_dropped(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    missing: int,
    refills: int,
) -> None:
    """More than a tenth of the thousand is gone, or less; a refill under way is enough."""
    placed = await act(hass, "place_order", **ORDER | {"service": REFILLABLE})
    freezer.tick(timedelta(days=1))
    answer = await act(hass, "get_orders", orders=[placed["order"]])
    delivered = answer["orders"][0]["start_count"] + 1000
    hass.states.async_set("sensor.followers", str(delivered - missing))
    await use(
        hass,
        "refill_after_drop.yaml",
        account="account",
        order=placed["order"],
        count="sensor.followers",
    )

    day = next_day(2, 10)
    await pass_time(hass, freezer, day)
    assert panel.count("refill") == refills
    await pass_time(hass, freezer, day + timedelta(hours=2))

    assert panel.count("refill") == refills


async def completed(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> dict[str, str]:
    """Complete an order that can be refilled; return what names it in the blueprint."""
    placed = await act(hass, "place_order", **ORDER | {"service": REFILLABLE})
    freezer.tick(timedelta(days=1))
    (order,) = (await act(hass, "get_orders", orders=[placed["order"]]))["orders"]
    assert order["status"] == "completed"
    return {"account": "account", "order": placed["order"]}


async def refills_by_day(
    hass: HomeAssistant, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> list[int]:
    """Return how many refills were asked for by the end of each of the next five days."""
    start = dt_util.start_of_local_day() + timedelta(days=1)
    counts = []
    for day in range(5):
        await pass_time(hass, freezer, start + timedelta(days=day, hours=10))
        counts.append(panel.count("refill"))
    return counts


async def test_days_between_refills(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A panel that is asked every day for the same drop turns its customer away."""
    order = await completed(hass, freezer)
    hass.states.async_set("sensor.followers", "0")
    await use(hass, "refill_after_drop.yaml", **order, count="sensor.followers", wait=3)

    assert await refills_by_day(hass, panel, freezer) == [1, 1, 1, 2, 2]


@pytest.mark.parametrize("count", [{}, {"count": "sensor.away"}], ids=["no sensor", "away"])
async def test_a_refill_some_days_after_completion(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    count: dict[str, str],
) -> None:
    """Asked for once, when the days are over, whether or not anything counts."""
    freezer.move_to(dt_util.start_of_local_day() + timedelta(hours=12))
    order = await completed(hass, freezer)
    await use(hass, "refill_after_drop.yaml", **order, days=2, **count)

    assert await refills_by_day(hass, panel, freezer) == [0, 0, 1, 1, 1]


async def test_without_sensor_and_days_nothing_is_asked_for(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """What was not filled in is no reason to ask the panel for anything."""
    order = await completed(hass, freezer)
    await use(hass, "refill_after_drop.yaml", **order)
    asked = panel.count("status")

    assert await refills_by_day(hass, panel, freezer) == [0, 0, 0, 0, 0]
    assert panel.count("status") == asked


@pytest.mark.parametrize("count", ["unavailable", "unknown", "many"])
async def test_no_refill_without_a_count(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    count: str,
) -> None:
    """A sensor that is away is not a drop to nothing."""
    placed = await act(hass, "place_order", **ORDER | {"service": REFILLABLE})
    freezer.tick(timedelta(days=1))
    hass.states.async_set("sensor.followers", count)
    await use(
        hass,
        "refill_after_drop.yaml",
        account="account",
        order=placed["order"],
        count="sensor.followers",
    )

    await pass_time(hass, freezer, next_day(2, 10))

    assert panel.count("refill") == 0
