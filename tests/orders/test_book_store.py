"""The files of an order book on a real disk: what is written when, and what a start makes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count, pairwise
import os
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.api import OrderStatus, RefillStatus
from custom_components.smm_panel.backup import async_post_backup, async_pre_backup
from custom_components.smm_panel.const import SAVE_DELAY
from custom_components.smm_panel.orders import (
    OrderBook,
    OrderBookSaveError,
    Placement,
    Refill,
    RequestState,
    TrackedOrder,
    book_store,
)
from custom_components.smm_panel.orders.book_journal import Journal
from tests.helpers.book_files import BookFiles, disk_full
from tests.helpers.orders import NOON, report, tracked

COMPACTION = "custom_components.smm_panel.orders.book_store.SMALLEST_COMPACTION"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Nothing, in the place of the test plugin's files in memory."""
    return {}


@pytest.fixture
async def book(hass: HomeAssistant) -> AsyncIterator[OrderBook]:
    """A book with the orders 1 to 3 in its journal."""
    book = await load(hass)
    for number in "123":
        await book.async_put([own(number)])
    yield book
    await book.async_save()


@pytest.fixture
def early_compaction() -> Iterator[None]:
    """Have a journal be replaced by a snapshot before it has many lines."""
    with patch(COMPACTION, 1000):
        yield


def own(number: str, status: OrderStatus = OrderStatus.PENDING, **values: object) -> TrackedOrder:
    """Return an order that was placed from here."""
    defaults = {"service": "1", "link": f"https://example.com/{number}", "estimate": Decimal("0.9")}
    return tracked(number, status, **defaults | values)


async def load(hass: HomeAssistant, entry_id: str = "account") -> OrderBook:
    """Return the book as a start of Home Assistant reads it."""
    book = OrderBook(hass, entry_id)
    await book.async_load()
    return book


def content(book: OrderBook) -> list[object]:
    """Return all that a book knows."""
    spending = book.spending
    return [
        list(book.orders.values()),
        dict(book.slots),
        list(spending.forgotten),
        spending.days,
        spending.before,
        spending.total(None),
        book.settings,
        book.damage,
        list(book.open_orders),
        list(book.with_open_refills),
        [order.local_id for order in book.unconfirmed],
    ]


async def compact(hass: HomeAssistant, book: OrderBook) -> None:
    """Have the next save write a snapshot."""
    with patch.object(Journal, "size", 2**60):
        await book.async_put([own("9")])


async def test_a_save_writes_what_has_changed(hass: HomeAssistant, book_files: BookFiles) -> None:
    """Thousands of orders would be written anew for each that is placed."""
    book = await load(hass)
    await book.async_put(own(str(number)) for number in range(1000))
    before = book_files.journal.stat().st_size

    await book.async_put([own("1000")])

    assert book_files.journal.stat().st_size - before < 500
    assert len((await load(hass)).orders) == 1001


async def test_what_is_written_stays_in_proportion_to_the_changes(
    hass: HomeAssistant, book_files: BookFiles, early_compaction: None
) -> None:
    """A journal without end fills the disk; a snapshot too often is what it is there against."""
    book = await load(hass)
    orders = [own(str(number)) for number in range(40)]
    await book.async_put(orders)
    written = snapshots = 0
    seen = 0
    for number in range(400):
        before = book_files.journal.stat()
        await book.async_put([orders[number % 40]])
        after = book_files.journal.stat()
        if after.st_ino == before.st_ino:
            written += after.st_size - before.st_size
            seen = max(seen, after.st_size)
        else:
            snapshots += book_files.snapshot.stat().st_size

    assert snapshots
    assert snapshots < 1.2 * written
    assert seen < 1.2 * book_files.snapshot.stat().st_size
    assert content(await load(hass)) == content(book)


async def test_saves_at_one_time_lose_nothing(hass: HomeAssistant, early_compaction: None) -> None:
    """Two lines at one place of the file would be one bad line."""
    book = await load(hass)

    await asyncio.gather(*(book.async_put([own(str(number))]) for number in range(100)))

    again = await load(hass)
    assert len(again.orders) == 100
    assert content(again) == content(book)


async def test_a_caller_that_goes_away_stops_no_write(hass: HomeAssistant, book: OrderBook) -> None:
    """The thread goes on writing: the next save would begin at the same place of the file."""
    is_writing, may_go_on = threading.Event(), threading.Event()
    sync = os.fsync

    def sync_slowly(descriptor: int) -> None:
        is_writing.set()
        may_go_on.wait(timeout=10)
        sync(descriptor)

    with patch.object(os, "fsync", sync_slowly):
        call = asyncio.create_task(book.async_put([own("10")]))
        await hass.async_add_executor_job(is_writing.wait)
        is_writing.clear()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        following = asyncio.create_task(book.async_put([own("11")]))
        await hass.async_add_executor_job(is_writing.wait, 0.2)
        is_alone = not is_writing.is_set()
        may_go_on.set()
        await following

    assert is_alone
    assert content(await load(hass)) == content(book)


async def test_a_failed_save_is_made_up_for_by_the_next(
    hass: HomeAssistant, book: OrderBook
) -> None:
    """What a caller was told holds until the restart may be saved after all, and once only."""
    book.prune(NOON, timedelta(0))
    with disk_full():
        for change in (
            book.async_put([own("4"), own("1", OrderStatus.COMPLETED)]),
            book.async_forget(["key 2"]),
            book.async_withdraw("key 4"),
            book.async_set_low_balance(Decimal(5)),
        ):
            with pytest.raises(OrderBookSaveError):
                await change
    assert list((await load(hass)).orders) == ["key 1", "key 2", "key 3"]

    await book.async_put([own("5")])

    again = await load(hass)
    assert content(again) == content(book)
    assert list(again.orders) == ["key 1", "key 3", "key 5"]
    assert again.spending.total(None).cost == 4 * Decimal("0.9")


# Snapshots


async def test_a_snapshot_takes_the_place_of_a_long_journal(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """A start would carry out all that ever happened."""
    long = book_files.journal.stat().st_size

    await compact(hass, book)

    assert book_files.snapshot.exists()
    assert book_files.journal.stat().st_size < long / 3
    assert content(await load(hass)) == content(book)
    await book.async_put([own("10")])
    assert content(await load(hass)) == content(book)


async def test_a_crash_before_the_new_journal_is_begun_loses_and_repeats_nothing(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """The old journal is in the snapshot: carried out again, costs would count twice."""
    await book.async_forget(["key 1"])
    with patch.object(Journal, "begin", side_effect=OSError("killed")):
        await compact(hass, book)

    again = await load(hass)

    assert content(again) == content(book)
    assert again.damage is None
    await again.async_put([own("10")])
    assert content(await load(hass)) == content(again)


async def test_a_snapshot_that_fails_leaves_the_journal_in_use(
    hass: HomeAssistant, book: OrderBook
) -> None:
    """There may be room for a line where there is none for the whole book."""
    full = patch.object(Store, "_async_write_data", side_effect=WriteError("disk full"))
    with full as write:
        await compact(hass, book)
        await book.async_put([own("10")])
        assert write.call_count == 1

    assert content(await load(hass)) == content(book)


async def test_a_snapshot_that_fails_at_last_is_not_gone_on_from(
    hass: HomeAssistant, book: OrderBook
) -> None:
    """In the new place already, it makes what the old journal is told void."""
    write = Store._async_write_data  # noqa: SLF001 - where a disk is full

    async def write_and_fail(store: Store[Any], data: dict[str, Any]) -> None:
        await write(store, data)
        raise WriteError("The folder cannot be written")

    with (
        patch.object(Store, "_async_write_data", write_and_fail),
        pytest.raises(OrderBookSaveError),
    ):
        await compact(hass, book)
    await book.async_put([own("10")])

    again = await load(hass)
    assert again.damage is None
    assert content(again) == content(book)


async def test_a_journal_that_is_deleted_meanwhile_is_made_up_for(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """What is still in memory need not be lost."""
    book_files.journal.unlink()

    await book.async_put([own("4")])

    again = await load(hass)
    assert again.damage is None
    assert content(again) == content(book)


# Later, and at the end


async def test_what_polls_bring_is_gathered(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles, freezer: FrozenDateTimeFactory
) -> None:
    """Polls come more often than the disk needs to hear of them, and must not put it off."""
    lines = len(book_files.journal.read_bytes().splitlines())
    for status in (OrderStatus.PROCESSING, OrderStatus.IN_PROGRESS, OrderStatus.COMPLETED):
        book.apply({"1": report(status), "2": report(status)}, NOON)
        freezer.tick(SAVE_DELAY / 2)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    assert len(book_files.journal.read_bytes().splitlines()) == lines + 1
    assert {row["report"]["status"] for row in book_files.rows} == {"in_progress", "pending"}


async def test_the_last_poll_is_written_when_home_assistant_stops(
    hass: HomeAssistant, book: OrderBook
) -> None:
    """Ten seconds of waiting would be more than there is left."""
    book.apply({"1": report(OrderStatus.PROCESSING)}, NOON)
    hass.set_state(CoreState.stopping)
    book.apply({"2": report(OrderStatus.COMPLETED)}, NOON)
    hass.set_state(CoreState.final_write)

    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()

    hass.set_state(CoreState.running)
    assert content(await load(hass)) == content(book)


async def test_a_long_journal_goes_on_while_home_assistant_stops(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """`Store` puts snapshots off then, and a kill would lose what has to be on the disk now."""
    hass.set_state(CoreState.stopping)

    await compact(hass, book)

    assert not book_files.snapshot.exists()
    assert content(await load(hass)) == content(book)
    hass.set_state(CoreState.running)


async def test_a_snapshot_that_is_due_while_home_assistant_stops_is_written_at_last(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """`Store` puts it off then: a journal that goes on from it would continue nothing."""
    book_files.journal.unlink()
    hass.set_state(CoreState.stopping)

    await book.async_put([own("4")])

    assert not book_files.snapshot.exists()
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    hass.set_state(CoreState.running)
    assert content(await load(hass)) == content(book)


# Files that do not belong together


def older(files: BookFiles) -> None:
    """Put the snapshot of an older backup there."""
    data = files.snapshot.read_bytes()
    files.snapshot.write_bytes(data.replace(b'"generation": "', b'"generation": "0'))


def spoilt(files: BookFiles) -> None:
    """Spoil a line that others follow."""
    lines = files.journal.read_bytes().splitlines(keepends=True)
    files.journal.write_bytes(b"".join([*lines[:1], b"?" + lines[1][1:], *lines[2:]]))


def headless(files: BookFiles) -> None:
    """Take the first line away."""
    files.journal.write_bytes(b"".join(files.journal.read_bytes().splitlines(keepends=True)[1:]))


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (older, ["key 1", "key 2", "key 3", "key 9"]),
        (spoilt, ["key 1", "key 2", "key 3", "key 9", "key 11"]),
        (headless, ["key 1", "key 2", "key 3", "key 9", "key 11"]),
        (lambda files: files.journal.unlink(), ["key 1", "key 2", "key 3", "key 9"]),
        (lambda files: files.snapshot.unlink(), ["key 10", "key 11"]),
        (lambda files: files.snapshot.write_bytes(b"garbage"), ["key 10", "key 11"]),
    ],
    ids=["another backup", "a bad line", "no first line", "no journal", "no snapshot", "garbage"],
)
async def test_files_that_do_not_belong_together(
    hass: HomeAssistant,
    book: OrderBook,
    book_files: BookFiles,
    damage: Callable[[BookFiles], object],
    kept: list[str],
) -> None:
    """Orders would be missing in silence, and be placed a second time."""
    await compact(hass, book)
    await book.async_put([own("10")])
    await book.async_put([own("11")])
    damage(book_files)
    files = (book_files.snapshot, book_files.journal)
    before = {path.name: path.read_bytes() for path in files if path.exists()}

    again = await load(hass)

    assert again.damage is not None
    assert list(again.orders) == kept
    copies = {
        path.name.partition(".damaged")[0]: path.read_bytes()
        for path in book_files.folder.glob("*.damaged.*")
    }
    assert copies == before
    assert Path(again.damage.file) in book_files.folder.glob("*")
    await again.async_put([own("12")])
    last = await load(hass)
    assert content(last) == content(again)
    await last.async_accept_damage()
    assert (await load(hass)).damage is None


async def test_a_lost_snapshot_of_a_young_book_is_no_damage(
    hass: HomeAssistant, book: OrderBook, book_files: BookFiles
) -> None:
    """A book begins with a journal alone: there is nothing to write a snapshot of."""
    assert not book_files.snapshot.exists()
    assert (await load(hass)).damage is None


async def test_a_book_without_a_journal_is_read_and_goes_on_with_one(
    hass: HomeAssistant, book_files: BookFiles
) -> None:
    """Whoever updates has the whole book in one file."""
    book_files.folder.mkdir(exist_ok=True)
    row = (
        b'{"local_id":"key 1","panel_id":"1","placement":"placed",'
        b'"added_at":"2026-11-02T12:01:00+00:00"}'
    )
    book_files.snapshot.write_bytes(
        b'{"version":1,"minor_version":2,"key":"smm_panel.account","data":{"orders":[%s]}}' % row
    )

    book = await load(hass)

    assert book.damage is None
    assert list(book.orders.values()) == [tracked("1")]
    await book.async_put([own("2")])
    await book.async_put([own("3")])
    assert book_files.journal.exists()
    assert content(await load(hass)) == content(book)


# Backups


async def test_a_backup_gets_files_that_belong_together(
    hass: HomeAssistant, setup_entry: MockConfigEntry, book_files: BookFiles
) -> None:
    """It copies one file after the other: a snapshot in between would make a gap."""
    book = setup_entry.runtime_data.order_book
    await book.async_put([own("1")])
    book.apply({"1": report(OrderStatus.COMPLETED)}, NOON)

    await async_pre_backup(hass)

    assert [row["report"]["status"] for row in book_files.rows] == ["completed"]
    await compact(hass, book)
    assert not book_files.snapshot.exists()
    await async_post_backup(hass)
    await compact(hass, book)
    assert book_files.snapshot.exists()


async def test_a_backup_is_made_with_a_full_disk(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """It may go elsewhere, and is then needed more than ever."""
    book = setup_entry.runtime_data.order_book
    await book.async_put([own("1")])
    book.apply({"1": report(OrderStatus.COMPLETED)}, NOON)

    with disk_full():
        await async_pre_backup(hass)

    assert hass.data[book_store.BACKUP_UNDER_WAY]
    await async_post_backup(hass)
    await book.async_save()


async def test_a_backup_is_made_while_an_account_is_not_loaded(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """It has no book to write, and its files stay as they are."""
    assert await hass.config_entries.async_unload(setup_entry.entry_id)

    await async_pre_backup(hass)
    await async_post_backup(hass)

    assert book_store.BACKUP_UNDER_WAY not in hass.data


# Indexes


async def test_open_orders_are_in_the_order_of_the_book(hass: HomeAssistant) -> None:
    """An order whose outcome is settled late is still older than those after it."""
    book = await load(hass)
    lost = own("1", panel_id=None, placement=Placement.UNCONFIRMED)
    await book.async_put([lost, own("2"), own("3", OrderStatus.COMPLETED), own("4")])
    assert list(book.open_orders) == ["key 2", "key 4"]

    await book.async_put([own("1")])
    book.apply({"2": report(OrderStatus.CANCELED)}, NOON)
    assert list(book.open_orders) == ["key 1", "key 4"]

    # Some panels take an order up again.
    book.apply({"3": report(OrderStatus.IN_PROGRESS)}, NOON)
    await book.async_forget(["key 4"])
    assert list(book.open_orders) == ["key 1", "key 3"]
    assert list((await load(hass)).open_orders) == ["key 1", "key 3"]


async def test_refills_are_followed_until_they_are_finished(hass: HomeAssistant) -> None:
    """A poll asks about these orders only."""
    refill = Refill(requested_at=NOON, request=RequestState.ACCEPTED, panel_id="5")
    book = await load(hass)
    await book.async_put([own("1"), own("2", OrderStatus.COMPLETED, refills=(refill,))])
    assert list(book.with_open_refills) == ["key 2"]

    book.apply_refills({"5": RefillStatus.COMPLETED})
    assert list(book.with_open_refills) == []
    await book.async_save()


# Whatever happens

KEYS = st.sampled_from([f"{number}" for number in range(1, 7)])
type Step = Callable[[OrderBook], object]


def orders() -> st.SearchStrategy[TrackedOrder]:
    """Orders, some of them with the id of another one."""
    return st.builds(
        lambda key, order, status, days, is_own: tracked(
            order,
            status,
            local_id=f"key {key}",
            added_at=NOON - timedelta(days=days),
            changed_at=NOON,
            service="1" if is_own else None,
            estimate=Decimal(days + 1),
        ),
        KEYS,
        KEYS,
        st.sampled_from([None, OrderStatus.PENDING, OrderStatus.COMPLETED, OrderStatus.PARTIAL]),
        st.integers(0, 9),
        st.booleans(),
    )


def steps() -> st.SearchStrategy[Step]:
    """What can happen to a book; some of it is saved later."""
    return st.one_of(
        st.lists(orders(), max_size=3).map(lambda new: lambda book: book.async_put(new)),
        KEYS.map(lambda key: lambda book: book.async_withdraw(f"key {key}")),
        KEYS.map(lambda key: lambda book: book.async_forget([f"key {key}"])),
        st.integers(1, 99).map(lambda low: lambda book: book.async_set_low_balance(Decimal(low))),
        st.tuples(KEYS, st.sampled_from(OrderStatus)).map(
            lambda told: lambda book: book.apply({told[0]: report(told[1])}, NOON)
        ),
        st.integers(0, 3).map(
            lambda days: lambda book: book.prune(NOON + timedelta(days=days), timedelta(days=1))
        ),
        st.integers(1, 4).map(
            lambda limit: (
                lambda book: book.assign_slots(
                    lambda _, orders: dict(enumerate(list(orders)[-limit:], 1))
                )
            )
        ),
    )


@given(smallest=st.sampled_from([200, 10**6]), changes=st.lists(steps(), min_size=1, max_size=15))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_start_finds_what_was_acknowledged(
    hass: HomeAssistant, book_files: BookFiles, smallest: int, changes: list[Step]
) -> None:
    """Whatever was done, and wherever the file was cut off by a crash."""
    hass.loop.run_until_complete(live_and_crash(hass, book_files.folder, smallest, changes))


ENTRIES = count()


async def live_and_crash(
    hass: HomeAssistant, folder: Path, smallest: int, changes: list[Step]
) -> None:
    """Do things to a book, and see what a start finds after each crash that may have been."""
    name = f"entry{next(ENTRIES)}"
    files = BookFiles(folder=folder, name=f"smm_panel.{name}")
    with patch(COMPACTION, smallest):
        book = await load(hass, name)
        known = [(files.lengths, content(book))]
        for step in changes:
            if asyncio.iscoroutine(saving := step(book)):
                await saving
                known.append((files.lengths, content(book)))
        await book.async_save()
        known.append((files.lengths, content(book)))
    snapshot, length = files.lengths
    since = [(size, state) for (seen, size), state in known if seen == snapshot]
    journal = files.journal.read_bytes() if length else b""
    for (acknowledged, state), (following, _) in pairwise([*since, (length + 1, None)]):
        for cut in {acknowledged, (acknowledged + following) // 2, following - 1}:
            if acknowledged and cut >= acknowledged:
                files.journal.write_bytes(journal[:cut])
                assert content(await load(hass, name)) == state
