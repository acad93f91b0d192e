"""No limit is overspent and no id is lost, whatever happens in whatever order."""

from asyncio import Task
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import logging
from typing import Any, override

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, Event, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
import pytest

from custom_components.smm_panel.api import OrderStatus
from custom_components.smm_panel.const import (
    CONF_DAILY_BUDGET,
    CONF_KEEP_BALANCE,
    CONF_MAX_CHARGE,
    DEFAULT_KEEP_DAYS,
)
from custom_components.smm_panel.money import Remaining
from custom_components.smm_panel.operations import (
    CallLimits,
    async_place_order,
    async_quote,
    async_settle_as_not_placed,
    async_settle_as_placed,
    async_track,
    async_untrack,
)
from custom_components.smm_panel.orders import Placement, TrackedOrder
from tests.conftest import HowMany
from tests.helpers.money_home import Disk, Home, disk
from tests.helpers.money_panel import (
    CURRENCY,
    FOLLOWERS,
    UNLIMITED,
    VIEWS,
    Dialect,
    FakePanel,
    Fate,
    Sent,
    Wish,
)

pytestmark = pytest.mark.long("money in random sequences of events")

START = datetime(2026, 10, 31, 22, tzinfo=UTC)
"""Afternoon where Home Assistant is, the day before one of 25 hours."""

NOTHING = Decimal(0)

AMOUNTS = st.sampled_from(["2.5", "5", "8", "12", "20"])

LIMITS = st.fixed_dictionaries({}, optional={CONF_MAX_CHARGE: AMOUNTS, CONF_DAILY_BUDGET: AMOUNTS})

HEADROOM = st.sampled_from([None, None, 5, 12, 20])
"""What may be spent at once before the balance is what is to be kept."""

STEPS = st.sampled_from(
    [
        timedelta(minutes=1),
        timedelta(minutes=40),
        timedelta(hours=4),
        timedelta(hours=4),
        timedelta(hours=9),
        timedelta(days=1),
        timedelta(days=3),
    ]
)

SET_BACK = st.sampled_from([0, 0, 0, 20, 300])
"""Minutes: a small computer without a clock of its own starts with the time of its last save."""

WISHES = st.builds(
    Wish,
    service=st.sampled_from([FOLLOWERS] * 3 + [VIEWS] * 2 + [UNLIMITED]),
    # Their parts are written with few decimals.
    quantity=st.sampled_from([1, 2, 4, 5, 8]),
    max_charge=st.sampled_from([None, None, None, Decimal("2.5"), Decimal(5), Decimal(8)]),
    fate=st.sampled_from([Fate.ANSWERED, Fate.ANSWERED, Fate.CHARGE_TOLD, Fate.LATE, *Fate]),
    dialect=st.sampled_from(Dialect),
    markup=st.sampled_from([Decimal(1), Decimal(1), Decimal("0.8"), Decimal("1.25")]),
    turns=st.integers(0, 3),
    held=st.sampled_from([False, False, True]),
)


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A call of ours that places an order."""

    link: str
    wish: Wish
    sent_before: int
    """How many requests had reached the panel when it was made."""

    task: Task[str] | None = None
    sent: list[Sent] = field(default_factory=list)


def cost(order: TrackedOrder) -> Decimal:
    """Reckon what an order cost from what the book holds of it.

    What was told counts instead of what was planned. Of an order that ended early, a charge
    below the highest known one is what it cost; else it cost the part that was delivered.
    """
    if order.service is None:
        return NOTHING
    planned = order.estimate or order.max_charge or NOTHING
    known = planned if order.charge is None else order.charge
    report = order.report
    if report is None:
        return known
    if report.status not in {OrderStatus.PARTIAL, OrderStatus.CANCELED}:
        return known if report.charge is None else report.charge
    if report.charge is not None and report.charge < known:
        return report.charge
    whole = known if report.charge is None else report.charge
    if order.quantity is None or report.remains is None:
        return whole
    return whole * (order.quantity - report.remains) / order.quantity


class MoneyMachine(RuleBasedStateMachine):
    """An owner, their Home Assistant, and a panel that does anything with their orders.

    What is promised, at the moment each order is sent and by the limits then in force:

    - it is expected to cost no more than the largest charge allowed;
    - it, and everything sent since midnight by the clock (what the panel charged less what it
      gave back; where nobody knows whether the panel took the order, its estimate), are within
      the daily budget;
    - the balance less it, and less what the panel has yet to take, is what is to be kept.

    A limit that is set later does not undo what was sent before. A charge above the panel's
    own list counts once the panel has told it; until then the price in the list counts.
    """

    def __init__(self, clock: FrozenDateTimeFactory, files: Disk) -> None:
        """Start Home Assistant with an account that has no orders."""
        super().__init__()
        self.clock = clock
        clock.move_to(START)
        self.limits: dict[str, str] = {}
        self.calls: dict[str, Call] = {}
        self.told: set[str] = set()
        """Ids that callers were told, or the book held."""

        self.seen: dict[str, TrackedOrder] = {}
        """The orders in the book as of the last step, by their keys."""

        self.forgotten: dict[str, tuple[TrackedOrder, Decimal]] = {}
        self.let_go: set[str] = set()
        """Keys of orders that may leave the book in this step."""

        self.left: list[Remaining] = []
        """What the last order that was placed left."""

        self.steps_up = 0
        """How many steps ago Home Assistant was started."""

        self.sent_at_limits = 0
        self.is_clock_set_back = False
        self.failures: list[str] = []
        self.panel = FakePanel(on_send=self.hold_against_promises)
        self.home = Home(self.panel, files)
        self.home.start(self.limits)

    @override
    def teardown(self) -> None:
        self.home.kill()

    def hold_against_promises(self, sent: Sent) -> None:
        """Note what is not as promised of a request that reaches the panel."""
        call = self.calls[sent.link]
        price = sent.wish.planned
        limits = {name: Decimal(text) for name, text in self.limits.items()}
        call.sent.append(sent)
        if len(call.sent) > 1:
            self.failures.append(f"{sent.link} was sent twice")
        for allowed in (limits.get(CONF_MAX_CHARGE), sent.wish.max_charge):
            if allowed is not None and price > allowed:
                self.failures.append(f"{sent.link} may cost {allowed}, not {price}")
        if limits and sent.wish.service == UNLIMITED and sent.wish.max_charge is None:
            self.failures.append(f"{sent.link} may cost anything")
        if (budget := limits.get(CONF_DAILY_BUDGET)) is not None:
            spent = sum((s.promised for s in self.panel.sent if s.day == sent.day), NOTHING)
            if spent + price > budget:
                self.failures.append(f"{sent.link}: {spent} + {price} of {budget} a day")
        if (keep := limits.get(CONF_KEEP_BALANCE)) is not None:
            meanwhile = self.panel.sent[call.sent_before :]
            # Those that came first were counted at their price in the list.
            more = sum(
                (max(s.order.charge - s.wish.planned, NOTHING) for s in meanwhile if s.order),
                NOTHING,
            )
            to_come = sum((s.wish.planned for s in self.panel.sent if s.is_to_come), NOTHING)
            if (left := self.panel.balance + more - to_come - price) < keep:
                self.failures.append(f"{sent.link} leaves {left} of {keep} to keep")

    # What the owner does

    @initialize(limits=LIMITS, headroom=HEADROOM)
    def begin(self, limits: dict[str, str], headroom: int | None) -> None:
        self.set_limits(limits, headroom)

    @precondition(lambda self: len(self.panel.sent) > self.sent_at_limits + 1)
    @rule(limits=LIMITS, headroom=HEADROOM)
    def set_limits(self, limits: dict[str, str], headroom: int | None) -> None:
        self.sent_at_limits = len(self.panel.sent)
        self.limits = dict(limits)
        if headroom is not None:
            keep = max(self.panel.balance - headroom, NOTHING)
            self.limits[CONF_KEEP_BALANCE] = str(keep)
        self.home.set_options(self.limits)

    @rule(wishes=st.lists(WISHES, min_size=1, max_size=4))
    def place(self, wishes: list[Wish]) -> None:
        for wish in wishes:
            self.launch(self.new_link(), wish)
        self.come_to_rest()

    @precondition(lambda self: not self.panel.held)
    @rule(wishes=st.lists(WISHES, min_size=1, max_size=5))
    def place_one_by_one(self, wishes: list[Wish]) -> None:
        """With nothing under way it is known what the daily budget must have left."""
        for wish in wishes:
            spent = self.spent_today()
            self.left.clear()
            self.place([replace(wish, held=False)])
            self.all_is_as_promised()
            budget = self.limits.get(CONF_DAILY_BUDGET)
            if budget and self.left and not self.is_clock_set_back:
                assert self.left.pop().budget == Decimal(budget) - spent - wish.planned

    @precondition(lambda self: self.repeatable() and not self.panel.held)
    @rule(data=st.data(), fate=st.sampled_from(Fate), allow_duplicate=st.booleans())
    def place_again(self, data: st.DataObject, fate: Fate, *, allow_duplicate: bool) -> None:
        old = self.calls[data.draw(st.sampled_from(self.repeatable()))]
        wish = replace(old.wish, fate=fate, held=False)
        call = self.launch(old.link, wish, allow_duplicate=allow_duplicate)
        self.come_to_rest()
        if not allow_duplicate:
            assert not call.sent, "a twin of an open order was sent"

    @precondition(lambda self: self.panel.held)
    @rule(data=st.data())
    def get_an_answer(self, data: st.DataObject) -> None:
        link = data.draw(st.sampled_from(sorted(self.panel.held)))
        self.panel.held[link].set()
        self.come_to_rest()

    @precondition(lambda self: self.panel.orders)
    @rule()
    def poll(self) -> None:
        data = self.home.entry.runtime_data
        heard = [order for order in self.panel.orders.values() if order.is_heard]
        self.home.run(data.orders_coordinator.async_refresh())
        self.home.run(data.balance_coordinator.async_refresh())
        for order in heard:
            known = self.home.book.find(order.order)
            if known is not None and known.is_own:
                assert cost(known) == order.net, "the panel said otherwise"

    @precondition(lambda self: self.placed())
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.placed()))
        self.let_go.add(key)
        self.home.run(async_untrack(self.home.entry, [key]))
        assert key not in self.home.book.orders

    @precondition(lambda self: self.panel.orders)
    @rule(data=st.data())
    def track(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(sorted(self.panel.orders)))
        self.home.run(async_track(self.home.entry, [order]))

    @precondition(lambda self: self.forgotten or self.has_final())
    @rule(days=st.sampled_from([0, 3, 8]))
    def prune(self, days: int) -> None:
        self.clock.tick(timedelta(days=days))
        self.home.entry.runtime_data.orders_coordinator.async_prune(dt_util.utcnow())
        self.home.settle()

    @precondition(lambda self: self.home.book.unconfirmed)
    @rule(data=st.data())
    def settle_truthfully(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([order.local_id for order in self.home.book.unconfirmed]))
        order = self.home.book.orders[key]
        # None where Home Assistant was killed between writing the order down and sending it.
        sent = next(iter(self.calls[link_of(order)].sent), None)
        if sent is not None and sent.is_to_come:
            return
        if sent is not None and sent.order is not None:
            settled = async_settle_as_placed(self.home.hass, self.home.entry, key, sent.order.order)
        else:
            self.let_go.add(key)
            settled = async_settle_as_not_placed(self.home.hass, self.home.entry, key)
            if sent is not None:
                sent.is_unknown = False
        self.home.run(settled)

    @precondition(lambda self: self.panel.orders)
    @rule(amount=st.sampled_from([-5, 10, 40]))
    def move_balance(self, amount: int) -> None:
        self.panel.balance += amount

    # What happens to them

    @precondition(lambda self: self.underway())
    @rule(
        data=st.data(),
        status=st.sampled_from(["In progress", "Completed", "Partial", "Canceled"]),
        share=st.sampled_from([1, 2, 4]),
        is_polled=st.booleans(),
    )
    def move_order(self, data: st.DataObject, status: str, share: int, *, is_polled: bool) -> None:
        order = self.panel.orders[data.draw(st.sampled_from(self.underway()))]
        quantity = order.wish.quantity
        if order.wish.service == UNLIMITED and status in {"Partial", "Canceled"}:
            status = "Completed"
        remains = 0 if status == "Completed" else -(-quantity // share)
        self.panel.move(order, status, remains)
        if is_polled:
            self.poll()

    @precondition(lambda self: any(sent.is_to_come for sent in self.panel.sent))
    @rule()
    def take_late(self) -> None:
        self.panel.take_late()

    @precondition(lambda self: self.panel.sent)
    @rule(step=STEPS)
    def move_clock(self, step: timedelta) -> None:
        self.clock.tick(step)
        self.home.settle()

    @precondition(lambda self: self.steps_up > 1)
    @rule(wishes=st.lists(WISHES, max_size=3), turns=st.integers(0, 40), set_back=SET_BACK)
    def kill(self, wishes: list[Wish], turns: int, set_back: int) -> None:
        """Home Assistant ends at once, and starts with a clock that may be behind."""
        for wish in wishes:
            self.launch(self.new_link(), wish)
        self.home.turn(turns)
        self.note_answers()
        self.home.kill()
        self.panel.let_forget(self.told)
        for call in self.calls.values():
            # Whatever it was told while it was ended, its caller had gone before.
            call.task = None
        self.is_clock_set_back |= set_back > 0
        self.clock.tick(-timedelta(minutes=set_back))
        self.start_again()

    @precondition(lambda self: self.steps_up > 2 and not self.panel.held)
    @rule(wishes=st.lists(WISHES, max_size=1))
    def restart(self, wishes: list[Wish]) -> None:
        """Home Assistant is restarted, and automations order something as it stops."""

        @callback
        def launch(event: Event) -> None:
            for wish in wishes:
                self.launch(self.new_link(), wish)

        # It ends tasks in no particular order; only its own are left by now.
        self.home.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, launch)
        self.home.stop()
        self.start_again()

    @precondition(lambda self: self.steps_up > 1)
    @rule(wishes=st.lists(WISHES, max_size=2), turns=st.integers(0, 15))
    def reload(self, wishes: list[Wish], turns: int) -> None:
        for wish in wishes:
            self.launch(self.new_link(), wish)
        self.home.turn(turns)
        self.home.reload()
        self.come_to_rest()

    # What must hold after each of it

    @invariant()
    def all_is_as_promised(self) -> None:
        self.steps_up += 1
        self.note_answers()
        book = self.home.book
        self.note_vanished()
        own = {order.panel_id for order in book.orders.values() if order.is_own and order.panel_id}
        self.panel.let_know(own)
        assert not self.failures
        self.check_ids()
        self.check_sums()

    def check_ids(self) -> None:
        """Every id that was told or held is in the book, and every order of the panel is."""
        book = self.home.book
        gone = {order.panel_id for order, _ in self.forgotten.values()}
        self.told |= {
            order.panel_id for order in book.orders.values() if order.panel_id is not None
        }
        lost = {order for order in self.told - gone if book.find(order) is None}
        assert not lost, "ids were lost"
        open_links = {
            link_of(order)
            for order in book.orders.values()
            if order.placement is not Placement.PLACED
        }
        unknown = {
            order.order
            for order in self.panel.orders.values()
            if order.order not in self.told and order.link not in open_links
        }
        assert not unknown, "the panel has orders that the book does not know"

    def check_sums(self) -> None:
        """What was spent is the sum of what the orders cost, now and those forgotten."""
        spending = self.home.book.spending
        total = spending.total(CURRENCY).cost
        assert total == sum((amount for _, amount in self.costs()), NOTHING)
        assert total >= sum((sent.promised for sent in self.panel.sent), NOTHING)
        spent = self.spent_today()
        counted = spending.since(dt_util.start_of_local_day(), CURRENCY).cost
        assert counted == spent or (self.is_clock_set_back and counted > spent)

    # What these have in common

    def costs(self) -> list[tuple[TrackedOrder, Decimal]]:
        """Reckon what each order cost, also those that were forgotten."""
        known = [(order, cost(order)) for order in self.home.book.orders.values()]
        return [*known, *self.forgotten.values()]

    def spent_today(self) -> Decimal:
        """Reckon what was spent since midnight, or later by a clock that was set back."""
        today = dt_util.now().date()
        return sum(
            (
                amount
                for order, amount in self.costs()
                if dt_util.as_local(order.added_at).date() >= today
            ),
            NOTHING,
        )

    def launch(self, link: str, wish: Wish, *, allow_duplicate: bool = False) -> Call:
        self.panel.wishes[link] = wish
        self.calls[link] = call = Call(
            link=link,
            wish=wish,
            sent_before=len(self.panel.sent),
        )
        call_limits = CallLimits(max_charge=wish.max_charge, allow_duplicate=allow_duplicate)
        call.task = self.home.launch(self.async_place(fields_of(link, wish), call_limits))
        return call

    async def async_place(self, fields: dict[str, Any], call_limits: CallLimits) -> str:
        hass, entry = self.home.hass, self.home.entry
        quote = await async_quote(hass, entry, fields, call_limits)
        placed = await async_place_order(hass, entry, quote, Context())
        assert placed.order.panel_id is not None
        self.left = [placed.left]
        return placed.order.panel_id

    def new_link(self) -> str:
        return f"https://example.com/{len(self.calls)}"

    def come_to_rest(self) -> None:
        """Let the calls come to their ends, or to where they wait for the panel."""
        self.home.turn(100)
        self.home.settle()
        if not self.panel.held:
            tasks = [call.task for call in self.calls.values() if call.task is not None]
            self.home.wait(lambda: all(task.done() for task in tasks))

    def note_answers(self) -> None:
        """Note what callers were told since."""
        for call in self.calls.values():
            if call.task is None or not call.task.done():
                continue
            task, call.task = call.task, None
            if task.cancelled() or isinstance(task.exception(), HomeAssistantError):
                continue
            order = task.result()
            [sent] = call.sent
            assert sent.order is not None
            assert sent.order.order == order
            self.told.add(order)

    def note_vanished(self) -> None:
        """See that no order left the book unless it may, and keep what it cost."""
        book = self.home.book
        for key in self.forgotten.keys() & book.orders.keys():
            # Home Assistant was killed before it had written that it forgot it.
            del self.forgotten[key]
        for key in self.seen.keys() - book.orders.keys():
            order = self.seen[key]
            if order.placement is not Placement.PLACED:
                is_refused = order.placement is Placement.INTENDED
                assert is_refused or key in self.let_go, "an unconfirmed order vanished"
                continue
            if order.service is None and order.panel_id and book.find(order.panel_id):
                continue
            assert key in self.let_go or is_outdated(order), "an order vanished"
            self.forgotten[key] = (order, cost(order))
        self.let_go.clear()
        self.seen = dict(book.orders)

    def placed(self) -> list[str]:
        """Keys of the orders that a user can forget."""
        return [
            order.local_id
            for order in self.home.book.orders.values()
            if order.placement is Placement.PLACED
        ]

    def underway(self) -> list[str]:
        """Ids of the orders that the panel works on."""
        return [order.order for order in self.panel.orders.values() if not order.is_final]

    def start_again(self) -> None:
        self.steps_up = 0
        self.home.start(self.limits)

    def has_final(self) -> bool:
        return any(order.is_final for order in self.home.book.orders.values())

    def repeatable(self) -> list[str]:
        """Links of open orders of whose requests all is known."""
        open_links = {link_of(order) for order in self.home.book.orders.values() if order.is_open}
        unknown = {sent.link for sent in self.panel.sent if sent.is_unknown}
        return sorted((open_links & self.calls.keys()) - unknown)


def link_of(order: TrackedOrder) -> str:
    """Return what names an order's call."""
    return order.link or order.username or ""


def fields_of(link: str, wish: Wish) -> dict[str, Any]:
    """Return the fields of an order."""
    if wish.service == UNLIMITED:
        return {"service": UNLIMITED, "username": link, "min": 1, "max": 5, "delay": 0}
    return {"service": wish.service, "link": link, "quantity": wish.quantity}


def is_outdated(order: TrackedOrder) -> bool:
    """Tell whether an order has been final for longer than it is kept."""
    keep = timedelta(days=DEFAULT_KEEP_DAYS)
    return (
        order.is_final
        and order.changed_at is not None
        and dt_util.utcnow() - order.changed_at > keep
    )


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The clock of Home Assistant and its event loops, which stands still until moved."""
    with freeze_time(START) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        yield clock


@pytest.fixture
def files() -> Iterator[Disk]:
    """The files of Home Assistant."""
    with disk() as files:
        yield files


@pytest.fixture
def silence() -> Iterator[None]:
    """Thousands of starts log nothing that anybody would read."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_limit_is_overspent_and_no_id_is_lost(
    clock: FrozenDateTimeFactory, files: Disk, silence: None, how_many: HowMany
) -> None:
    """Money or orders could get lost in a sequence of events that nobody thought of."""
    run_state_machine_as_test(
        lambda: MoneyMachine(clock, files),  # type: ignore[arg-type]  # it is only called
        settings=settings(
            max_examples=how_many(100, 1500),
            stateful_step_count=how_many(30, 50),
            suppress_health_check=list(HealthCheck),
        ),
    )
