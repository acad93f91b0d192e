"""Refills and cancels of orders: written down before they are sent, followed to their end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
import json
from typing import Any, Final
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.api import HttpTransport
from custom_components.smm_panel.const import (
    BALANCE_INTERVAL,
    DEFAULT_KEEP_DAYS,
    OPEN_INTERVAL,
    REFILL_POLLED_FOR,
    SLOW_INTERVAL,
)
from custom_components.smm_panel.orders import OrderBook
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, act
from tests.helpers.book_files import BookFiles
from tests.helpers.orders import FOLLOWERS, REFILLABLE

FILE: Final = "smm_panel.account"
STATUS: Final = "sensor.panel_order_slot_1_status"
REFILL_STATUS: Final = "sensor.panel_order_slot_1_refill_status"
ATTENTION: Final = "sensor.panel_orders_needing_attention"
REFUSED: Final = Reply(text='{"error": "You are not eligible"}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An action that asks something of an order, and where its row on disk tells of it."""

    action: str
    panel_action: str
    field: str


REFILL: Final = Ask(action="refill_orders", panel_action="refill", field="refills")
CANCEL: Final = Ask(action="cancel_orders", panel_action="cancel", field="cancel")

both = pytest.mark.parametrize("ask", [REFILL, CANCEL], ids=["refill", "cancel"])


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    """Let time pass once all is answered, with the polls that become due."""
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity shows."""
    state = hass.states.get(entity_id)
    assert state
    return state.state


def cancel_shown(hass: HomeAssistant) -> object:
    """Return when a cancel was asked for, as the status of slot 1 tells."""
    state = hass.states.get(STATUS)
    assert state
    return state.attributes["cancel_asked_at"]


async def row_of(hass: HomeAssistant, order: str) -> dict[str, Any]:
    """Return what the list of tracked orders says of one."""
    rows = (await act(hass, "get_orders"))["orders"]
    return next(row for row in rows if row["order"] == order)


async def lose(hass: HomeAssistant, panel: PanelServer, ask: Ask, order: str) -> None:
    """Ask, and lose the answer."""
    panel.faults.add(Drop(), action=ask.panel_action)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, ask.action, orders=order)
    assert caught.value.translation_key == "outcome_unknown"
    await hass.async_block_till_done(wait_background_tasks=True)


def on_disk(files: BookFiles) -> dict[str, Any]:
    """Return the only order in the files."""
    (row,) = files.rows
    return row


def asked_on_disk(files: BookFiles, ask: Ask) -> list[dict[str, Any]]:
    """Return what the only order in the files tells of what was asked."""
    asked = on_disk(files).get(ask.field, [])
    return [asked] if isinstance(asked, dict) else list(asked)


@contextmanager
def copying_the_disk(files: BookFiles, ask: Ask) -> Iterator[list[BookFiles]]:
    """Copy the files as they are when the request is handed to the network."""
    copies: list[BookFiles] = []
    post = HttpTransport.post

    async def copy_first(transport: HttpTransport, form: dict[str, str], **more: bool) -> Any:  # noqa: ANN401 - passed through
        if form["action"] == ask.panel_action:
            copies.append(files.copied(f"copy {len(copies)}"))
        return await post(transport, form, **more)

    with patch.object(HttpTransport, "post", copy_first):
        yield copies


@asynccontextmanager
async def away(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncIterator[None]:
    """Take the account down, and set it up again on what is then on disk."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    yield
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> str:
    """A pending order, shown in slot 1."""
    fields = {"service": REFILLABLE, "link": LINK, "quantity": 100}
    order: str = (await act(hass, "place_order", **fields))["order"]
    await hass.async_block_till_done(wait_background_tasks=True)
    return order


@pytest.fixture
async def completed(hass: HomeAssistant, order: str, freezer: FrozenDateTimeFactory) -> str:
    """The same order, completed."""
    await pass_time(hass, freezer, timedelta(days=2))
    assert shown(hass, STATUS) == "completed"
    return order


@both
async def test_the_intent_is_on_disk_before_the_panel_hears_of_it(
    hass: HomeAssistant, order: str, book_files: BookFiles, ask: Ask
) -> None:
    """Killed while the answer is under way, Home Assistant must know what it asked for."""
    with copying_the_disk(book_files, ask) as copies:
        await act(hass, ask.action, orders=order)

    (copy,) = copies
    now = dt_util.utcnow().isoformat()
    assert asked_on_disk(copy, ask) == [{"requested_at": now, "request": "intended"}]


@both
async def test_what_was_being_asked_when_home_assistant_died_is_unconfirmed(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    order: str,
    panel: PanelServer,
    book_files: BookFiles,
    freezer: FrozenDateTimeFactory,
    ask: Ask,
) -> None:
    """Nobody read the answer: it must be told, and asked again by nobody but the user."""
    with copying_the_disk(book_files, ask) as copies:
        await act(hass, ask.action, orders=order)
    async with away(hass, setup_entry):
        book_files.become(copies[0])

    row = await row_of(hass, order)
    assert row["needs_attention"] is True
    assert row["cancel_asked_at"] is None
    assert row["cancel_unconfirmed"] is (ask is CANCEL)
    assert row["refill_status"] == ("unconfirmed" if ask is REFILL else None)
    assert shown(hass, ATTENTION) == "1"
    assert [item["request"] for item in asked_on_disk(book_files, ask)] == ["unconfirmed"]
    for _ in range(3):
        await pass_time(hass, freezer, SLOW_INTERVAL)
    assert panel.count(ask.panel_action) == 1


async def test_an_unconfirmed_refill_is_said_until_a_later_one_is_taken(
    hass: HomeAssistant, completed: str, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """The user must look at the panel, and see it settled once the panel took the next."""
    await lose(hass, panel, REFILL, completed)
    assert (shown(hass, REFILL_STATUS), shown(hass, ATTENTION)) == ("unconfirmed", "1")
    for _ in range(3):
        await pass_time(hass, freezer, SLOW_INTERVAL)
    assert (shown(hass, REFILL_STATUS), shown(hass, ATTENTION)) == ("unconfirmed", "1")
    assert panel.count("refill") == 1

    await act(hass, "refill_orders", orders=completed)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (shown(hass, REFILL_STATUS), shown(hass, ATTENTION)) == ("pending", "0")
    refills = (await row_of(hass, completed))["refills"]
    assert [item["status"] for item in refills] == ["unconfirmed", "pending"]


async def test_an_unconfirmed_cancel_is_said_until_a_later_one_is_taken(
    hass: HomeAssistant, order: str, panel: PanelServer
) -> None:
    """Taken for asked, it would keep the user from asking again."""
    await lose(hass, panel, CANCEL, order)
    row = await row_of(hass, order)
    assert (row["cancel_unconfirmed"], row["cancel_asked_at"]) == (True, None)
    assert (row["may_cancel"], row["needs_attention"]) == (True, True)
    assert cancel_shown(hass) is None

    await act(hass, "cancel_orders", orders=order)
    await hass.async_block_till_done(wait_background_tasks=True)

    row = await row_of(hass, order)
    assert (row["cancel_unconfirmed"], row["may_cancel"]) == (False, False)
    assert row["cancel_asked_at"] == dt_util.utcnow().isoformat()
    assert shown(hass, ATTENTION) == "0"
    assert panel.count("cancel") == 2


async def test_the_end_of_an_order_settles_an_unconfirmed_cancel(
    hass: HomeAssistant, order: str, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """Whether it was taken does not matter any more once the order is over."""
    await lose(hass, panel, CANCEL, order)

    await pass_time(hass, freezer, timedelta(days=2))

    assert (shown(hass, STATUS), shown(hass, ATTENTION)) == ("completed", "0")


async def test_a_refused_second_cancel_keeps_the_first(
    hass: HomeAssistant,
    order: str,
    panel: PanelServer,
    book_files: BookFiles,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Panels refuse it because the first one holds."""
    await act(hass, "cancel_orders", orders=order)
    first = (await row_of(hass, order))["cancel_asked_at"]
    freezer.tick(timedelta(seconds=10))

    (again,) = (await act(hass, "cancel_orders", orders=order))["orders"]

    assert again["error"]
    assert (await row_of(hass, order))["cancel_asked_at"] == first
    assert asked_on_disk(book_files, CANCEL) == [{"requested_at": first, "request": "accepted"}]


async def test_a_cancel_is_shown_as_asked_and_the_status_decides(
    hass: HomeAssistant, order: str, freezer: FrozenDateTimeFactory
) -> None:
    """An accepted cancel is no canceled order: panels go on delivering for a while."""
    asked_at = dt_util.utcnow()

    await act(hass, "cancel_orders", orders=order)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (shown(hass, STATUS), cancel_shown(hass)) == ("pending", asked_at)
    row = await row_of(hass, order)
    assert (row["status"], row["cancel_asked_at"]) == ("pending", asked_at.isoformat())
    await pass_time(hass, freezer, OPEN_INTERVAL)
    assert (shown(hass, STATUS), cancel_shown(hass)) == ("canceled", asked_at)


async def test_a_cancel_that_came_too_late_leaves_a_completed_order(
    hass: HomeAssistant, order: str, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """Then nothing comes back, whatever the panel said to the request."""
    panel.faults.add(Reply(text='{"cancel": 1}'), action="cancel")
    await act(hass, "cancel_orders", orders=order)

    await pass_time(hass, freezer, timedelta(days=2))

    row = await row_of(hass, order)
    assert (row["status"], row["given_back"]) == ("completed", "0")
    assert row["cancel_asked_at"]


async def test_of_several_orders_only_those_taken_are_noted(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str
) -> None:
    """One refusal must not spoil what the panel took, nor look taken itself."""
    other = (await act(hass, "place_order", service=FOLLOWERS, link=f"{LINK}/2", quantity=100))[
        "order"
    ]
    await act(hass, "cancel_orders", orders=other)
    first = (await row_of(hass, other))["cancel_asked_at"]

    rows = (await act(hass, "cancel_orders", orders=[other, "9", order]))["orders"]

    assert ["error" in row for row in rows] == [True, True, False]
    assert (await row_of(hass, order))["cancel_asked_at"]
    assert (await row_of(hass, other))["cancel_asked_at"] == first
    assert setup_entry.runtime_data.order_book.find("9") is None


async def test_every_refill_of_an_order_is_kept(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    completed: str,
    panel: PanelServer,
    book_files: BookFiles,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each has a fate of its own; a refused one leaves the others as they were."""
    for refill in ("71", "72"):
        panel.faults.add(Reply(text=f'{{"refill": "{refill}"}}'), action="refill")
        await act(hass, "refill_orders", orders=completed)
    panel.faults.add(REFUSED, action="refill")
    await act(hass, "refill_orders", orders=completed)
    answer = [{"refill": "71", "status": "Rejected"}, {"refill": 72, "status": "In progress"}]
    panel.faults.add(Reply(text=json.dumps(answer)), action="refill_status", times=None)

    await pass_time(hass, freezer, OPEN_INTERVAL)

    row = await row_of(hass, completed)
    assert (row["refill"], row["refill_status"]) == ("72", "in_progress")
    assert [(item["refill"], item["status"]) for item in row["refills"]] == [
        ("71", "rejected"),
        ("72", "in_progress"),
    ]
    async with away(hass, setup_entry):
        assert [item["panel_id"] for item in asked_on_disk(book_files, REFILL)] == ["71", "72"]
    assert (await row_of(hass, completed))["refills"] == row["refills"]
    assert panel.requests[-1].form == {"action": "refill_status", "refill": "72"}


async def test_a_refill_is_followed_to_its_end_and_no_further(
    hass: HomeAssistant, completed: str, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """The order is final and not asked about; the refill is, as long as it can change."""
    statuses = panel.count("status")
    await act(hass, "refill_orders", orders=completed)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(hass, REFILL_STATUS) == "pending"

    while shown(hass, REFILL_STATUS) != "completed":
        before = panel.count("refill_status")
        assert before < 20
        await pass_time(hass, freezer, OPEN_INTERVAL)
        assert panel.count("refill_status") == before + 1

    asked = panel.count("refill_status")
    for _ in range(3):
        await pass_time(hass, freezer, SLOW_INTERVAL)
    assert panel.count("refill_status") == asked
    assert panel.count("status") == statuses


@pytest.mark.parametrize(
    ("status", "error"), [('{"status": "Pending"}', None), (REFUSED.text, "You are not eligible")]
)
async def test_an_order_is_kept_for_its_refill_but_not_for_ever(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    completed: str,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    status: str,
    error: str | None,
) -> None:
    """Forgotten too early its refill is lost; kept for a silent panel it is polled for years."""
    book: OrderBook = setup_entry.runtime_data.order_book
    panel.faults.add(Reply(text=status), action="refill_status", times=None)
    await act(hass, "refill_orders", orders=completed)

    await pass_time(hass, freezer, timedelta(days=DEFAULT_KEEP_DAYS + 1))
    await pass_time(hass, freezer, BALANCE_INTERVAL)

    assert book.find(completed)
    assert (await row_of(hass, completed))["refills"][0]["error"] == error
    before = panel.count("refill_status")
    await pass_time(hass, freezer, SLOW_INTERVAL)
    assert panel.count("refill_status") > before
    # The poll that is due when the time is over is the last.
    await pass_time(hass, freezer, REFILL_POLLED_FOR)
    asked = panel.count("refill_status")
    await pass_time(hass, freezer, timedelta(hours=2))
    await pass_time(hass, freezer, timedelta(hours=2))
    assert panel.count("refill_status") == asked
    assert book.find(completed) is None


@pytest.mark.parametrize("earlier", [[], ["72"]], ids=["one refill", "two"])
@pytest.mark.parametrize(
    "answer",
    [
        Reply(text='{"error": "Incorrect request"}'),
        Reply(status=404, text='{"error": "Unknown action"}'),
        Reply(status=400, text='{"errors": {"action": ["The action is invalid"]}}'),
        Reply.html(status=404),
        Reply(text="[]"),
        Reply(),
    ],
)
async def test_a_panel_without_refill_status_spoils_nothing(
    hass: HomeAssistant,
    completed: str,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    answer: Reply,
    earlier: list[str],
) -> None:
    """Its orders must move on: the refill alone is without news."""
    fields = {"service": FOLLOWERS, "link": f"{LINK}/open", "quantity": 100}
    other = (await act(hass, "place_order", **fields))["order"]
    panel.faults.add(answer, action="refill_status", times=None)
    for refill in earlier:
        panel.faults.add(Reply(text=f'{{"refill": "{refill}"}}'), action="refill")
        await act(hass, "refill_orders", orders=completed)
    await act(hass, "refill_orders", orders=completed)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await row_of(hass, other))["status"] == "pending"

    await pass_time(hass, freezer, timedelta(days=1))

    assert (await row_of(hass, other))["status"] == "completed"
    assert (shown(hass, STATUS), shown(hass, REFILL_STATUS)) == ("completed", "unknown")
    assert (await row_of(hass, completed))["refills"][-1]["error"]
    panel.faults.clear()
    await pass_time(hass, freezer, SLOW_INTERVAL)
    assert shown(hass, REFILL_STATUS) == "completed"
    assert (await row_of(hass, completed))["refills"][-1]["error"] is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Pending", "pending"),
        ("In progress", "in_progress"),
        ("Completed", "completed"),
        ("Rejected", "rejected"),
        ("Canceled", "canceled"),
        ("Failed", "failed"),
        ("Elsewhere", "unknown"),
    ],
)
async def test_the_state_of_a_refill_is_shown_and_survives_a_restart(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    completed: str,
    panel: PanelServer,
    book_files: BookFiles,
    word: str,
    state: str,
) -> None:
    """A state that the entity does not offer is an error in Home Assistant's log."""
    assert shown(hass, REFILL_STATUS) == "unknown"
    panel.faults.add(Reply(text=f'{{"status": "{word}"}}'), action="refill_status", times=None)

    await act(hass, "refill_orders", orders=completed)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert shown(hass, REFILL_STATUS) == state
    asked = panel.count("refill_status")
    async with away(hass, setup_entry):
        assert len(asked_on_disk(book_files, REFILL)) == 1
    assert shown(hass, REFILL_STATUS) == state
    goes_on = state in {"pending", "in_progress", "unknown"}
    assert panel.count("refill_status") == asked + goes_on


async def test_an_order_forgotten_and_tracked_anew_meanwhile_was_asked_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, completed: str
) -> None:
    """The answer belongs to a record that is gone; the caller must get it all the same."""
    post = HttpTransport.post

    async def forget_meanwhile(transport: HttpTransport, form: dict[str, str], **more: bool) -> Any:  # noqa: ANN401 - passed through
        if form["action"] == "refill":
            await act(hass, "untrack_orders", orders=completed)
            await act(hass, "track_orders", orders=completed)
        return await post(transport, form, **more)

    with patch.object(HttpTransport, "post", forget_meanwhile):
        (row,) = (await act(hass, "refill_orders", orders=completed))["orders"]

    assert row["refill"]
    assert (await row_of(hass, completed))["refills"] == []


async def test_a_fault_of_the_panel_is_not_the_callers(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Who is told to correct the request looks for an error that is not there."""
    text = "Database connection failed. Please try again later."
    panel.faults.add(Reply(text=f'{{"error": "{text}"}}'), action="cancel")

    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "cancel_orders", orders=["1", "2"])

    assert not isinstance(caught.value, ServiceValidationError)
    assert caught.value.translation_key == "panel_failed"
    assert caught.value.translation_placeholders == {"reason": text}
    assert panel.count("cancel") == 1
