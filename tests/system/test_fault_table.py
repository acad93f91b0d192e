"""Every fault of a panel in every write: what is told, kept, counted, and sent."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import patch

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from yarl import URL

from custom_components.smm_panel.api import HttpLimits, HttpTransport
from custom_components.smm_panel.const import (
    BALANCE_INTERVAL,
    CONF_DAILY_BUDGET,
    OPEN_INTERVAL,
    SLOW_INTERVAL,
)
from custom_components.smm_panel.orders import OrderBook, Placement, TrackedOrder
from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Delay, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.actions import LINK, act, act_blindly
from tests.helpers.book_files import BookFiles
from tests.helpers.busy_machine import endless_delays
from tests.helpers.orders import REFILLABLE

SMALL: Final = HttpLimits(size=4000)
PRICE: Final = Decimal("1.74")
ORDER: Final[dict[str, Any]] = {"service": REFILLABLE, "link": LINK, "quantity": 1000}


class Sees(StrEnum):
    """What the user is told: the key of the error's text, or the outcome in the answer."""

    UNKNOWN = "outcome_unknown"
    UNREACHABLE = "cannot_connect"
    REFUSED = "rejected"
    """Or what the way has in the place of it."""

    WRONG_KEY = "invalid_auth"
    RATE_LIMIT = "rate_limited_until"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWrite:
    """What the user sees where an order, which costs money, is judged otherwise."""

    place: Sees
    change: Sees
    """Of a refill or a cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to make the panel do something; `refused` is how the user sees a refusal of it."""

    write: str
    panel_action: str
    result: str
    """The field of the panel's answer that confirms the write."""

    refused: str
    takes_answer: bool = True
    button: str | None = None


PLACE: Final = partial(
    Way, write="place_order", panel_action="add", result="order", refused="rejected"
)
REFILL: Final = partial(Way, write="refill_orders", panel_action="refill", result="refill")
CANCEL: Final = partial(Way, write="cancel_orders", panel_action="cancel", result="cancel")

WAYS: Final = {
    "place, answer taken": PLACE(),
    "place, answer not taken": PLACE(takes_answer=False),
    "refill, answer taken": REFILL(refused="refused"),
    "refill, answer not taken": REFILL(refused="nothing_done", takes_answer=False),
    "refill button": REFILL(refused="rejected", button="button.panel_order_slot_1_refill"),
    "cancel, answer taken": CANCEL(refused="refused"),
    "cancel, answer not taken": CANCEL(refused="nothing_done", takes_answer=False),
    "cancel button": CANCEL(refused="rejected", button="button.panel_order_slot_1_cancel"),
}

# What is in the place of {result} is the field that the answer to the write needs. None: the
# panel is away.
FAULTS: Final[dict[str, tuple[Fault | None, Sees | ByWrite]]] = {
    "connection refused": (None, Sees.UNREACHABLE),
    "time-out, not taken": (Delay(seconds=3600), Sees.UNKNOWN),
    "time-out, taken": (Delay(seconds=3600, accepted=True), Sees.UNKNOWN),
    "dropped, not taken": (Drop(), Sees.UNKNOWN),
    "dropped, taken": (Drop(accepted=True), Sees.UNKNOWN),
    "cut body": (Cut(), Sees.UNKNOWN),
    "502, not taken": (Reply(status=502), Sees.UNKNOWN),
    "502, taken": (Reply(status=502, accepted=True), Sees.UNKNOWN),
    "503 page": (Reply.html(status=503), Sees.UNKNOWN),
    "500 unknown error": (Reply(status=500, text='{"error": "Unknown error"}'), Sees.UNKNOWN),
    "500 refusal": (
        Reply(status=500, text='{"error": "Not enough funds"}'),
        ByWrite(place=Sees.REFUSED, change=Sees.UNKNOWN),
    ),
    "402 unknown error": (
        Reply(status=402, text='{"error": "Unknown error, please try again"}'),
        ByWrite(place=Sees.UNKNOWN, change=Sees.REFUSED),
    ),
    "400 done and lost": (
        Reply(status=400, text='{"error": "Request was sent, but saving it took too long"}'),
        Sees.UNKNOWN,
    ),
    "maintenance": (
        Reply(status=503, text='{"error": "MAINTENANCE_MODE"}', headers={"Retry-After": "300"}),
        ByWrite(place=Sees.MAINTENANCE, change=Sees.UNKNOWN),
    ),
    "number alone": (Reply(text="23501", accepted=True), Sees.UNKNOWN),
    "403 of a firewall": (
        Reply(status=403, text='{"error": "Forbidden"}'),
        ByWrite(place=Sees.UNKNOWN, change=Sees.REFUSED),
    ),
    "403 page": (Reply.html(status=403), Sees.UNKNOWN),
    "page, not taken": (Reply.html(), Sees.UNKNOWN),
    "page, taken": (Reply.html(accepted=True), Sees.UNKNOWN),
    "empty body": (Reply(), Sees.UNKNOWN),
    "empty body, taken": (Reply(accepted=True), Sees.UNKNOWN),
    "no id": (Reply(text='{"note": "Thank you"}', accepted=True), Sees.UNKNOWN),
    "id null": (Reply(text='{"{result}": null}', accepted=True), Sees.UNKNOWN),
    "id 0": (Reply(text='{"{result}": 0}', accepted=True), Sees.UNKNOWN),
    "refusal": (Reply(text='{"error": "Service is not active"}'), Sees.REFUSED),
    "no reason, 400": (
        Reply(status=400, text='{"error": "Not possible"}'),
        ByWrite(place=Sees.UNKNOWN, change=Sees.REFUSED),
    ),
    "refusal, 400": (Reply(status=400, text='{"error": "Bad link"}'), Sees.REFUSED),
    "wrong key": (Reply(text='{"error": "Invalid API key"}'), Sees.WRONG_KEY),
    "429": (Reply.too_many_requests(retry_after=7), Sees.RATE_LIMIT),
    "redirect": (Reply.redirect("https://example.com/api/v2"), Sees.UNKNOWN),
    "oversized": (Reply.oversized(SMALL.size + 1, accepted=True), Sees.UNKNOWN),
}


@dataclass(slots=True, kw_only=True)
class PanelClock:
    """The panel's clock, which alone is ahead: a clock that stands still would stop time-outs."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return dt_util.utcnow() + self.ahead


@pytest.fixture
def panel_clock() -> PanelClock:
    """The clock of the simulated panel."""
    return PanelClock()


@pytest.fixture
def simulated(panel_clock: PanelClock) -> SimulatedPanel:
    """A panel on its own clock, whose orders all complete."""
    return SimulatedPanel(
        clock=panel_clock,
        random=Random(1),
        odds=Odds(partial=0, canceled=0, refill_rejected=0),
        api_key=API_KEY,
    )


@pytest.fixture
async def account(
    hass: HomeAssistant, entry: MockConfigEntry, socket_enabled: None
) -> AsyncIterator[MockConfigEntry]:
    """An account with a budget, whose time-outs take no time."""
    hass.config_entries.async_update_entry(entry, options={CONF_DAILY_BUDGET: "100"})
    transport = partial(HttpTransport, limits=SMALL)
    with patch("custom_components.smm_panel.HttpTransport", transport), endless_delays():
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        yield entry


async def prepare(
    hass: HomeAssistant, account: MockConfigEntry, way: Way, panel_clock: PanelClock
) -> str | None:
    """Place the order that the write is about, and let it complete where it is to be refilled."""
    if way.write == "place_order":
        return None
    order: str = (await act(hass, "place_order", **ORDER))["order"]
    if way.write == "refill_orders":
        panel_clock.ahead = timedelta(days=2)
    await account.runtime_data.orders_coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    return order


def for_way(fault: Fault, way: Way) -> Fault:
    """Put the field that confirms the write into the answer."""
    if isinstance(fault, Reply):
        return replace(fault, text=fault.text.replace("{result}", way.result))
    return fault


def judged_for(judged: Sees | ByWrite, way: Way) -> Sees:
    """Return what the user sees of a fault in one way."""
    if isinstance(judged, ByWrite):
        return judged.place if way.write == "place_order" else judged.change
    return judged


async def perform(hass: HomeAssistant, way: Way, order: str | None) -> str:
    """Go the way; return what the user sees of its end."""
    fields = ORDER if order is None else {"orders": order}
    try:
        if way.button is not None:
            await hass.services.async_call(
                BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: way.button}, blocking=True
            )
        elif way.takes_answer:
            answer = await act(hass, way.write, **fields)
            (row,) = answer.get("orders", [answer])
            assert row["order"] == order
            assert row["error"]
            return str(row.get("outcome", "refused"))
        else:
            await act_blindly(hass, way.write, **fields)
    except HomeAssistantError as err:
        return str(err.translation_key)
    return "success"


async def budget_left(hass: HomeAssistant) -> Decimal:
    """Return what the owner's limit leaves, as the dry run of another order tells."""
    answer = await act(hass, "place_order", **ORDER | {"link": f"{LINK}/other"}, dry_run=True)
    return Decimal(answer["budget_left"]) + PRICE


def kept(way: Way, order: TrackedOrder | None) -> str | None:
    """Return what an order tells of the write."""
    if order is None:
        return None
    if way.write == "place_order":
        return order.placement
    if way.write == "refill_orders":
        return order.last_refill.request if order.last_refill else None
    return order.cancel.request if order.cancel else None


def kept_on_disk(way: Way, files: BookFiles) -> str | None:
    """Return the same of the only order on disk."""
    rows = files.rows
    if not rows:
        return None
    (row,) = rows
    if way.write == "place_order":
        assert "panel_id" not in row
        return str(row["placement"])
    (asked,) = row.get("refills", [None]) if way.write == "refill_orders" else [row.get("cancel")]
    return None if asked is None else str(asked["request"])


async def pass_time(hass: HomeAssistant) -> None:
    """Let every poll become due more than once."""
    for interval in (BALANCE_INTERVAL, OPEN_INTERVAL, SLOW_INTERVAL, SLOW_INTERVAL):
        async_fire_time_changed(hass, dt_util.utcnow() + interval + timedelta(seconds=1))
        await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.long("every fault of a panel in every write")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("fault", "judged"), FAULTS.values(), ids=FAULTS)
async def test_fault(
    hass: HomeAssistant,
    account: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    book_files: BookFiles,
    issue_registry: ir.IssueRegistry,
    panel_clock: PanelClock,
    fault: Fault | None,
    judged: Sees | ByWrite,
    way: Way,
) -> None:
    """One cell that is wrong orders twice, forgets what may be charged, or hides a refusal."""
    sees = judged_for(judged, way)
    book: OrderBook = account.runtime_data.order_book
    order = await prepare(hass, account, way, panel_clock)
    budget = await budget_left(hass)
    if fault is None:
        await panel.__aexit__(None, None, None)
    else:
        panel.faults.add(for_way(fault, way), action=way.panel_action, times=None)

    seen = await perform(hass, way, order)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert seen == (way.refused if sees is Sees.REFUSED else sees)
    # Nothing is known to have been done; what may have been is kept and counts.
    unconfirmed = Placement.UNCONFIRMED if sees is Sees.UNKNOWN else None
    is_order_unconfirmed = unconfirmed is not None and order is None
    requests = 0 if fault is None else 1

    async def check() -> None:
        orders = list(book.orders.values())
        assert len(orders) == (1 if order or is_order_unconfirmed else 0)
        assert kept(way, orders[0] if orders else None) == unconfirmed
        assert kept_on_disk(way, book_files) == unconfirmed
        assert panel.count(way.panel_action) == requests
        issues = [issue.translation_key for issue in issue_registry.issues.values()]
        assert issues.count("unconfirmed_order") == is_order_unconfirmed

    await check()
    assert book.spending.total("USD").cost == (PRICE if order or is_order_unconfirmed else 0)
    assert await budget_left(hass) == budget - (PRICE if is_order_unconfirmed else 0)
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == (
        ["reauth"] if sees is Sees.WRONG_KEY else []
    )

    # The panel is well again: a write that is repeated would now succeed.
    async with AsyncExitStack() as stack:
        panel.faults.clear()
        if fault is None:
            again = PanelServer(simulated, port=URL(panel.url).port or 0)
            panel = await stack.enter_async_context(again)
        await pass_time(hass)
        await check()
    attention = hass.states.get("sensor.panel_orders_needing_attention")
    assert attention
    assert attention.state == str(int(unconfirmed is not None))
