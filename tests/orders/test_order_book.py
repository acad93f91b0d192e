"""The order book: what is on disk, when, and what a restart makes of it."""

from datetime import timedelta
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.api import ErrorKind, ItemError, OrderStatus, RefillStatus
from custom_components.smm_panel.const import SAVE_DELAY
from custom_components.smm_panel.orders import (
    Cancel,
    Evidence,
    Initiator,
    OrderBook,
    OrderBookSaveError,
    Placement,
    Refill,
    RequestState,
    TrackedOrder,
)
from tests.helpers.book_files import BookFiles, Row, disk_full
from tests.helpers.orders import NOON, report, tracked


def on_disk(files: BookFiles) -> dict[str, Row]:
    """Return the orders on disk by their id or, without one, their key."""
    return {str(row.get("panel_id", row["local_id"])): row for row in files.rows}


async def reloaded(hass: HomeAssistant) -> OrderBook:
    """Return the book as another start of Home Assistant reads it."""
    book = OrderBook(hass, "account")
    await book.async_load()
    return book


FULL = tracked(
    "7",
    service="12",
    name="Followers",
    link="https://example.com/p",
    quantity=100,
    estimate=Decimal("0.090"),
    can_refill=True,
    can_cancel=False,
    report=report(
        OrderStatus.ACTIVE,
        charge=Decimal("0.27819"),
        start_count=3572,
        remains=157,
        currency="USD",
        orders=("8", "9"),
        posts=2,
        runs=3,
        expiry=NOON.date(),
    ),
    error="Incorrect order ID",
    changed_at=NOON,
    username="some_name",
    parts=3,
    charge=Decimal("0.30"),
    max_charge=Decimal(5),
    currency="USD",
    cancel=Cancel(requested_at=NOON, request=RequestState.ACCEPTED),
    refills=(
        Refill(
            requested_at=NOON,
            request=RequestState.ACCEPTED,
            panel_id="5",
            status=RefillStatus.PENDING,
            error="Refill not found",
        ),
    ),
    preset="preset 1",
    initiator=Initiator(
        context="01", parent="00", user="me", user_name="Me", runs=("automation.a", "script.b")
    ),
    evidence=Evidence(
        balance_before=Decimal(5), balance_after=Decimal("4.10"), link_refused_at=NOON
    ),
)


async def test_every_field_survives_a_restart(hass: HomeAssistant, book_files: BookFiles) -> None:
    """A field that is not written, or read as another type, is lost at a restart."""
    assert all(getattr(FULL, field) is not None for field in FULL.__slots__)
    await OrderBook(hass, "account").async_put([FULL])

    assert (await reloaded(hass)).find("7") == FULL


async def test_an_order_is_on_disk_when_put_returns(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """Home Assistant may be killed the moment an action has answered."""
    book = OrderBook(hass, "account")

    await book.async_put([tracked("7")])

    assert set(on_disk(book_files)) == {"7"}


async def test_what_polls_bring_is_written_later(
    hass: HomeAssistant, book_files: BookFiles, freezer: FrozenDateTimeFactory
) -> None:
    """A poll of thousands of orders must not write the file for each."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("7", OrderStatus.PENDING)])

    changed = book.apply({"7": report(OrderStatus.COMPLETED)}, NOON)

    assert changed == {"key 7"}
    assert on_disk(book_files)["7"]["report"]["status"] == "pending"
    freezer.tick(SAVE_DELAY + 1)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert on_disk(book_files)["7"]["report"]["status"] == "completed"


async def test_only_changed_orders_are_reported(hass: HomeAssistant, book_files: BookFiles) -> None:
    """Unchanged orders must cost their entities nothing, and strangers must not appear."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("1", OrderStatus.PENDING), tracked("2", OrderStatus.PENDING)])

    changed = book.apply(
        {
            "1": report(OrderStatus.PENDING),
            "2": report(OrderStatus.PENDING, remains=3),
            "3": report(OrderStatus.COMPLETED),
        },
        NOON,
    )

    assert changed == {"key 2"}
    assert book.find("3") is None


async def test_an_error_marks_the_order_and_keeps_its_report(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """A panel that forgets an order must not make us forget it."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("1", OrderStatus.IN_PROGRESS)])

    book.apply({"1": ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)}, NOON)

    order = book.orders["key 1"]
    assert (order.error, order.status) == ("Incorrect order ID", OrderStatus.IN_PROGRESS)
    assert order.needs_attention
    book.apply({"1": report(OrderStatus.IN_PROGRESS)}, NOON)
    assert book.orders["key 1"].error is None


async def test_an_interrupted_order_is_unconfirmed_after_a_restart(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """Killed between the intent and the answer: the panel may have the order."""
    intent = tracked("1", panel_id=None, placement=Placement.INTENDED)
    await OrderBook(hass, "account").async_put([intent])

    book = await reloaded(hass)

    assert book.orders["key 1"].placement is Placement.UNCONFIRMED
    assert on_disk(book_files)["key 1"]["placement"] == "unconfirmed"


async def test_an_id_the_panel_gives_twice_is_one_order(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """Some panels answer a repeated order with the id of the first."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("7"), tracked("7", local_id="another", link="x")])

    assert list(book.orders) == ["another"]
    assert (found := book.find("7")) is not None
    assert found.local_id == "another"


async def test_orders_final_for_longer_than_the_keeping_time_are_forgotten(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """The book must not grow for ever, and must not forget an open order."""
    book = OrderBook(hass, "account")
    await book.async_put(
        [
            tracked("1", OrderStatus.COMPLETED, changed_at=NOON),
            tracked("2", OrderStatus.COMPLETED, changed_at=NOON + timedelta(days=3)),
            tracked("3", OrderStatus.IN_PROGRESS, changed_at=NOON),
            tracked("4", panel_id=None, placement=Placement.UNCONFIRMED),
        ]
    )

    forgotten = book.prune(NOON + timedelta(days=5), timedelta(days=4))

    assert forgotten == {"key 1"}
    assert list(book.orders) == ["key 2", "key 3", "key 4"]


async def test_slots_survive_a_restart(hass: HomeAssistant, book_files: BookFiles) -> None:
    """A dashboard must show the same orders in the same places after a restart."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("1"), tracked("2")])

    changed = book.assign_slots(lambda *_: {3: "key 2"})
    await book.async_save()

    assert changed == {3}
    assert dict((await reloaded(hass)).slots) == {3: "key 2"}


async def test_a_write_error_is_told(hass: HomeAssistant, book_files: BookFiles) -> None:
    """`Store` only logs it; an order must not be sent if its intent is not on disk."""
    book = OrderBook(hass, "account")
    with disk_full(), pytest.raises(OrderBookSaveError) as caught:
        await book.async_put([tracked("1")])
    assert caught.value.reason == "disk full"

    await book.async_save()
    assert set(on_disk(book_files)) == {"1"}


async def test_remove_deletes_the_file(hass: HomeAssistant, book_files: BookFiles) -> None:
    """A removed account must leave nothing behind."""
    book = OrderBook(hass, "account")
    await book.async_put([tracked("1")])

    await book.async_remove()

    assert list(book_files.folder.iterdir()) == []
    assert not book_files.storage


@pytest.mark.parametrize(
    ("order", "progress"),
    [
        (tracked("1"), None),
        (tracked("1", quantity=100), None),
        (tracked("1", OrderStatus.COMPLETED), 100),
        (tracked("1", report=report(remains=25), quantity=100), 75),
        (tracked("1", report=report(remains=-5), quantity=100), 100),
        (tracked("1", report=report(remains=250), quantity=100), 0),
        (tracked("1", report=report(remains=25)), None),
    ],
)
def test_progress(order: TrackedOrder, progress: int | None) -> None:
    """Progress is known only with quantity and remains, and stays within 0 to 100."""
    assert order.progress == progress


@pytest.mark.parametrize(
    ("order", "may_refill", "may_cancel"),
    [
        (tracked("1"), False, True),
        (tracked("1", OrderStatus.IN_PROGRESS), False, True),
        (tracked("1", OrderStatus.IN_PROGRESS, can_cancel=False), False, False),
        (
            tracked(
                "1",
                OrderStatus.IN_PROGRESS,
                cancel=Cancel(requested_at=NOON, request=RequestState.ACCEPTED),
            ),
            False,
            False,
        ),
        (tracked("1", OrderStatus.COMPLETED), True, False),
        (tracked("1", OrderStatus.PARTIAL, can_refill=True), True, False),
        (tracked("1", OrderStatus.COMPLETED, can_refill=False), False, False),
        (tracked("1", panel_id=None, placement=Placement.UNCONFIRMED), False, False),
    ],
)
def test_what_may_be_asked_of_an_order(
    order: TrackedOrder, *, may_refill: bool, may_cancel: bool
) -> None:
    """A button is there only where asking can make sense."""
    assert (order.may_refill, order.may_cancel) == (may_refill, may_cancel)


@pytest.mark.parametrize(
    ("order", "label"),
    [
        (tracked("7", name="Followers"), "#7 Followers"),
        (tracked("7"), "#7"),
        (tracked("7", panel_id=None, name="Followers"), "Followers"),
        (tracked("7", panel_id=None), "key 7"),
    ],
)
def test_label(order: TrackedOrder, label: str) -> None:
    """People know an order by its id and name."""
    assert order.label == label


async def test_an_id_that_an_order_no_longer_has_leads_nowhere(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """It would lead to an order that may be gone by then."""
    book = setup_entry.runtime_data.order_book
    await book.async_put([tracked("1")])
    await book.async_put([tracked("2", local_id="key 1")])

    assert book.find("1") is None
    assert book.find("2") is book.orders["key 1"]
