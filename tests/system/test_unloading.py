"""Calls that outlive the load of their account: a translated error, nothing sent, nothing lost."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
import json
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button import DATA_COMPONENT as BUTTONS
from homeassistant.components.number import DATA_COMPONENT as NUMBERS
from homeassistant.components.todo import DATA_COMPONENT as LISTS, TodoItem
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smm_panel.api import HttpTransport, PanelError
from custom_components.smm_panel.const import DEFAULT_KEEP_DAYS, DOMAIN, SAVE_DELAY
from custom_components.smm_panel.operations import (
    async_cancel_orders,
    async_check,
    async_place_order,
    async_quote,
    async_refill_orders,
    async_track,
    async_untrack,
)
from custom_components.smm_panel.orders import OrderBook, Placement
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.book_files import BookFiles
from tests.helpers.orders import FOLLOWERS, REFILLABLE, placed_elsewhere
from tests.helpers.presets import add_preset
from tests.helpers.repairs import Repairs, issues

PLACE = "button.my_page_place_order"
CANCEL = "button.panel_order_slot_1_cancel"
THRESHOLD = "number.panel_low_balance_threshold"
LIST = "todo.panel_orders"

UNLOAD = "async_unload"
RELOAD = "async_reload"

both = pytest.mark.parametrize("end", [UNLOAD, RELOAD])


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is held back."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


@contextmanager
def held(action: str) -> Iterator[Held]:
    """Hold back the panel's answer to the next request of an action until it is released."""
    answer = Held()
    post = HttpTransport.post

    async def hold(transport: HttpTransport, form: dict[str, str], **more: bool) -> Any:  # noqa: ANN401 - passed through
        found = await post(transport, form, **more)
        if form["action"] == action and not answer.reached.is_set():
            answer.reached.set()
            await answer.release.wait()
        return found

    with patch.object(HttpTransport, "post", hold):
        yield answer


async def unload(hass: HomeAssistant, entry: MockConfigEntry, end: str = UNLOAD) -> None:
    """Unload an account, or reload it."""
    assert await getattr(hass.config_entries, end)(entry.entry_id)


async def late[T](
    hass: HomeAssistant,
    entry: MockConfigEntry,
    action: str,
    call: Coroutine[Any, Any, T],
    end: str,
) -> asyncio.Task[T]:
    """Return a call whose answer came after its account was unloaded or reloaded."""
    with held(action) as answer:
        task = asyncio.create_task(call)
        await answer.reached.wait()
        await unload(hass, entry, end)
        answer.release.set()
        await asyncio.wait([task])
    return task


def key_of(task: asyncio.Task[Any]) -> str | None:
    """Return the key of the error that a call ended with."""
    error = task.exception()
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    return error.translation_key


async def pass_save_delay(hass: HomeAssistant) -> None:
    """Let an order book be saved that was changed."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done(wait_background_tasks=True)


@both
async def test_an_order_that_waited_for_the_services_is_not_sent(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, end: str
) -> None:
    """It was checked against an order book that is no longer that of the account."""
    call = await late(
        hass,
        setup_entry,
        "services",
        act(hass, "place_order", **ORDER),
        end,
    )

    assert key_of(call) == "unloading"
    assert panel.count("add") == 0


@both
async def test_an_order_that_waited_for_its_turn_is_not_sent(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
    end: str,
) -> None:
    """The first order of a queue keeps its outcome, the second one is refused."""
    with held("add") as answer:
        first = asyncio.create_task(act(hass, "place_order", **ORDER))
        await answer.reached.wait()
        second = asyncio.create_task(act(hass, "place_order", **ORDER | {"link": f"{LINK}/2"}))
        await asyncio.sleep(0.01)
        ending = asyncio.create_task(unload(hass, setup_entry, end))
        await asyncio.sleep(0.01)
        answer.release.set()
        await asyncio.wait([first, second, ending])

    assert key_of(second) == "unloading"
    assert panel.count("add") == 1
    assert [row["panel_id"] for row in book_files.rows] == [first.result()["order"]]


@both
async def test_a_quote_does_not_outlive_its_load(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, end: str
) -> None:
    """After a change of the address it is the price of another panel."""
    quote = await async_quote(hass, setup_entry, ORDER)
    await unload(hass, setup_entry, end)

    for call in (
        async_check(hass, setup_entry, quote),
        async_place_order(hass, setup_entry, quote, Context()),
    ):
        with pytest.raises(HomeAssistantError) as caught:
            await call
        assert caught.value.translation_key == "unloading"
    assert panel.count("add") == 0


async def test_no_order_joins_those_that_an_unload_waits_for(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It would be refused when its turn comes; until then the unload would wait for it."""
    quote = await async_quote(hass, setup_entry, ORDER | {"link": f"{LINK}/2"})
    with held("add") as answer:
        first = asyncio.create_task(act(hass, "place_order", **ORDER))
        await answer.reached.wait()
        ending = asyncio.create_task(unload(hass, setup_entry))
        await asyncio.sleep(0.01)

        second = asyncio.create_task(async_place_order(hass, setup_entry, quote, Context()))
        await asyncio.wait([second], timeout=5)

        assert key_of(second) == "unloading"
        answer.release.set()
        await asyncio.wait([first, ending])
    assert panel.count("add") == 1


async def test_nothing_begins_while_an_account_is_not_loaded(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Whoever kept the account of a call that waited gets a text, not a defect."""
    await unload(hass, setup_entry)
    before = panel.count()

    for call in (
        async_quote(hass, setup_entry, ORDER),
        async_refill_orders(hass, setup_entry, ["1"], Context()),
        async_cancel_orders(hass, setup_entry, ["1"], Context()),
        async_track(setup_entry, ["1"]),
        async_untrack(setup_entry, ["1"]),
    ):
        with pytest.raises(HomeAssistantError) as caught:
            await call
        assert caught.value.translation_key == "not_loaded"
        assert caught.value.translation_placeholders == {"account": "Panel"}
    assert panel.count() == before


@both
async def test_a_request_that_waited_for_its_turn_is_not_sent(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    end: str,
) -> None:
    """The first of two cancels keeps its outcome, the second one is refused."""
    order, other = (placed_elsewhere(simulated, f"{LINK}/{n}", REFILLABLE) for n in range(2))
    await async_track(setup_entry, [order, other])
    with held("cancel") as answer:
        first = asyncio.create_task(act(hass, "cancel_orders", orders=order))
        await answer.reached.wait()
        second = asyncio.create_task(act(hass, "cancel_orders", orders=other))
        await asyncio.sleep(0.01)
        ending = asyncio.create_task(unload(hass, setup_entry, end))
        await asyncio.sleep(0.01)
        answer.release.set()
        await asyncio.wait([first, second, ending])

    assert first.result() == {"orders": [{"order": order, "cancel_asked": True}]}
    assert key_of(second) == "unloading"
    assert panel.count("cancel") == 1
    if end == UNLOAD:
        await unload(hass, setup_entry, RELOAD)
    book = setup_entry.runtime_data.order_book
    assert book.find(order).cancel_requested_at
    assert book.find(other).cancel_requested_at is None


@both
@pytest.mark.parametrize("way", ["action", "list"])
async def test_a_late_track_changes_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    book_files: BookFiles,
    way: str,
    end: str,
) -> None:
    """The old order book would be saved over the one that is in use."""
    order = placed_elsewhere(simulated)
    book: OrderBook = setup_entry.runtime_data.order_book
    entity = hass.data[LISTS].get_entity(LIST)
    assert entity
    call = await late(
        hass,
        setup_entry,
        "status",
        act(hass, "track_orders", orders=order)
        if way == "action"
        else entity.async_create_todo_item(TodoItem(summary=order)),
        end,
    )
    await pass_save_delay(hass)

    assert key_of(call) == "not_loaded"
    assert not book.orders
    assert not book_files.rows


@both
async def test_a_late_read_changes_no_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    end: str,
) -> None:
    """What an action has read belongs into the order book that is in use, or into none."""
    order = placed_elsewhere(simulated, service=REFILLABLE)
    await async_track(setup_entry, [order])
    await hass.async_block_till_done(wait_background_tasks=True)
    book: OrderBook = setup_entry.runtime_data.order_book
    before = dict(book.orders)
    completed = {order: {"status": "Completed", "remains": "0"}}
    panel.faults.add(Reply(text=json.dumps(completed)), action="status")

    call = await late(
        hass,
        setup_entry,
        "status",
        act(hass, "get_orders", orders=order),
        end,
    )

    assert key_of(call) == "not_loaded"
    assert book.orders == before


@both
async def test_a_late_status_of_a_refill_changes_no_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    end: str,
) -> None:
    """As above, for the other action that reads."""
    order = placed_elsewhere(simulated, service=REFILLABLE)
    freezer.tick(timedelta(days=2))
    await async_track(setup_entry, [order])
    await act(hass, "refill_orders", orders=order)
    await hass.async_block_till_done(wait_background_tasks=True)
    book: OrderBook = setup_entry.runtime_data.order_book
    before = dict(book.orders)
    tracked = book.find(order)
    assert tracked
    completed = [{"refill": tracked.refill_id, "status": "Completed"}]
    panel.faults.add(Reply(text=json.dumps(completed)), action="refill_status")

    call = await late(
        hass,
        setup_entry,
        "refill_status",
        act(hass, "get_refill_status", orders=order),
        end,
    )

    assert key_of(call) == "not_loaded"
    assert book.orders == before


@both
async def test_a_late_balance_is_answered_and_noted_nowhere(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    end: str,
) -> None:
    """It is evidence for an unconfirmed order, in an order book that must not change any more."""
    panel.faults.add(Drop(accepted=True), action="add")
    panel.faults.add(Drop(), action="balance")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    data = setup_entry.runtime_data
    before = dict(data.order_book.orders)

    call = await late(hass, setup_entry, "balance", act(hass, "get_balance"), end)

    assert Decimal(call.result()["balance"]) < 100
    assert data.order_book.orders == before
    assert data.balance_coordinator.data.amount == 100


@both
async def test_services_that_are_read_late_are_answered(
    hass: HomeAssistant, setup_entry: MockConfigEntry, end: str
) -> None:
    """Nothing has to be kept of them."""
    catalog = setup_entry.runtime_data.catalog

    call = await late(hass, setup_entry, "services", act(hass, "get_services"), end)

    assert call.result()["total"] > 0
    assert catalog.cached is None


async def test_an_order_book_is_final_after_an_unload(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    book_files: BookFiles,
) -> None:
    """A poll that ends late, or a timer, must not have it saved over the next one."""
    order = placed_elsewhere(simulated, service=REFILLABLE)
    freezer.tick(timedelta(days=2))
    await async_track(setup_entry, [order, placed_elsewhere(simulated)])
    await act(hass, "refill_orders", orders=order)
    await hass.async_block_till_done(wait_background_tasks=True)
    data = setup_entry.runtime_data
    orders, book = data.orders_coordinator, data.order_book
    await unload(hass, setup_entry)
    before, lengths = dict(book.orders), book_files.lengths

    freezer.tick(timedelta(days=2))
    panel.faults.add(Drop(), action="services")
    for coordinator in (data.balance_coordinator, data.catalog, orders):
        await coordinator.async_refresh()
    await orders._async_fetch()  # noqa: SLF001 - as a poll that was already running
    with pytest.raises(PanelError, match="disconnected"):
        await data.catalog.async_read()
    orders.async_prune(dt_util.utcnow() + timedelta(days=DEFAULT_KEEP_DAYS + 365))
    await pass_save_delay(hass)

    assert book.orders == before
    assert book_files.lengths == lengths
    assert data.catalog.last_update_success


async def test_an_order_that_was_just_forgotten_leaves_its_slot_to_the_next_load(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    book_files: BookFiles,
) -> None:
    """The save may take until the account is unloaded; the slots are assigned after it."""
    await async_track(setup_entry, [placed_elsewhere(simulated, f"{LINK}/{n}") for n in range(2)])
    await hass.async_block_till_done(wait_background_tasks=True)
    data = setup_entry.runtime_data
    await unload(hass, setup_entry)
    key, _ = data.order_book.orders
    await data.order_book.async_forget([key])
    slots, lengths = dict(data.order_book.slots), book_files.lengths
    requests = panel.count()

    data.orders_coordinator.async_publish([key])
    data.orders_coordinator.async_operation_done([key])
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_save_delay(hass)

    assert data.order_book.slots == slots
    assert book_files.lengths == lengths
    assert panel.count() == requests


@both
async def test_the_dialog_of_a_preset_goes_on(
    hass: HomeAssistant, setup_entry: MockConfigEntry, end: str
) -> None:
    """What was typed must not be lost because an option was changed in another window."""
    subentries = hass.config_entries.subentries
    form = await subentries.async_init(
        (setup_entry.entry_id, "preset"), context={"source": SOURCE_USER}
    )
    typed: list[dict[str, Any]] = [
        {"search": "followers no refill"},
        {"service": FOLLOWERS},
        {"link": LINK, "quantity": 1000.0},
        {"name": "My page", "pressed_by": "administrators"},
        {},
    ]
    await unload(hass, setup_entry, end)

    for fields in typed:
        form = await subentries.async_configure(form["flow_id"], fields)

    assert form["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = setup_entry.subentries.values()
    assert subentry.title == "My page"


async def test_a_slot_cannot_be_deleted_while_set_up_is_retried(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Which slots are in use is known again once the account is loaded."""
    assert await async_setup_component(hass, "config", {})
    await async_track(setup_entry, [placed_elsewhere(simulated)])
    await hass.async_block_till_done(wait_background_tasks=True)
    panel.faults.add(Drop(), action="balance", times=None)
    await hass.config_entries.async_reload(setup_entry.entry_id)
    assert setup_entry.state is ConfigEntryState.SETUP_RETRY
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"{setup_entry.entry_id}_slot_1"), setup_entry.entry_id
    )
    assert device

    answer = await (await hass_ws_client(hass)).remove_device(device.id)

    assert answer["success"] is False
    assert answer["error"]["translation_key"] == "not_loaded"
    assert device_registry.async_get(device.id)


@both
async def test_a_press_of_a_preset_that_waited_orders_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer, end: str
) -> None:
    """A change of the preset reloads the account: the order may have become another one."""
    add_preset(hass, entry, "My page", link=LINK, quantity=1000)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    await _press_twice(hass, entry, panel, PLACE, "add", end)


@both
async def test_a_press_of_a_slot_that_waited_requests_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    end: str,
) -> None:
    """After a change of the address, the id may be that of an order at another panel."""
    await async_track(setup_entry, [placed_elsewhere(simulated, service=REFILLABLE)])
    await hass.async_block_till_done(wait_background_tasks=True)

    await _press_twice(hass, setup_entry, panel, CANCEL, "cancel", end)


async def _press_twice(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    entity_id: str,
    action: str,
    end: str,
) -> None:
    """Press a button twice, and unload the account before the panel answers the first press."""

    async def press() -> None:
        await hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)

    assert hass.data[BUTTONS].get_entity(entity_id)
    with held(action) as answer:
        first = asyncio.create_task(press())
        await answer.reached.wait()
        second = asyncio.create_task(press())
        await asyncio.sleep(0.01)
        ending = asyncio.create_task(unload(hass, entry, end))
        await asyncio.sleep(0.01)
        answer.release.set()
        await asyncio.wait([first, second, ending])

    assert first.exception() is None
    assert key_of(second) in {"not_loaded", "unloading"}
    assert panel.count(action) == 1


@pytest.mark.parametrize("entity_id", [PLACE, CANCEL])
async def test_a_button_of_an_earlier_load_does_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    entity_id: str,
) -> None:
    """As above, if the press comes to its turn after the reload only."""
    add_preset(hass, entry, "My page", link=LINK, quantity=1000)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_track(entry, [placed_elsewhere(simulated, service=REFILLABLE)])
    await hass.async_block_till_done(wait_background_tasks=True)
    button = hass.data[BUTTONS].get_entity(entity_id)
    assert button
    await unload(hass, entry, RELOAD)

    with pytest.raises(HomeAssistantError) as caught:
        await button.async_press()

    assert caught.value.translation_key == "unloading"
    assert (panel.count("add"), panel.count("cancel")) == (0, 0)


async def test_a_threshold_goes_to_the_order_book_in_use(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Values wait for each other, too; the one that was set last must not vanish."""
    number = hass.data[NUMBERS].get_entity(THRESHOLD)
    assert number
    await unload(hass, setup_entry)
    with pytest.raises(HomeAssistantError) as caught:
        await number.async_set_native_value(5)
    assert caught.value.translation_key == "not_loaded"

    await unload(hass, setup_entry, RELOAD)
    await number.async_set_native_value(7)

    assert setup_entry.runtime_data.order_book.settings.low_balance == 7


async def test_items_are_deleted_from_the_order_book_in_use(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """An old order book does not know which orders are unconfirmed by now."""
    (order,) = (await async_track(setup_entry, [placed_elsewhere(simulated)])).values()
    entity = hass.data[LISTS].get_entity(LIST)
    assert entity
    key = getattr(order, "local_id", "")
    await unload(hass, setup_entry)
    with pytest.raises(HomeAssistantError) as caught:
        await entity.async_delete_todo_items([key])
    assert caught.value.translation_key == "not_loaded"

    await unload(hass, setup_entry, RELOAD)
    await entity.async_delete_todo_items([key])
    assert not setup_entry.runtime_data.order_book.orders

    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    with pytest.raises(HomeAssistantError) as caught:
        await entity.async_delete_todo_items([*setup_entry.runtime_data.order_book.orders])
    assert caught.value.translation_key == "unconfirmed_kept"


async def test_an_order_is_settled_in_the_order_book_in_use(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    hass_client: ClientSessionGenerator,
) -> None:
    """The form stays open, and sending it again settles the order."""
    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    (issue,) = issues(hass)
    form = await (await (await Repairs.of(hass, hass_client)).open(issue)).choose("placed")
    old: OrderBook = setup_entry.runtime_data.order_book
    order = str(max(simulated.orders))

    call = await late(hass, setup_entry, "status", form.send(order=order), RELOAD)

    again = call.result()
    assert again.content["errors"] == {"base": "reloaded"}
    assert again.error
    assert [kept.placement for kept in old.orders.values()] == [Placement.UNCONFIRMED]
    assert (await again.send(order=order)).is_done
    (kept,) = setup_entry.runtime_data.order_book.orders.values()
    assert (kept.panel_id, kept.placement) == (order, Placement.PLACED)
