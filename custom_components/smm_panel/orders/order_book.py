"""The order book: every order we placed or track, on disk before it matters."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from homeassistant.core import HomeAssistant

from ..api import ItemError, OrderReport, RefillStatus
from ..money import KEPT_APART, Spending
from .book_content import BookContent, Damage, Settings
from .book_store import BookStore, OrderBookSaveError
from .cost import expense
from .order import Evidence, OrderChange, Placement, ServiceTerms, TrackedOrder
from .order_index import OrderIndex

type SlotAssignment = Callable[[Mapping[int, str], Mapping[str, TrackedOrder]], dict[int, str]]


class OrderBook:
    """The tracked orders of one account, what they cost, and the slots that show them.

    Orders are kept by their key, oldest first. Whatever precedes or follows a write to
    the panel is on disk when the method returns; what a poll brought is saved later.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare the book of a config entry; `async_load` fills it."""
        self.spending = Spending()
        self.settings = Settings()
        self.damage: Damage | None = None
        """Set until the user has seen that something was lost."""
        self._hass = hass
        self._store = BookStore(hass, entry_id, self._copy)
        self._index = OrderIndex()
        self._slots: dict[int, str] = {}
        self._changes: deque[OrderChange] = deque()

    @property
    def orders(self) -> Mapping[str, TrackedOrder]:
        """Every tracked order by its key, oldest first; a live view."""
        return MappingProxyType(self._index.orders)

    @property
    def open_orders(self) -> Mapping[str, TrackedOrder]:
        """The orders the panel is to be asked about by their key, oldest first; a live view."""
        return MappingProxyType(self._index.open)

    @property
    def youngest_open(self) -> TrackedOrder | None:
        """The youngest of the open orders."""
        return next(reversed(self._index.open.values()), None)

    @property
    def with_open_refills(self) -> Mapping[str, TrackedOrder]:
        """The orders with a refill that is not finished by their key; a live view."""
        return MappingProxyType(self._index.with_open_refills)

    @property
    def terms_in_use(self) -> Mapping[ServiceTerms, int]:
        """How many open orders count on which service; a live view."""
        return MappingProxyType(self._index.terms_in_use)

    @property
    def needing_attention(self) -> int:
        """The number of orders that a person should look at."""
        return len(self._index.needing_attention)

    @property
    def unconfirmed(self) -> list[TrackedOrder]:
        """The orders whose outcome nobody knows, oldest first."""
        return [
            order
            for order in self._index.unsettled.values()
            if order.placement is Placement.UNCONFIRMED
        ]

    @property
    def slots(self) -> Mapping[int, str]:
        """The key of the order each slot in use shows; a live view."""
        return MappingProxyType(self._slots)

    def find(self, order: str) -> TrackedOrder | None:
        """Return the tracked order with this order id of the panel."""
        return self._index.find(order)

    def last_of(self, preset: str) -> TrackedOrder | None:
        """Return the youngest order that was placed from the preset with this id."""
        return self._index.last_of(preset)

    def find_open(
        self, service: str, link: str | None, username: str | None
    ) -> TrackedOrder | None:
        """Return the youngest order for a service and link (or name) that is not final."""
        return self._index.find_open(service, link, username)

    async def async_load(self) -> None:
        """Read the book; what was being sent when Home Assistant died becomes unconfirmed.

        What cannot be read is kept in a file of its own, which `damage` names.
        """
        content = await self._store.async_load()
        await self._hass.async_add_executor_job(self._load_content, content)
        if content.unreadable:
            self._set_damage(await self._store.async_set_aside())
        await self.async_save()

    async def async_save(self) -> None:
        """Write what has changed. Raises OrderBookSaveError."""
        await self._store.async_save()

    async def async_remove(self) -> None:
        """Delete the files of the book."""
        await self._store.async_remove()

    async def async_put(self, orders: Iterable[TrackedOrder]) -> None:
        """Add or replace orders and write the book. Raises OrderBookSaveError."""
        for order in orders:
            self._put(order)
        await self.async_save()

    async def async_withdraw(self, key: str) -> None:
        """Drop an order that was not placed: it costs nothing. Raises OrderBookSaveError."""
        self._drop(key)
        await self.async_save()

    async def async_forget(self, keys: Iterable[str]) -> None:
        """Forget orders, but not what they cost. Raises OrderBookSaveError."""
        self._forget(keys)
        await self.async_save()

    async def async_accept_damage(self) -> None:
        """Note that the user knows what was lost. Raises OrderBookSaveError."""
        damage = self.damage
        self._set_damage(None)
        try:
            await self.async_save()
        except OrderBookSaveError:
            self._set_damage(damage)
            raise

    async def async_set_low_balance(self, amount: Decimal) -> None:
        """Keep the balance below which the owner wants to know. Raises OrderBookSaveError."""
        before = self.settings
        self._set_up(replace(before, low_balance=amount))
        try:
            await self.async_save()
        except OrderBookSaveError:
            self._set_up(before)
            raise

    def apply(
        self, reports: Mapping[str, OrderReport | ItemError], now: datetime
    ) -> frozenset[str]:
        """Take in what the panel reported; return the keys of the orders it changed."""
        return self._change(
            order.reported(report, now)
            for order_id, report in reports.items()
            if (order := self.find(order_id)) is not None and not order.is_from(report)
        )

    def apply_refills(self, statuses: Mapping[str, RefillStatus | ItemError]) -> frozenset[str]:
        """Take in what became of refills; return the keys of the orders it changed."""
        return self._change(
            replace(order, refills=tuple(item.reported(statuses) for item in order.refills))
            for order in list(self._index.with_open_refills.values())
            if not statuses.keys().isdisjoint(order.open_refills)
        )

    def take_changes(self, most: int) -> list[OrderChange]:
        """Return some of what was learnt of orders and not taken yet, oldest first."""
        return [self._changes.popleft() for _ in range(min(most, len(self._changes)))]

    def note_balance(self, amount: Decimal, read_at: datetime) -> None:
        """Keep the first balance read after an unconfirmed order was sent, as evidence."""
        # Later orders lowered it as well; without them it can be compared.
        self._change(
            replace(
                order,
                evidence=replace(
                    evidence, balance_after=amount + self.charged_since(order.added_at)
                ),
            )
            for order in self.unconfirmed
            if (evidence := order.evidence or Evidence()).balance_after is None
            and order.added_at < read_at
        )

    def unsettled_price(self) -> Decimal:
        """Return what the panel may yet charge for orders that are being sent or unconfirmed."""
        costs = (expense(order) for order in self._index.unsettled.values())
        return sum((cost.amounts.cost for cost in costs if cost is not None), Decimal(0))

    def charged_since(self, moment: datetime) -> Decimal:
        """Return what was charged for the orders that were placed after a moment."""
        charged = Decimal(0)
        for order in reversed(self._index.orders.values()):
            if order.added_at <= moment:
                break
            if order.placement is Placement.PLACED and (cost := expense(order)) is not None:
                charged += cost.amounts.charge
        return charged

    def prune(self, now: datetime, keep: timedelta) -> frozenset[str]:
        """Forget orders that were final for longer than `keep`; return their keys."""
        expired = frozenset(
            order.local_id
            for order in self._index.orders.values()
            if order.is_final
            and order.changed_at is not None
            and now - order.changed_at > keep
            and not order.polled_refills(now)
        )
        self._forget(expired)
        is_summed_up = self.spending.sum_up(now)
        if is_summed_up:
            self._store.changes.sum_up(now - KEPT_APART, self.spending.days, self.spending.before)
        if is_summed_up or expired:
            self._save_later()
        return expired

    def assign_slots(self, assign: SlotAssignment) -> frozenset[int]:
        """Assign the slots anew if need be; return the slots that now show another order."""
        if not self._index.slots_are_stale:
            return frozenset()
        self._index.slots_are_stale = False
        old, self._slots = self._slots, assign(self._slots, self._index.orders)
        changed = frozenset(
            slot
            for slot in old.keys() | self._slots.keys()
            if old.get(slot) != self._slots.get(slot)
        )
        if changed:
            self._store.changes.assign({slot: self._slots.get(slot) for slot in changed})
            self._save_later()
        return changed

    def _change(self, orders: Iterable[TrackedOrder]) -> frozenset[str]:
        """Replace those that differ, to be saved later; return their keys."""
        changed: set[str] = set()
        for order in orders:
            if order != self._index.orders[order.local_id]:
                self._replace(order)
                changed.add(order.local_id)
            else:
                # The next report is likely to be the same object, which needs no comparing.
                self._index.adopt(order)
        if changed:
            self._save_later()
        return frozenset(changed)

    def _replace(self, order: TrackedOrder) -> None:
        self._changes.append(OrderChange(old=self._index.orders[order.local_id], new=order))
        self._put(order)

    def _save_later(self) -> None:
        self._store.async_save_later()

    def _set_damage(self, damage: Damage | None) -> None:
        self.damage = damage
        self._store.changes.damaged(damage)

    def _set_up(self, settings: Settings) -> None:
        self.settings = settings
        self._store.changes.set_up(settings)

    def _copy(self) -> BookContent:
        # Copies, because they are encoded in another thread.
        return BookContent(
            orders=list(self._index.orders.values()),
            slots=self._slots.copy(),
            forgotten=self.spending.forgotten.copy(),
            days=self.spending.days.copy(),
            before=self.spending.before.copy(),
            settings=self.settings,
            damage=self.damage,
        )

    def _load_content(self, content: BookContent) -> None:
        """Fill the empty book, in another thread: nobody else has it yet."""
        self.spending.restore(content.forgotten, content.days, content.before)
        self.settings, self.damage = content.settings, content.damage
        self._slots = content.slots
        for order in content.orders:
            known = order.interrupted()
            if known is order:
                self._take(order)
            else:
                self._changes.append(OrderChange(old=order, new=known))
                self._put(known)

    def _put(self, order: TrackedOrder) -> None:
        self._store.changes.put(order)
        self._take(order)

    def _take(self, order: TrackedOrder) -> None:
        known = None if order.panel_id is None else self._index.find(order.panel_id)
        if known is not None and known.local_id != order.local_id:
            # The panel gave an id that is tracked already: it is one order there.
            self._drop(known.local_id)
        self._index.put(order)
        self.spending.put(order.local_id, expense(order))

    def _drop(self, key: str) -> None:
        """Drop an order that was not placed, or is another one: it costs nothing."""
        self._store.changes.drop(key)
        self.spending.drop(key)
        self._index.pop(key)

    def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._store.changes.forget(key, self.spending.forget(key))
            self._index.pop(key)
