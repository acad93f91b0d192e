"""An honest panel in this process that keeps a ledger of its own."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
import json

from homeassistant.util import dt as dt_util

from custom_components.smm_panel.api import Answer, PanelConnectionError, PanelUnreachableError
from custom_components.smm_panel.api.transport import HttpAnswer

FOLLOWERS = "1"
"""One unit of money for each follower."""

VIEWS = "2"
"""A quarter for each view."""

UNLIMITED = "3"
"""A subscription without an end, whose price nobody knows."""

PRICES = {FOLLOWERS: Decimal(1), VIEWS: Decimal("0.25"), UNLIMITED: Decimal(1)}

CURRENCY = "USD"


class Fate(StrEnum):
    """What becomes of a request to place an order."""

    ANSWERED = "answered"
    CHARGE_TOLD = "charge told"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOST = "taken, and the answer lost"
    LATE = "the answer lost, and taken later"
    NOT_TAKEN = "the answer lost, and never taken"
    NO_ID = "taken, and answered without an id"


TAKEN_AT_ONCE = frozenset({Fate.ANSWERED, Fate.CHARGE_TOLD, Fate.LOST, Fate.NO_ID})
UNKNOWN_OUTCOME = frozenset({Fate.LOST, Fate.LATE, Fate.NOT_TAKEN, Fate.NO_ID})


class Dialect(StrEnum):
    """How a panel reports what an order cost once part of it came back."""

    LOWERED = "the charge is lowered"
    WHOLE = "the whole charge is told on, with what remains"
    SILENT = "no charge is ever told, only what remains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An order to place, what the call allows for it, and what the panel makes of it.

    `turns` is how often the panel lets others go first, `held` whether it keeps the answer
    back, `markup` what it charges for each unit of money on its list.
    """

    service: str
    quantity: int
    max_charge: Decimal | None
    fate: Fate
    dialect: Dialect
    markup: Decimal
    turns: int
    held: bool

    @property
    def planned(self) -> Decimal:
        """The price by the list; for what has none, what the call allows."""
        if self.service == UNLIMITED:
            return self.max_charge or Decimal(0)
        return PRICES[self.service] * self.quantity


@dataclass(slots=True, kw_only=True, eq=False)
class PanelOrder:
    """An order in the panel's ledger."""

    order: str
    link: str
    wish: Wish
    charge: Decimal
    status: str = "Pending"
    remains: int

    is_heard: bool = False
    """Whether Home Assistant was told the whole charge, and cannot have forgotten it."""

    @property
    def is_final(self) -> bool:
        return self.status in {"Completed", "Partial", "Canceled"}

    @property
    def net(self) -> Decimal:
        """The charge less what the panel gave back."""
        return self.charge * self._kept

    @property
    def promised(self) -> Decimal:
        """What Home Assistant must count at least: no more than it can know of.

        A panel that takes more than its list says is known by that only once it told.
        """
        known = self.charge if self.is_heard else min(self.charge, self.wish.planned)
        return known * self._kept

    @property
    def _kept(self) -> Decimal:
        if self.status not in {"Partial", "Canceled"}:
            return Decimal(1)
        return 1 - Decimal(self.remains) / self.wish.quantity

    @property
    def tells_charge(self) -> bool:
        return self.wish.dialect is not Dialect.SILENT

    def row(self) -> dict[str, object]:
        """Report the order as its dialect does."""
        row: dict[str, object] = {"status": self.status, "currency": CURRENCY}
        if self.wish.service != UNLIMITED:
            row["remains"] = str(self.remains)
        if self.tells_charge:
            lowered = self.wish.dialect is Dialect.LOWERED
            row["charge"] = str(self.net if lowered else self.charge)
        return row


@dataclass(slots=True, kw_only=True, eq=False)
class Sent:
    """A request to place an order that reached the panel, and when by the clock."""

    link: str
    wish: Wish
    day: date
    order: PanelOrder | None = None
    is_unknown: bool = True
    """Whether nobody could tell Home Assistant what became of it."""

    is_under_way: bool = True
    """Whether the panel has the request in hands."""

    @property
    def is_to_come(self) -> bool:
        """Whether the panel has yet to take the order."""
        if self.order is not None:
            return False
        is_in_hands = self.is_under_way and self.wish.fate in TAKEN_AT_ONCE
        return is_in_hands or self.wish.fate is Fate.LATE

    @property
    def promised(self) -> Decimal:
        """What must be counted for it: what is in the ledger, or the estimate while unknown."""
        if self.order is not None:
            return self.order.promised
        return self.wish.planned if self.is_unknown else Decimal(0)


@dataclass(slots=True, kw_only=True)
class FakePanel:
    """An account: its balance, its orders, and the requests under way.

    `on_send` is called with each request to place an order, before the panel looks at it.
    """

    on_send: Callable[[Sent], None]
    balance: Decimal = Decimal(60)
    wishes: dict[str, Wish] = field(default_factory=dict)
    """By the link: what to do with the next request for it."""

    sent: list[Sent] = field(default_factory=list)
    orders: dict[str, PanelOrder] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """By the link: requests whose answer is kept back."""

    is_holding: bool = True
    """Whether it keeps answers back at all."""

    _told: set[str] = field(default_factory=set)

    async def answer(self, form: Mapping[str, str]) -> Answer:
        """Answer to one request. Raises PanelConnectionError for an answer that is lost."""
        match form["action"]:
            case "balance":
                # As over a network: others come between the question and the answer.
                shown = {"balance": str(self.balance), "currency": CURRENCY}
                for _ in range(4):
                    await asyncio.sleep(0)
                return _json(shown)
            case "services":
                return _json([_row(service, price) for service, price in PRICES.items()])
            case "status":
                return _json(self._status(form))
            case "add":
                return await self._add(form)
            case _:
                return _json({"error": "Incorrect request"})

    def take_late(self) -> None:
        """Take the orders that were still on their way."""
        for sent in self.sent:
            if sent.wish.fate is Fate.LATE and sent.order is None and not sent.is_under_way:
                self._take(sent)

    def move(self, order: PanelOrder, status: str, remains: int) -> None:
        """Bring an order on, and give back what it will not deliver."""
        before = order.net
        order.status, order.remains = status, remains
        self.balance += before - order.net

    def let_know(self, own: Collection[str]) -> None:
        """Take what was told of Home Assistant's own orders for known: it had time to note it."""
        for order_id in self._told.intersection(own):
            self.orders[order_id].is_heard = True
        self._told.clear()

    def let_forget(self, told: Collection[str]) -> None:
        """Take what reports told for forgotten, as they are not on disk at once.

        The charge in the answer that told a caller the id is.
        """
        self._told.clear()
        for order_id, order in self.orders.items():
            if order.wish.fate is not Fate.CHARGE_TOLD or order_id not in told:
                order.is_heard = False

    async def _add(self, form: Mapping[str, str]) -> Answer:
        link = form.get("link") or form["username"]
        sent = Sent(link=link, wish=self.wishes[link], day=dt_util.now().date())
        self.on_send(sent)
        self.sent.append(sent)
        try:
            return await self._decide(sent)
        finally:
            sent.is_under_way = False

    async def _decide(self, sent: Sent) -> Answer:
        wish = sent.wish
        for _ in range(wish.turns):
            await asyncio.sleep(0)
        if wish.fate in TAKEN_AT_ONCE:
            self._take(sent)
        if wish.held and self.is_holding:
            await self._hold(sent.link)
        sent.is_unknown = wish.fate in UNKNOWN_OUTCOME
        if wish.fate is Fate.UNREACHABLE:
            raise PanelUnreachableError("unreachable")
        if wish.fate is Fate.REFUSED:
            return _json({"error": "Not enough funds on balance"})
        if wish.fate is Fate.NO_ID:
            return _json({})
        if sent.order is None or sent.is_unknown:
            raise PanelConnectionError("lost")
        placed = {"order": sent.order.order}
        if wish.fate is Fate.CHARGE_TOLD:
            self._told.add(sent.order.order)
            placed["charge"] = str(sent.order.charge)
        return _json(placed)

    async def _hold(self, link: str) -> None:
        self.held[link] = asyncio.Event()
        try:
            await self.held[link].wait()
        finally:
            del self.held[link]

    def _take(self, sent: Sent) -> None:
        wish = sent.wish
        sent.order = order = PanelOrder(
            order=str(1000 + len(self.orders)),
            link=sent.link,
            wish=wish,
            charge=wish.planned * wish.markup,
            remains=wish.quantity,
        )
        self.orders[order.order] = order
        self.balance -= order.charge

    def _status(self, form: Mapping[str, str]) -> Mapping[str, object]:
        if "order" in form:
            return self._report(form["order"])
        return {order_id: self._report(order_id) for order_id in form["orders"].split(",")}

    def _report(self, order_id: str) -> Mapping[str, object]:
        order = self.orders.get(order_id)
        if order is None:
            return {"error": "Incorrect order ID"}
        if order.tells_charge and order.status not in {"Partial", "Canceled"}:
            self._told.add(order_id)
        return order.row()


def _row(service: str, price: Decimal) -> dict[str, object]:
    return {
        "service": service,
        "name": f"Service {service}",
        "type": "Subscriptions" if service == UNLIMITED else "Default",
        "rate": str(price * 1000),
        "min": "1",
        "max": "1000",
    }


def _json(data: object) -> Answer:
    return HttpAnswer(status=200, text=json.dumps(data), headers={})
