"""The event entity of an account: what it tells of orders, when, and in whose context."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance, history
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    Context,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.orders.book_snapshot import STORAGE_VERSION
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.automations import ACTIVITY, SPENT_TODAY, reload
from tests.helpers.book_files import BookFiles
from tests.helpers.orders import REFILLABLE, placed_elsewhere
from tests.helpers.repairs import Repairs, issues
from tests.helpers.runs import by_automation, by_user, set_up_runs
from tests.helpers.spend import tell

STATUS = "sensor.panel_order_slot_1_status"
BUS = "smm_panel_order_activity"


@pytest.fixture
def told(hass: HomeAssistant) -> list[State]:
    """What the event entity told, in order; what it shows again after a restart is left out."""
    states: list[State] = []

    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        is_shown = new is not None and new.state not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
        if old is not None and old.state != STATE_UNAVAILABLE and new is not None and is_shown:
            states.append(new)

    async_track_state_change_event(hass, ACTIVITY, keep)
    return states


def kinds(told: list[State]) -> list[str]:
    """Return the types of the events."""
    return [state.attributes["event_type"] for state in told]


async def refresh(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Ask the panel about the orders now."""
    await entry.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)


async def place(hass: HomeAssistant, **fields: Any) -> str:
    """Place an order, and let what follows come to an end."""
    answer = await act(hass, "place_order", **ORDER | fields)
    await hass.async_block_till_done(wait_background_tasks=True)
    return str(answer["order"])


async def lose(hass: HomeAssistant, panel: PanelServer, **fields: Any) -> None:
    """Place an order whose answer is lost."""
    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await place(hass, **fields)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_an_order_from_its_placing_to_its_refill(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """Each step once, with what an automation needs to know of it; pending is no news."""
    order = await place(hass, service=REFILLABLE)
    await refresh(hass, setup_entry)
    assert kinds(told) == ["placed"]

    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)
    await refresh(hass, setup_entry)
    await act(hass, "refill_orders", orders=[order])
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert kinds(told) == ["placed", "status_changed", "refill_requested", "refill_completed"]
    placed, changed, _, refilled = (state.attributes for state in told)
    assert {state.attributes["order"] for state in told} == {order}
    assert (placed["service"], placed["link"], placed["currency"]) == (REFILLABLE, LINK, "USD")
    assert placed["name"]
    assert placed["placed_by"]["automations_and_scripts"] == []
    assert (placed["old_status"], placed["new_status"]) == (None, None)
    assert (changed["old_status"], changed["new_status"]) == ("pending", "completed")
    assert changed["charge"]
    assert (refilled["old_status"], refilled["new_status"]) == ("pending", "completed")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Completed", "refill_completed"),
        ("Rejected", "refill_rejected"),
        ("Canceled", "refill_canceled"),
        ("Failed", "refill_failed"),
    ],
)
async def test_each_end_of_a_refill_is_told_as_what_it_is(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    told: list[State],
    word: str,
    kind: str,
) -> None:
    """A rejected refill told as completed is money never asked back."""
    order = await place(hass, service=REFILLABLE)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)
    await act(hass, "refill_orders", orders=[order])
    await hass.async_block_till_done(wait_background_tasks=True)
    panel.faults.add(Reply(text=f'{{"status": "{word}"}}'), action="refill_status", times=None)

    await refresh(hass, setup_entry)
    await refresh(hass, setup_entry)

    assert kinds(told)[-2:] == ["refill_requested", kind]


async def test_a_cancel_is_told_when_it_was_asked_for_and_taken(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    hass_admin_user: MockUser,
    told: list[State],
) -> None:
    """By whom, too; a request that the panel refused is none."""
    order = await place(hass)
    panel.faults.add(Reply(text='{"error": "Incorrect order ID"}'), action="cancel")
    await act(hass, "cancel_orders", orders=[order])
    assert kinds(told) == ["placed"]

    await act(hass, "cancel_orders", hass_admin_user, orders=[order])
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told) == ["placed", "cancel_requested"]
    assert told[-1].context.user_id == hass_admin_user.id


async def test_the_button_of_an_order_tells_who_pressed_it(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    hass_admin_user: MockUser,
    told: list[State],
) -> None:
    """A cancel that nobody seems to have asked for is a riddle."""
    await place(hass)
    button = "button.panel_order_slot_1_cancel"

    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": button},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told)[-1] == "cancel_requested"
    assert told[-1].context.user_id == hass_admin_user.id


@pytest.mark.parametrize(("step", "kind"), [("placed", "placed"), ("not_placed", "not_placed")])
async def test_an_order_whose_answer_was_lost(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    hass_client: ClientSessionGenerator,
    told: list[State],
    step: str,
    kind: str,
) -> None:
    """It may cost money; so what the user found out is told as well."""
    await lose(hass, panel)
    assert kinds(told) == ["unconfirmed"]
    assert told[0].attributes["order"] is None
    assert told[0].attributes["link"] == LINK
    (order,) = simulated.orders

    (issue,) = issues(hass)
    form = await (await (await Repairs.of(hass, hass_client)).open(issue)).choose(step)
    assert (await form.send(**({"order": str(order)} if step == "placed" else {}))).is_done
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told) == ["unconfirmed", kind]


async def test_an_order_settled_as_placed_is_told_with_its_status(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    hass_client: ClientSessionGenerator,
    told: list[State],
) -> None:
    """Found completed at the panel, it would never be told as completed."""
    await lose(hass, panel)
    (order,) = simulated.orders
    tell(panel, "status", {str(order): {"status": "Completed"}})
    (issue,) = issues(hass)

    form = await (await (await Repairs.of(hass, hass_client)).open(issue)).choose("placed")
    assert (await form.send(order=str(order))).is_done
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told) == ["unconfirmed", "placed", "status_changed"]
    assert told[-1].attributes["new_status"] == "completed"


async def test_who_is_behind_the_order_is_behind_its_events(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_admin_user: MockUser,
    told: list[State],
) -> None:
    """Who set it off shows in the logbook, days later and after a restart too."""
    await by_user(hass, hass_admin_user)
    await reload(hass, setup_entry)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert kinds(told) == ["placed", "status_changed"]
    assert {state.context.user_id for state in told} == {hass_admin_user.id}
    assert {state.attributes["placed_by"]["user_id"] for state in told} == {hass_admin_user.id}


async def test_the_automation_behind_the_order_is_named(
    hass: HomeAssistant, setup_entry: MockConfigEntry, told: list[State]
) -> None:
    """Its next run must be able to tell its own orders from those of others."""
    await set_up_runs(hass)

    await by_automation(hass, "buying")

    placed_by = told[0].attributes["placed_by"]
    assert placed_by["automations_and_scripts"] == ["automation.buying"]
    assert placed_by["context_id"] == told[0].context.id


async def test_the_bus_tells_the_same(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """Templates on the bus event go on working, whichever of the two they are made for."""
    heard = async_capture_events(hass, BUS)
    await place(hass)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert (
        [event.data["activity"] for event in heard] == kinds(told) == ["placed", "status_changed"]
    )
    for event, state in zip(heard, told, strict=True):
        facts = state.attributes.keys() - {"event_type", "event_types", "friendly_name"}
        assert facts >= {"order", "service", "name", "link", "charge", "currency", "placed_by"}
        assert {key: event.data[key] for key in facts} == {
            key: state.attributes[key] for key in facts
        }
        assert event.context.id == state.context.id


async def test_the_entities_are_newer_than_the_event(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """An automation that reads the status or the money in its action would read old ones."""
    seen: list[tuple[str, str | None, str | None]] = []

    @callback
    def look(event: Event) -> None:
        states = (hass.states.get(STATUS), hass.states.get(SPENT_TODAY))
        status, spent = (None if state is None else state.state for state in states)
        seen.append((event.data["activity"], status, spent))

    await place(hass, link="https://example.com/first")
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)
    hass.bus.async_listen(BUS, look)

    await place(hass)
    await lose(hass, panel, link="https://example.com/other")

    assert seen == [
        ("placed", "completed", "0.90"),
        ("unconfirmed", "completed", "1.80"),
    ]


async def test_the_status_is_newer_than_the_event(
    hass: HomeAssistant, setup_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Told first, the order would still be pending where the automation looks."""
    await place(hass)
    seen: list[str] = []

    @callback
    def look(_: Event) -> None:
        state = hass.states.get(STATUS)
        assert state
        seen.append(state.state)

    hass.bus.async_listen(BUS, look)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert seen == ["completed"]


async def test_several_orders_in_one_poll_are_each_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """They change in the same instant; the entity shows the last, automations hear of all."""
    orders = [await place(hass, link=f"https://example.com/{number}") for number in range(3)]
    told.clear()
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert [state.attributes["order"] for state in told] == orders
    assert len({state.state for state in told}) == len(orders)


async def test_what_the_first_answer_told_survives_a_second_that_fails(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """The panel had enough when it was asked about refills: the status is news all the same."""
    refilled = await place(hass, service=REFILLABLE)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)
    await act(hass, "refill_orders", orders=[refilled])
    order = await place(hass, link="https://example.com/other")
    freezer.tick(timedelta(days=2))
    panel.faults.add(Reply.too_many_requests(retry_after=60), action="refill_status")

    await refresh(hass, setup_entry)

    assert told[-1].attributes["order"] == order
    assert told[-1].attributes["new_status"] == "completed"


async def test_it_stays_available_while_the_panel_is_down(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, told: list[State]
) -> None:
    """An order whose answer is lost is told just then."""
    await place(hass, link="https://example.com/other")
    panel.faults.add(Reply.html(status=502), action="status", times=None)
    await refresh(hass, setup_entry)
    status = hass.states.get(STATUS)
    assert status
    assert status.state == STATE_UNAVAILABLE

    await lose(hass, panel)

    assert kinds(told) == ["placed", "unconfirmed"]
    state = hass.states.get(ACTIVITY)
    assert state
    assert state.state == told[-1].state


async def test_a_restart_repeats_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """Each restart would send a week's notifications again."""
    heard = async_capture_events(hass, BUS)
    await place(hass)
    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)
    last = hass.states.get(ACTIVITY)
    assert last

    for _ in range(2):
        await reload(hass, setup_entry)

    state = hass.states.get(ACTIVITY)
    assert state
    assert (state.state, state.attributes) == (last.state, last.attributes)
    assert len(heard) == len(told) == 2


async def test_what_happened_during_a_restart_is_told_after_it(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """An order that was completed in the night of the update is news in the morning."""
    await place(hass)
    assert await hass.config_entries.async_unload(setup_entry.entry_id)
    freezer.tick(timedelta(days=2))

    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told) == ["placed", "status_changed"]


async def interrupt(hass: HomeAssistant, entry: MockConfigEntry, files: BookFiles) -> None:
    """Unload the account, and leave the order on disk as a crash while sending leaves it."""
    await place(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    data = files.data
    (row,) = data["orders"]
    row["placement"] = "intended"
    del row["panel_id"], row["report"]
    files.journal.unlink()
    files.storage[files.name] = {
        "version": STORAGE_VERSION,
        "minor_version": 1,
        "data": data,
    }


async def test_an_order_interrupted_by_a_crash_is_told_once(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    book_files: BookFiles,
    told: list[State],
) -> None:
    """Nobody heard its answer: the owner must look whether it was placed."""
    await interrupt(hass, setup_entry, book_files)
    told.clear()

    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert kinds(told) == ["unconfirmed"]
    assert told[0].attributes["link"] == LINK

    await reload(hass, setup_entry)
    assert kinds(told) == ["unconfirmed"]


async def test_news_wait_for_the_automations_of_a_start(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    book_files: BookFiles,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """Automations listen only once Home Assistant has started; told before, it would be lost."""
    await interrupt(hass, setup_entry, book_files)
    told.clear()
    hass.set_state(CoreState.not_running)
    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert kinds(told) == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert kinds(told) == ["unconfirmed"]


async def test_tracking_an_order_is_no_activity(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    told: list[State],
) -> None:
    """What the panel did before is old; what it does from then on is told."""
    order = placed_elsewhere(simulated)
    await act(hass, "track_orders", orders=[order])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert kinds(told) == []

    freezer.tick(timedelta(days=2))
    await refresh(hass, setup_entry)

    assert kinds(told) == ["status_changed"]
    assert told[0].attributes["placed_by"] is None


async def test_links_and_people_are_not_recorded(
    recorder_mock: Recorder, hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Rows of long links fill the database, and who ordered is in the context."""
    await place(hass)
    await async_wait_recording_done(hass)

    def read() -> Any:  # noqa: ANN401 - what the recorder returns
        start = dt_util.utcnow() - timedelta(hours=1)
        return history.get_significant_states(hass, start, entity_ids=[ACTIVITY])

    recorded = (await get_instance(hass).async_add_executor_job(read))[ACTIVITY][-1].attributes

    assert recorded["event_type"] == "placed"
    assert recorded["order"]
    assert not recorded.keys() & {"link", "placed_by", "event_types"}
