"""Polling: what is asked, when, and who is told."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.smm_panel.api import ErrorKind, ItemError, OrderStatus
from custom_components.smm_panel.const import (
    BALANCE_INTERVAL,
    DOMAIN,
    OPEN_INTERVAL,
    SLOW_INTERVAL,
    WATCHED_INTERVAL,
)
from custom_components.smm_panel.operations import async_track, async_untrack
from custom_components.smm_panel.orders import Placement, TrackedOrder, next_interval
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer

from .helpers.book_files import disk_full
from .helpers.orders import NOON, placed_elsewhere, tracked
from .helpers.spend import tell

OPEN = tracked("0", OrderStatus.IN_PROGRESS)
UNCONFIRMED = tracked("0", panel_id=None, placement=Placement.UNCONFIRMED)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    """Let time pass, with the polls that become due."""
    freezer.tick(time + timedelta(seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def state(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that must exist."""
    found = hass.states.get(entity_id)
    assert found, f"{entity_id} is not among {hass.states.async_entity_ids()}"
    return found


@pytest.fixture
async def orders(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> list[str]:
    """Three tracked orders, shown in the slots 1 to 3."""
    ids = [placed_elsewhere(simulated, f"https://example.com/{n}") for n in range(3)]
    await async_track(setup_entry, ids)
    await hass.async_block_till_done(wait_background_tasks=True)
    return ids


@pytest.mark.parametrize(
    ("orders", "age", "since_write", "interval"),
    [
        ([], timedelta(), None, None),
        ([tracked("0", OrderStatus.COMPLETED)], timedelta(), timedelta(), None),
        ([UNCONFIRMED], timedelta(), timedelta(), None),
        ([OPEN], timedelta(), timedelta(), WATCHED_INTERVAL),
        ([OPEN], timedelta(hours=1), timedelta(minutes=9), WATCHED_INTERVAL),
        ([OPEN], timedelta(hours=1), timedelta(minutes=10), OPEN_INTERVAL),
        ([OPEN], timedelta(hours=1), None, OPEN_INTERVAL),
        ([OPEN], timedelta(hours=25), None, SLOW_INTERVAL),
        ([OPEN], timedelta(hours=25), timedelta(minutes=1), WATCHED_INTERVAL),
        ([OPEN, tracked("120", OrderStatus.PENDING)], timedelta(hours=25), None, OPEN_INTERVAL),
    ],
)
def test_next_interval(
    orders: list[TrackedOrder],
    age: timedelta,
    since_write: timedelta | None,
    interval: timedelta | None,
) -> None:
    """Often while somebody watches, seldom for slow orders, never for nothing."""
    now = NOON + age
    last_operation = None if since_write is None else now - since_write

    assert next_interval(orders, now, last_operation) == interval


async def test_nothing_open_costs_no_request(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Without open orders only the balance is read."""
    for _ in range(6):
        await pass_time(hass, freezer, BALANCE_INTERVAL)

    assert panel.count("balance") == panel.count() == 7


async def test_orders_are_asked_for_by_the_hundred(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each refresh costs one request for every hundred open orders, no more."""
    coordinator = setup_entry.runtime_data.orders_coordinator
    ids = [placed_elsewhere(simulated, f"https://example.com/{n}") for n in range(101)]
    await async_track(coordinator.config_entry, ids)
    await hass.async_block_till_done(wait_background_tasks=True)
    before = panel.count("status")

    await coordinator.async_refresh()

    assert panel.count("status") - before == 2
    asked = [request.form for request in list(panel.requests)[-2:]]
    assert [len(form.get("orders", "").split(",")) for form in asked] == [100, 1]
    assert asked[1]["order"] == ids[100]


async def test_orders_move_and_final_ones_are_not_asked_for(
    hass: HomeAssistant,
    orders: list[str],
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """An order's entities follow it to the end, where the polling stops."""
    assert state(hass, "sensor.panel_order_slot_1_status").state == "pending"
    assert state(hass, "sensor.panel_open_orders").state == "3"

    for _ in range(12):
        await pass_time(hass, freezer, OPEN_INTERVAL)

    assert state(hass, "sensor.panel_order_slot_1_status").state == "completed"
    assert state(hass, "sensor.panel_order_slot_1_remains").state == "0"
    assert state(hass, "sensor.panel_open_orders").state == "0"
    asked = panel.count("status")
    for _ in range(3):
        await pass_time(hass, freezer, SLOW_INTERVAL)
    assert panel.count("status") == asked


async def test_finished_orders_go_after_their_keeping_time(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    orders: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Even when nothing is open any more, and so nothing is polled."""
    book = setup_entry.runtime_data.order_book
    await pass_time(hass, freezer, timedelta(days=1))
    assert state(hass, "sensor.panel_order_slot_1_status").state == "completed"

    await pass_time(hass, freezer, timedelta(days=6))
    assert len(book.orders) == 3
    await pass_time(hass, freezer, timedelta(days=1))

    assert not book.orders
    assert state(hass, "sensor.panel_order_slot_1_status").state == STATE_UNAVAILABLE


async def test_only_changed_slots_are_written(
    hass: HomeAssistant, setup_entry: MockConfigEntry, orders: list[str]
) -> None:
    """The cost follows the changes, not the orders."""
    coordinator = setup_entry.runtime_data.orders_coordinator

    def written() -> list[datetime]:
        # The state machine alters the states themselves, so their times are taken out.
        entities = [f"sensor.panel_order_slot_{slot}_status" for slot in (1, 2, 3)]
        return [state(hass, entity).last_reported for entity in entities]

    before = written()
    old = coordinator.order_book.find(orders[1])
    changed = coordinator.order_book.apply(
        {orders[1]: ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)}, NOON
    )
    coordinator.async_publish(changed)

    is_written = [new > earlier for earlier, new in zip(before, written(), strict=True)]
    assert is_written == [False, True, False]
    assert old.error is None
    status = state(hass, "sensor.panel_order_slot_2_status")
    assert status.attributes["error"] == "Incorrect order ID"
    assert state(hass, "sensor.panel_orders_needing_attention").state == "1"


@pytest.mark.parametrize("fault", [Drop(), Cut(), Reply.html(), Reply(text="[1, 2]")])
async def test_a_silent_panel_makes_entities_unavailable_until_it_answers(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    orders: list[str],
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    """They come back by themselves, nothing tracked is lost, and the log says it once."""
    entities = [
        "sensor.panel_balance",
        "sensor.panel_open_orders",
        "todo.panel_orders",
        "sensor.panel_order_slot_2_status",
        "button.panel_order_slot_2_cancel",
    ]
    panel.faults.add(fault, times=None)
    for _ in range(3):
        await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert [state(hass, entity).state for entity in entities] == [STATE_UNAVAILABLE] * 5

    panel.faults.clear()
    await pass_time(hass, freezer, BALANCE_INTERVAL)

    assert STATE_UNAVAILABLE not in [state(hass, entity).state for entity in entities[:4]]
    assert [
        order.panel_id for order in setup_entry.runtime_data.order_book.orders.values()
    ] == orders
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 2, "one for the balance and one for the orders"
    assert not [record for record in errors if record.exc_info]


async def test_unchanged_orders_come_back_too(
    hass: HomeAssistant, setup_entry: MockConfigEntry, orders: list[str], panel: PanelServer
) -> None:
    """Entities that nothing changed for must not stay unavailable after an outage."""
    coordinator = setup_entry.runtime_data.orders_coordinator
    entities = ["sensor.panel_open_orders", "sensor.panel_order_slot_1_status"]

    panel.faults.add(Drop(), action="status")
    await coordinator.async_refresh()
    assert [state(hass, entity).state for entity in entities] == [STATE_UNAVAILABLE] * 2
    await coordinator.async_refresh()

    assert [state(hass, entity).state for entity in entities] == ["3", "pending"]


async def test_an_unchanged_balance_is_not_written(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Six times an hour nothing new would fill nobody's recorder, yet cost all the same."""
    before = state(hass, "sensor.panel_balance").last_reported

    await setup_entry.runtime_data.balance_coordinator.async_refresh()

    assert panel.count("balance") == 2
    assert state(hass, "sensor.panel_balance").last_reported == before


async def test_retry_after_is_obeyed(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A panel that is asked too often blocks the key."""
    panel.faults.add(Reply.too_many_requests(retry_after=3600), action="balance")
    await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert panel.count("balance") == 2

    for _ in range(5):
        await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert panel.count("balance") == 2

    await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert panel.count("balance") == 3


async def test_a_short_wait_brings_no_poll_forward(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whoever is asked to slow down must not come back sooner than usual."""
    panel.faults.add(Reply.too_many_requests(retry_after=1), action="balance")
    await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert panel.count("balance") == 2

    await pass_time(hass, freezer, BALANCE_INTERVAL / 2)
    assert panel.count("balance") == 2

    await pass_time(hass, freezer, BALANCE_INTERVAL / 2)
    assert panel.count("balance") == 3


async def test_a_panel_that_has_moved_is_told_until_it_answers(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """The key must not follow a redirect, so the user has to hear of the new address."""
    issue_id = f"{setup_entry.entry_id}_panel_moved"
    panel.faults.add(Reply.redirect("https://new.example/api/v2"), action="balance")
    await pass_time(hass, freezer, BALANCE_INTERVAL)

    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {
        "account": "Panel",
        "location": "https://new.example/api/v2",
    }

    panel.faults.add(Drop(), action="balance")
    await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert issue_registry.async_get_issue(DOMAIN, issue_id), "no answer says nothing of it"

    await pass_time(hass, freezer, BALANCE_INTERVAL)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_a_key_that_stops_working_starts_reauth(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The user is asked for the new key when the panel refuses the old one."""
    simulated.api_key = "another"

    await pass_time(hass, freezer, BALANCE_INTERVAL)

    assert [flow["step_id"] for flow in hass.config_entries.flow.async_progress()] == [
        "reauth_confirm"
    ]


async def test_the_same_order_is_tracked_once(
    setup_entry: MockConfigEntry, orders: list[str], panel: PanelServer
) -> None:
    """Tracking what is tracked costs nothing and doubles nothing."""
    before = panel.count()

    results = await async_track(setup_entry, [orders[0], orders[0]])

    assert list(results) == [orders[0]]
    assert panel.count() == before
    assert len(setup_entry.runtime_data.order_book.orders) == 3


async def test_tracking_does_not_overwrite_what_came_meanwhile(
    setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """An order placed while its id is being asked for must keep its link and name."""
    coordinator = setup_entry.runtime_data.orders_coordinator
    order = placed_elsewhere(simulated)
    placed = tracked(order, name="Followers", link="https://example.com/p")
    status = coordinator.client.status

    async def place_meanwhile(orders: list[str]) -> object:
        await coordinator.order_book.async_put([placed])
        return await status(orders)

    with patch.object(type(coordinator.client), "status", side_effect=place_meanwhile):
        results = await async_track(coordinator.config_entry, [order])

    assert results == {order: placed}
    assert coordinator.order_book.find(order).link == "https://example.com/p"


async def test_a_slot_is_empty_while_its_order_is_being_forgotten(
    setup_entry: MockConfigEntry, orders: list[str]
) -> None:
    """Its entities may be written for another reason while the disk is busy."""
    coordinator = setup_entry.runtime_data.orders_coordinator
    order = coordinator.order_in_slot(1)

    await coordinator.order_book.async_forget([order.local_id])

    assert order.panel_id == orders[0]
    assert coordinator.order_in_slot(1) is None


async def test_what_cannot_be_written_down_is_told_and_shown(
    hass: HomeAssistant, setup_entry: MockConfigEntry, orders: list[str]
) -> None:
    """With a full disk the list must still show what holds until the restart."""
    coordinator = setup_entry.runtime_data.orders_coordinator
    order = coordinator.order_book.find(orders[0])

    with disk_full(), pytest.raises(HomeAssistantError) as caught:
        await async_untrack(coordinator.config_entry, [order.local_id])
    assert caught.value.translation_key == "book_not_written"
    assert state(hass, "sensor.panel_open_orders").state == "2"

    with disk_full(), pytest.raises(HomeAssistantError):
        await async_track(coordinator.config_entry, [orders[0]])
    assert state(hass, "sensor.panel_open_orders").state == "3"
    await coordinator.order_book.async_save()


async def test_one_listener_s_defect_does_not_stop_the_others(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    orders: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A defect in one entity must not keep the rest from being written."""
    coordinator = setup_entry.runtime_data.orders_coordinator

    def broken() -> None:
        raise ValueError("defect")

    heard: list[bool] = []
    setup_entry.async_on_unload(coordinator.async_add_listener(broken))
    setup_entry.async_on_unload(coordinator.async_add_listener(lambda: heard.append(True)))

    coordinator.async_publish(["key"])

    assert heard == [True]
    assert "Unexpected error updating a listener of Panel orders" in caplog.text


@pytest.mark.parametrize("unload", [False, True])
async def test_news_of_many_orders_are_told_once_and_in_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, *, unload: bool
) -> None:
    """They are told in pieces; what is left must not wait for the next poll, or go lost."""
    data = setup_entry.runtime_data
    orders = [tracked(str(number), OrderStatus.PENDING) for number in range(1, 51)]
    await data.order_book.async_put(orders)
    told = async_capture_events(hass, "smm_panel_order_activity")
    shown = []

    @callback
    def look(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"] is not None:
            shown.append(event.data["new_state"].attributes.get("order"))

    async_track_state_change_event(hass, "event.panel_order_activity", look)
    row = {"status": "In progress", "charge": "1", "remains": "1"}
    tell(panel, "status", {order.panel_id: row for order in orders})

    await data.orders_coordinator.async_refresh()
    assert 0 < len(told) < 50
    if unload:
        assert await hass.config_entries.async_unload(setup_entry.entry_id)
    await hass.async_block_till_done()

    ids = [str(number) for number in range(1, 51)]
    assert [event.data["order"] for event in told] == ids
    assert shown[:50] == ids


async def test_equal_orders_need_no_comparing_the_next_time(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """After a restart the reports are the file's; each poll would compare them all for ever."""
    data = setup_entry.runtime_data
    await data.order_book.async_put([tracked("1", OrderStatus.IN_PROGRESS)])
    stored = data.order_book.open_orders["key 1"]
    tell(panel, "status", {"status": "in_progress"})
    await data.orders_coordinator.async_refresh()
    known = data.order_book.open_orders["key 1"]
    assert known == stored
    assert known.report is not stored.report
    await data.orders_coordinator.async_refresh()

    assert data.order_book.find("1") is data.order_book.open_orders["key 1"]
    assert data.order_book.open_orders["key 1"].report is known.report


async def test_the_counts_are_those_of_the_orders(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """They are counted up and down with each change, and must not drift."""
    book = setup_entry.runtime_data.order_book
    use = {"service": "101", "name": "Followers", "can_refill": True}
    for order in (
        tracked("1", OrderStatus.PENDING, **use),
        tracked("2", OrderStatus.IN_PROGRESS, **use),
        tracked("3", OrderStatus.PENDING, preset="a"),
        tracked("4", OrderStatus.PENDING, preset="a"),
        tracked("1", OrderStatus.PARTIAL, **use),
        tracked("1", OrderStatus.PARTIAL, **use),
    ):
        await book.async_put([order])
    assert dict(book.terms_in_use) == {("101", "Followers", True, None): 1}
    assert (book.needing_attention, len(book.open_orders)) == (1, 3)
    assert book.last_of("a") is book.find("4")

    await book.async_forget(["key 1", "key 2", "key 4"])

    assert dict(book.terms_in_use) == {}
    assert (book.needing_attention, list(book.open_orders)) == (0, ["key 3"])
    assert book.last_of("a") is book.find("3")
    await book.async_forget(["key 3"])
    assert book.last_of("a") is None
