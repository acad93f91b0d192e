"""The order book: every order we placed or track."""

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

    Orders are kept by their local id, oldest first. What precedes or follows an operation at
    the panel is on disk when the method returns; the result of a poll is saved later.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare the book of a config entry; `async_load` fills it."""
        self.spending = Spending()
        self.settings = Settings()
        self.damage: Damage | None = None
        """Set until the user has accepted that something was lost."""
        self._hass = hass
        self._store = BookStore(hass, entry_id, self._copy)
        self._index = OrderIndex()
        self._slots: dict[int, str] = {}
        self._changes: deque[OrderChange] = deque()

    @property
    def orders(self) -> Mapping[str, TrackedOrder]:
        """Every tracked order by its local id, oldest first; a live view."""
        return MappingProxyType(self._index.orders)

    @property
    def open_orders(self) -> Mapping[str, TrackedOrder]:
        """The orders that have to be polled by their local id, oldest first; a live view."""
        return MappingProxyType(self._index.open)

    @property
    def youngest_open(self) -> TrackedOrder | None:
        """The newest open order, None if there is none."""
        return next(reversed(self._index.open.values()), None)

    @property
    def with_open_refills(self) -> Mapping[str, TrackedOrder]:
        """The orders with an unfinished refill by their local id; a live view."""
        return MappingProxyType(self._index.with_open_refills)

    @property
    def terms_in_use(self) -> Mapping[ServiceTerms, int]:
        """The number of open orders for each service and its terms; a live view."""
        return MappingProxyType(self._index.terms_in_use)

    @property
    def needing_attention(self) -> int:
        """The number of orders that a person should look at."""
        return len(self._index.needing_attention)

    @property
    def unconfirmed(self) -> list[TrackedOrder]:
        """The orders whose outcome is unknown, oldest first."""
        return [
            order
            for order in self._index.unsettled.values()
            if order.placement is Placement.UNCONFIRMED
        ]

    @property
    def slots(self) -> Mapping[int, str]:
        """The local id of the order that each slot in use shows; a live view."""
        return MappingProxyType(self._slots)

    def find(self, order: str) -> TrackedOrder | None:
        """Return the tracked order with this panel id."""
        return self._index.find(order)

    def last_of(self, preset: str) -> TrackedOrder | None:
        """Return the newest order that was placed from the preset with this id."""
        return self._index.last_of(preset)

    def find_open(
        self, service: str, target: str | None, network: str | None
    ) -> TrackedOrder | None:
        """Return the newest order for a service and target that is not final.

        `target` is a canonical form, made with `network` (see `links`).
        """
        return self._index.find_open(service, target, network)

    async def async_load(self) -> None:
        """Read the book; what was being sent when Home Assistant died becomes unconfirmed.

        Files that cannot be read completely are copied; `damage` names the copy.
        """
        content = await self._store.async_load()
        await self._hass.async_add_executor_job(self._load_content, content)
        if content.unreadable:
            self._set_damage(await self._store.async_set_aside())
        await self.async_save()

    async def async_save(self) -> None:
        """Save the changes. Raises OrderBookSaveError."""
        await self._store.async_save()

    async def async_remove(self) -> None:
        """Delete the files of the book."""
        await self._store.async_remove()

    async def async_put(self, orders: Iterable[TrackedOrder]) -> None:
        """Add or replace orders and save the book. Raises OrderBookSaveError."""
        for order in orders:
            self._put(order)
        await self.async_save()

    async def async_withdraw(self, key: str) -> None:
        """Remove an order that was not placed: it costs nothing. Raises OrderBookSaveError."""
        self._drop(key)
        await self.async_save()

    async def async_forget(self, keys: Iterable[str]) -> None:
        """Remove orders, but keep their cost counted. Raises OrderBookSaveError."""
        self._forget(keys)
        await self.async_save()

    async def async_accept_damage(self) -> None:
        """Record that the user accepts the loss. Raises OrderBookSaveError."""
        damage = self.damage
        self._set_damage(None)
        try:
            await self.async_save()
        except OrderBookSaveError:
            self._set_damage(damage)
            raise

    async def async_set_low_balance(self, amount: Decimal) -> None:
        """Set the amount below which the balance is low. Raises OrderBookSaveError."""
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
        """Apply reports of orders; return the local ids of the orders that changed."""
        return self._change(
            order.reported(report, now)
            for order_id, report in reports.items()
            if (order := self.find(order_id)) is not None and not order.is_from(report)
        )

    def apply_refills(self, statuses: Mapping[str, RefillStatus | ItemError]) -> frozenset[str]:
        """Apply statuses of refills; return the local ids of the orders that changed."""
        return self._change(
            replace(order, refills=tuple(item.reported(statuses) for item in order.refills))
            for order in list(self._index.with_open_refills.values())
            if not statuses.keys().isdisjoint(order.open_refills)
        )

    def take_changes(self, most: int) -> list[OrderChange]:
        """Remove and return up to `most` pending changes, oldest first."""
        return [self._changes.popleft() for _ in range(min(most, len(self._changes)))]

    def note_balance(self, amount: Decimal, read_at: datetime) -> None:
        """Record the first balance read after an unconfirmed order was sent, as evidence."""
        # Later orders lowered the balance as well: without their charges it can be compared.
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
        """Return what the panel may still charge for orders that are being sent or unconfirmed."""
        costs = (expense(order) for order in self._index.unsettled.values())
        return sum((cost.amounts.cost for cost in costs if cost is not None), Decimal(0))

    def charged_since(self, moment: datetime) -> Decimal:
        """Return the charges of the orders that were placed after a moment."""
        charged = Decimal(0)
        for order in reversed(self._index.orders.values()):
            if order.added_at <= moment:
                break
            if order.placement is Placement.PLACED and (cost := expense(order)) is not None:
                charged += cost.amounts.charge
        return charged

    def prune(self, now: datetime, keep: timedelta) -> frozenset[str]:
        """Remove orders that have been final for longer than `keep`; return their local ids."""
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
        """Assign the slots again if necessary; return the slots that now show another order."""
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
        """Replace the orders that differ, to be saved later; return their local ids."""
        changed: set[str] = set()
        for order in orders:
            if order != self._index.orders[order.local_id]:
                self._replace(order)
                changed.add(order.local_id)
            else:
                # The next poll is likely to return this report object again: `is_from` then
                # avoids the comparison.
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
        """Fill the empty book. It runs in another thread: nothing else uses the book yet."""
        self.spending.restore(content.forgotten, content.days, content.before)
        self.settings, self.damage = content.settings, content.damage
        self._slots = content.slots
        for order in content.orders:
            loaded = order.interrupted()
            if loaded is order:
                self._insert(order)
            else:
                self._changes.append(OrderChange(old=order, new=loaded))
                self._put(loaded)

    def _put(self, order: TrackedOrder) -> None:
        self._store.changes.put(order)
        self._insert(order)

    def _insert(self, order: TrackedOrder) -> None:
        other = None if order.panel_id is None else self._index.find(order.panel_id)
        if other is not None and other.local_id != order.local_id:
            # The panel assigned an id that is already tracked: both are one order there.
            self._drop(other.local_id)
        self._index.put(order)
        self.spending.put(order.local_id, expense(order))

    def _drop(self, key: str) -> None:
        """Remove an order that was not placed or is a duplicate: it costs nothing."""
        self._store.changes.drop(key)
        self.spending.drop(key)
        self._index.pop(key)

    def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._store.changes.forget(key, self.spending.forget(key))
            self._index.pop(key)
