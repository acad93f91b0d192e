"""The blueprints: Home Assistant takes them, and they do what they say, or nothing."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.smm_panel.simulator.server import PanelServer

from .actions import LINK, ORDER, act
from .orders import FOLLOWERS, REFILLABLE

FOLDER = Path(__file__).parents[1] / "blueprints" / "automation" / "smm_panel"
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
    await setup_entry.runtime_data.balance.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told == []

    await act(hass, "place_order", service="211", link=LINK, quantity=4300)
    await setup_entry.runtime_data.balance.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(told) == 1
    assert "https://example.com/funds" in told[0].data["message"]
    assert "USD" in told[0].data["message"]

    await act(hass, "place_order", **ORDER | {"link": "https://example.com/q"})
    await setup_entry.runtime_data.balance.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(told) == 1


async def watch(hass: HomeAssistant) -> None:
    """Tell of what happens in the first slot."""
    status = "sensor.panel_order_slot_1_status"
    await use(hass, "order_news.yaml", orders=[status], notification=TOLD)


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
        await setup_entry.runtime_data.orders.async_refresh()
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
    await setup_entry.runtime_data.orders.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    await watch(hass)

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert told == []


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
