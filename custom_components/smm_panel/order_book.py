"""The order book: every order we placed or track, on disk before it matters."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import cached_json_fragment, json_fragment
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from .api import ItemError, OrderReport
from .const import DOMAIN, SAVE_DELAY
from .tracked_order import Placement, TrackedOrder

STORAGE_VERSION = 1

type SlotAssignment = Callable[[Mapping[int, str], Mapping[str, TrackedOrder]], dict[int, str]]


class OrderBookWriteError(HomeAssistantError):
    """The order book could not be written to disk."""

    def __init__(self, reason: str) -> None:
        """Tell the user, where nothing better is known, that the change may be lost."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="book_not_written",
            translation_placeholders={"reason": reason},
        )
        self.reason = reason


class _BookStore(Store[dict[str, Any]]):
    """A store that tells its caller when the file could not be written.

    `Store` logs such an error and goes on. An order must not be sent on the strength
    of an intent that is not on disk.
    """

    _failure: Exception | None = None

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        """Save now, or raise OrderBookWriteError."""
        await super().async_save(data)
        if self._failure is not None:
            raise OrderBookWriteError(str(self._failure)) from self._failure

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Keep what `Store` is going to log: a call whose data another write took sees it too."""
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._failure = err
            raise
        self._failure = None


class OrderBook:
    """The tracked orders of one account and the slots that show them.

    Orders are kept by their key, oldest first. Whatever precedes or follows a write to
    the panel is on disk when the method returns; what a poll brought is saved later.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare the book of a config entry; `async_load` fills it."""
        self._store = _BookStore(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}",
            private=True,
            atomic_writes=True,
            # Rows are encoded once, when they change, and never altered afterwards.
            serialize_in_event_loop=False,
        )
        self._orders: dict[str, TrackedOrder] = {}
        self._rows: dict[str, json_fragment] = {}
        self._keys: dict[str, str] = {}
        self._slots: dict[int, str] = {}

    @property
    def orders(self) -> Mapping[str, TrackedOrder]:
        """Every tracked order by its key, oldest first; a live view."""
        return MappingProxyType(self._orders)

    @property
    def slots(self) -> Mapping[int, str]:
        """The key of the order each slot in use shows; a live view."""
        return MappingProxyType(self._slots)

    def find(self, order: str) -> TrackedOrder | None:
        """Return the tracked order with this order id of the panel."""
        key = self._keys.get(order)
        return None if key is None else self._orders[key]

    async def async_load(self) -> None:
        """Read the book; an intent without an outcome becomes unconfirmed."""
        stored = await self._store.async_load()
        if stored is None:
            return
        for row in stored["orders"]:
            self._put(TrackedOrder.from_dict(row))
        self._slots = {int(slot): key for slot, key in stored["slots"].items()}
        unsettled = [
            order for order in self._orders.values() if order.placement is Placement.INTENDED
        ]
        for order in unsettled:
            self._put(replace(order, placement=Placement.UNCONFIRMED))
        if unsettled:
            await self.async_save()

    async def async_save(self) -> None:
        """Write the book now. Raises OrderBookWriteError."""
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Delete the file of the book."""
        await self._store.async_remove()

    async def async_put(self, orders: Iterable[TrackedOrder]) -> None:
        """Add or replace orders and write the book. Raises OrderBookWriteError."""
        for order in orders:
            self._put(order)
        await self.async_save()

    async def async_discard(self, keys: Iterable[str]) -> None:
        """Forget orders and write the book. Raises OrderBookWriteError."""
        for key in keys:
            self._pop(key)
        await self.async_save()

    def apply(
        self, reports: Mapping[str, OrderReport | ItemError], now: datetime
    ) -> frozenset[str]:
        """Take in what the panel reported; return the keys of the orders it changed."""
        changed = set()
        for order_id, report in reports.items():
            if (old := self.find(order_id)) is None:
                continue
            if (new := old.reported(report, now)) != old:
                self._put(new)
                changed.add(new.key)
        self._save_later(changed)
        return frozenset(changed)

    def prune(self, now: datetime, keep: timedelta) -> frozenset[str]:
        """Forget orders that were final for longer than `keep`; return their keys."""
        expired = frozenset(
            order.key
            for order in self._orders.values()
            if order.is_final and order.changed_at is not None and now - order.changed_at > keep
        )
        for key in expired:
            self._pop(key)
        self._save_later(expired)
        return expired

    def assign_slots(self, assign: SlotAssignment) -> frozenset[int]:
        """Assign the slots anew; return the slots that now show another order."""
        old, self._slots = self._slots, assign(self._slots, self._orders)
        changed = frozenset(
            slot
            for slot in old.keys() | self._slots.keys()
            if old.get(slot) != self._slots.get(slot)
        )
        self._save_later(changed)
        return changed

    def _save_later(self, changed: Collection[object]) -> None:
        if changed:
            self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, Any]:
        # Copies, because the store encodes them in another thread.
        return {
            "orders": list(self._rows.values()),
            "slots": {str(slot): key for slot, key in self._slots.copy().items()},
        }

    def _put(self, order: TrackedOrder) -> None:
        if order.order is not None:
            twin = self._keys.get(order.order)
            if twin is not None and twin != order.key:
                # The panel gave an id that is tracked already: it is one order there.
                self._pop(twin)
            self._keys[order.order] = order.key
        self._orders[order.key] = order
        self._rows[order.key] = cached_json_fragment(order.as_dict())

    def _pop(self, key: str) -> None:
        if (order := self._orders.pop(key, None)) is None:
            return
        del self._rows[key]
        if order.order is not None:
            self._keys.pop(order.order, None)
