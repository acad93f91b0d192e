"""Placing, refilling and canceling: sent once, and on disk before and after."""

import asyncio
from collections.abc import Iterable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.api import ErrorKind, ItemError
from custom_components.smm_panel.operations import (
    async_cancel_orders,
    async_place_order,
    async_quote,
    async_refill_orders,
    async_track,
)
from custom_components.smm_panel.operations.place import Placed
from custom_components.smm_panel.orders import Placement, TrackedOrder
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Delay, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.book_files import BookFiles, disk_full
from tests.helpers.orders import FOLLOWERS, REFILLABLE, placed_elsewhere

FIELDS: dict[str, Any] = {
    "service": FOLLOWERS,
    "link": "https://example.com/p",
    "quantity": 100,
}


async def place(hass: HomeAssistant, entry: MockConfigEntry, **fields: object) -> TrackedOrder:
    """Place an order of 100 followers."""
    quote = await async_quote(hass, entry, FIELDS | fields)
    return (await async_place_order(hass, entry, quote, Context())).order


async def order_under_way(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer
) -> asyncio.Task[Placed]:
    """Return the call of an order that the panel has taken and not answered yet."""
    panel.faults.add(Delay(seconds=0.2, accepted=True), action="add")
    quote = await async_quote(hass, entry, FIELDS)
    call = asyncio.create_task(async_place_order(hass, entry, quote, Context()))
    while panel.count("add") == 0:  # noqa: ASYNC110 - the server tells by its counter only
        await asyncio.sleep(0)
    return call


def rows(files: BookFiles) -> list[tuple[str | None, str]]:
    """Return id and placement of the orders on disk."""
    return [(row.get("panel_id"), row["placement"]) for row in files.rows]


async def test_a_placed_order_is_on_disk_tracked_and_charged(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    book_files: BookFiles,
) -> None:
    """The whole way of an order that goes well."""
    order = await place(hass, setup_entry)

    assert rows(book_files) == [(order.panel_id, "placed")]
    assert panel.count("add") == 1
    await hass.async_block_till_done(wait_background_tasks=True)
    status = hass.states.get("sensor.panel_order_slot_1_status")
    assert status
    assert (status.state, status.attributes["order"]) == ("pending", order.panel_id)
    balance = hass.states.get("sensor.panel_balance")
    assert balance
    assert balance.state == str(simulated.balance) != "100"


async def test_what_the_panel_charged_counts_instead_of_the_estimate(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Rates differ from account to account; the panel's word is the better one."""
    panel.faults.add(Reply(text='{"order": 7, "charge": "0.50"}'), action="add")

    order = await place(hass, setup_entry)

    assert (order.estimate, order.charge) == (Decimal("0.090"), Decimal("0.50"))
    assert setup_entry.runtime_data.order_book.spending.total("USD").cost == Decimal("0.50")


async def test_the_intent_is_on_disk_before_the_panel_hears_of_it(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
) -> None:
    """Killed while the answer is under way, Home Assistant must know of the order."""
    seen: list[tuple[str | None, str]] = []
    handle = setup_entry.runtime_data.client.add

    async def look_first(*args: Any) -> Any:  # noqa: ANN401 - passed through
        seen.extend(rows(book_files))
        return await handle(*args)

    with patch.object(type(setup_entry.runtime_data.client), "add", side_effect=look_first):
        await place(hass, setup_entry)

    assert seen == [(None, "intended")]


@pytest.mark.parametrize(
    "fault",
    [
        Drop(),
        Drop(accepted=True),
        Cut(),
        Reply.html(accepted=True),
        Reply(status=502, accepted=True),
        Reply(text="{}", accepted=True),
        Reply(text='{"order": 0}', accepted=True),
    ],
)
async def test_a_lost_answer_leaves_an_unconfirmed_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
    fault: Fault,
) -> None:
    """Nobody knows whether the panel has it; it is kept, told, and never sent again."""
    panel.faults.add(fault, action="add")

    with pytest.raises(HomeAssistantError) as caught:
        await place(hass, setup_entry)

    assert caught.value.translation_key == "outcome_unknown"
    assert panel.count("add") == 1
    assert rows(book_files) == [(None, "unconfirmed")]
    attention = hass.states.get("sensor.panel_orders_needing_attention")
    assert attention
    assert attention.state == "1"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Reply(text='{"error": "Not enough funds on balance"}'), "rejected"),
        (Reply(status=402, text='{"error": "Not enough funds on balance"}'), "rejected"),
        (Reply(text='{"error": "Invalid API key"}'), "invalid_auth"),
        (Reply.too_many_requests(retry_after=7), "rate_limited_until"),
    ],
)
async def test_a_refused_order_leaves_nothing_behind(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
    fault: Fault,
    key: str,
) -> None:
    """A clear refusal charges nothing and must not look like an order."""
    panel.faults.add(fault, action="add")

    with pytest.raises(HomeAssistantError) as caught:
        await place(hass, setup_entry)

    assert caught.value.translation_key == key
    assert rows(book_files) == []
    flows = hass.config_entries.flow.async_progress()
    assert len(flows) == (1 if key == "invalid_auth" else 0), "a refused key asks for another"


async def test_nothing_is_sent_unless_the_intent_is_on_disk(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An order that a crash would make us forget must not be placed."""
    quote = await async_quote(hass, setup_entry, FIELDS)

    with disk_full(), pytest.raises(HomeAssistantError) as caught:
        await async_place_order(hass, setup_entry, quote, Context())

    assert caught.value.translation_key == "not_saved"
    assert panel.count("add") == 0
    assert not setup_entry.runtime_data.order_book.orders


async def test_an_id_that_cannot_be_saved_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
) -> None:
    """The disk may fill up in between; the id must reach the user all the same."""
    client = setup_entry.runtime_data.client
    add = client.add
    quote = await async_quote(hass, setup_entry, FIELDS)
    broken = ExitStack()

    async def break_after(*args: Any) -> Any:  # noqa: ANN401 - passed through
        placed = await add(*args)
        broken.enter_context(disk_full())
        return placed

    with (
        patch.object(type(client), "add", side_effect=break_after),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await async_place_order(hass, setup_entry, quote, Context())
    broken.close()

    [order] = setup_entry.runtime_data.order_book.orders.values()
    assert caught.value.translation_key == "placed_not_saved"
    assert caught.value.translation_placeholders == {"order": order.panel_id, "reason": "disk full"}
    assert rows(book_files) == [(None, "intended")]


async def test_nothing_is_sent_while_home_assistant_stops(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The store writes only at the very end then."""
    quote = await async_quote(hass, setup_entry, FIELDS)
    hass.set_state(CoreState.stopping)

    with pytest.raises(HomeAssistantError) as caught:
        await async_place_order(hass, setup_entry, quote, Context())

    assert caught.value.translation_key == "stopping"
    assert panel.count("add") == 0
    hass.set_state(CoreState.running)


async def test_nothing_is_sent_if_home_assistant_stops_while_the_intent_is_saved(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The store then puts the write off, and a kill would forget the order."""
    quote = await async_quote(hass, setup_entry, FIELDS)
    book = setup_entry.runtime_data.order_book
    put = book.async_put

    async def stop_meanwhile(orders: Iterable[TrackedOrder]) -> None:
        hass.set_state(CoreState.stopping)
        await put(orders)

    with (
        patch.object(book, "async_put", side_effect=stop_meanwhile),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await async_place_order(hass, setup_entry, quote, Context())

    assert caught.value.translation_key == "stopping"
    assert panel.count("add") == 0
    assert not book.orders
    hass.set_state(CoreState.running)


async def test_a_cancelled_script_does_not_lose_the_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
) -> None:
    """An automation in mode "restart" cancels its run in the middle of the request."""
    call = await order_under_way(hass, setup_entry, panel)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await hass.async_block_till_done()

    [order] = setup_entry.runtime_data.order_book.orders.values()
    assert order.placement is Placement.PLACED
    assert rows(book_files) == [(order.panel_id, "placed")]


async def test_an_unload_waits_for_the_answer(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
) -> None:
    """The order book of the next set-up must know the id."""
    call = await order_under_way(hass, setup_entry, panel)

    assert await hass.config_entries.async_reload(setup_entry.entry_id)

    order = (await call).order
    assert setup_entry.state is ConfigEntryState.LOADED
    assert setup_entry.runtime_data.order_book.find(order.panel_id) == order
    assert rows(book_files) == [(order.panel_id, "placed")]


async def test_refills_and_cancels_answer_per_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """One bad id in a batch is data, and the good ones are noted."""
    orders = setup_entry.runtime_data.orders_coordinator
    order = placed_elsewhere(simulated, service=REFILLABLE)
    await async_track(orders.config_entry, [order])

    cancels = await async_cancel_orders(hass, setup_entry, [order, "999999"], Context())
    refills = await async_refill_orders(hass, setup_entry, [order, "999999"], Context())

    unknown = ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)
    assert cancels == {order: None, "999999": unknown}
    assert refills["999999"] == unknown
    assert isinstance(refills[order], ItemError), "the order is not completed"
    tracked = setup_entry.runtime_data.order_book.find(order)
    assert tracked.cancel_requested_at
    assert tracked.refill_id is None
