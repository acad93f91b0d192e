"""Runtime data and coordinators of an account."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .api import (
    Balance,
    ErrorKind,
    ItemError,
    LastAnswers,
    OrderReport,
    PanelAuthError,
    PanelClient,
    PanelError,
    PanelRateLimitError,
    PanelRedirectError,
    PanelRejectedError,
    PanelResponseError,
    RateLimiter,
    RefillStatus,
)
from .catalog import ServiceCatalog
from .const import (
    BALANCE_INTERVAL,
    CONF_KEEP_DAYS,
    CONF_ORDER_SLOTS,
    DEFAULT_KEEP_DAYS,
    DEFAULT_ORDER_SLOTS,
    LOGGER,
    OPEN_INTERVAL,
    SLOW_AFTER,
    SLOW_INTERVAL,
    TOLD_AT_ONCE,
    WATCHED_FOR,
    WATCHED_INTERVAL,
)
from .errors import update_failed
from .known_services import KnownServices
from .moved import async_note_location
from .order_book import OrderBook
from .order_slots import assign_slots
from .tracked_order import OrderChange, TrackedOrder

type PanelConfigEntry = ConfigEntry[PanelData]
type Reports = dict[str, OrderReport | ItemError]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelData:
    """What an account holds while its config entry is loaded."""

    client: PanelClient
    rate_limiter: RateLimiter
    catalog: ServiceCatalog
    known_services: KnownServices
    book: OrderBook
    balance: BalanceCoordinator
    orders: OrdersCoordinator
    writes: set[asyncio.Task[Any]] = field(default_factory=set)
    """Writes under way, which an unload waits for."""

    placing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an order is held against the limits and until its intent is on disk."""

    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while refills or a cancel are asked for."""


class PanelCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator that reads from the panel."""

    config_entry: PanelConfigEntry
    subject: ClassVar[str]
    """What the log calls the data."""

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry, client: PanelClient) -> None:
        """Prepare the coordinator; it does not poll until an interval is set."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} {self.subject}",
        )
        self.client = client

    @abstractmethod
    async def _async_fetch(self) -> DataT:
        """Read from the panel. Raises PanelError."""

    @override
    async def _async_update_data(self) -> DataT:
        try:
            data = await self._async_fetch()
        except PanelError as err:
            async_note_location(self.hass, self.config_entry, err)
            raise update_failed(err, self.update_interval) from err
        async_note_location(self.hass, self.config_entry, None)
        return data


class BalanceCoordinator(PanelCoordinator[Balance]):
    """Polls the balance."""

    subject = "balance"

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PanelConfigEntry,
        client: PanelClient,
        book: OrderBook,
    ) -> None:
        """Poll at a fixed interval, and tell of other balances only."""
        super().__init__(hass, entry, client)
        self.book = book
        self.update_interval = BALANCE_INTERVAL
        self.always_update = False
        self._read_at = dt_util.utcnow()

    async def async_read(self) -> Balance:
        """Read the balance now and publish it. Raises PanelError."""
        balance = await self._async_fetch()
        self.async_set_updated_data(balance)
        return balance

    def expected(self) -> Decimal:
        """Return the last balance less what was charged since it was read."""
        return self.data.amount - self.book.charged_since(self._read_at)

    @override
    async def _async_fetch(self) -> Balance:
        # Before the request: what is charged meanwhile may not be in the answer.
        read_at = dt_util.utcnow()
        balance = await self.client.balance()
        self._read_at = read_at
        self.book.note_balance(balance.amount, read_at)
        return balance


class OrdersCoordinator(PanelCoordinator[None]):
    """Polls the open orders and tells the entities of those that changed.

    The orders are in the order book, not in `data`. A listener's context is the number
    of its slot: it is called when that slot shows something new. A listener without
    context is called when any order changed.
    """

    subject = "orders"

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PanelConfigEntry,
        client: PanelClient,
        book: OrderBook,
    ) -> None:
        """Follow the orders of a loaded order book."""
        super().__init__(hass, entry, client)
        self.book = book
        self.tell: Callable[[OrderChange], None] | None = None
        """Called with what was learnt of an order once its entities show it.

        What is learnt before it is set waits for it.
        """
        self.slot_limit = int(entry.options.get(CONF_ORDER_SLOTS, DEFAULT_ORDER_SLOTS))
        self._keep = timedelta(days=entry.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS))
        # Somebody who ordered just before a restart is still watching.
        self._last_write = max(
            (order.added_at for order in book.orders.values() if order.is_own), default=None
        )
        self._last_answers = LastAnswers[Reports]()
        self._telling: asyncio.Task[None] | None = None
        self._changed: set[str] = set()
        self._published_success = True
        self._assign_slots()
        self._set_interval()

    def in_slot(self, slot: int) -> TrackedOrder | None:
        """Return the order that a slot shows.

        None as well while a forgotten order has not been published yet.
        """
        key = self.book.slots.get(slot)
        return None if key is None else self.book.orders.get(key)

    @override
    async def _async_fetch(self) -> None:
        now = dt_util.utcnow()
        orders = self.book.open_orders.values()
        open_orders = [order.order for order in orders if order.order is not None]
        refills = [
            refill
            for order in self.book.followed.values()
            for refill in order.followed_refills(now)
        ]
        try:
            if open_orders:
                await self.client.follow(open_orders, self._take_in, self._last_answers)
            if refills:
                self._changed |= self.book.apply_refills(await self._async_refills(refills))
        except PanelError:
            # What the answer before this one told holds all the same.
            self.async_publish(())
            raise
        finally:
            self._set_interval()

    def _take_in(self, reports: Reports) -> None:
        self._changed |= self.book.apply(reports, dt_util.utcnow())

    async def _async_refills(
        self, refills: Iterable[str]
    ) -> Mapping[str, RefillStatus | ItemError]:
        """Ask about refills; a panel that has no such action spoils no order's status."""
        try:
            return await self.client.refill_status(refills)
        except PanelAuthError, PanelRateLimitError, PanelRedirectError:
            raise
        except PanelRejectedError as err:
            return dict.fromkeys(refills, ItemError(message=err.message, kind=err.kind))
        except PanelResponseError as err:
            # Pages and empty answers: not every panel says that it knows no such action.
            return dict.fromkeys(refills, ItemError(message=str(err), kind=ErrorKind.OTHER))

    @callback
    def async_prune(self, now: datetime) -> None:
        """Forget the orders whose keeping time is over."""
        self.async_publish(self.book.prune(now, self._keep))

    @callback
    def async_written(self, keys: Iterable[str]) -> None:
        """Publish orders that an action changed, and poll like for somebody watching."""
        self._last_write = dt_util.utcnow()
        self.async_publish(keys)
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} refresh after a write"
        )

    @callback
    def async_publish(self, keys: Iterable[str]) -> None:
        """Tell the entities of changed, new or forgotten orders."""
        self._changed.update(keys)
        self.async_update_listeners()

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Call the listeners that a change concerns, then tell what was learnt."""
        self._update_listeners()
        if self.tell is not None and self._telling is None and self._tell_some(self.tell):
            self._telling = self.config_entry.async_create_task(
                self.hass, self._async_tell_on(self.tell), f"{self.name} activity"
            )

    def _tell_some(self, tell: Callable[[OrderChange], None]) -> bool:
        """Tell some of what was learnt; return whether there may be more."""
        changes = self.book.take_changes(TOLD_AT_ONCE)
        for change in changes:
            self._async_call(partial(tell, change))
        return len(changes) == TOLD_AT_ONCE

    async def async_told(self) -> None:
        """Wait until what was learnt is told: its entity is there to tell it."""
        if self._telling is not None:
            await asyncio.wait([self._telling])

    async def _async_tell_on(self, tell: Callable[[OrderChange], None]) -> None:
        """Tell the rest little by little, as it can be of thousands of orders."""
        try:
            is_more = True
            while is_more:
                await asyncio.sleep(0)
                is_more = self._tell_some(tell)
        finally:
            self._telling = None

    def _update_listeners(self) -> None:
        """Call the listeners that a change concerns; all when the panel comes or goes."""
        changed, self._changed = self._changed, set()
        slots = self._assign_slots() | {
            slot for slot, key in self.book.slots.items() if key in changed
        }
        if self.last_update_success is not self._published_success:
            self._published_success = self.last_update_success
            super().async_update_listeners()
            return
        if not changed and not slots:
            return
        for update_callback, context in list(self._listeners.values()):
            if context is None or context in slots:
                self._async_call(update_callback)

    def _async_call(self, update_callback: CALLBACK_TYPE) -> None:
        try:
            update_callback()
        except Exception:  # noqa: BLE001 - as the base class does: one entity's defect must not stop the others
            LOGGER.exception("Unexpected error updating a listener of %s", self.name)

    async def async_track(self, orders: Iterable[str]) -> dict[str, TrackedOrder | ItemError]:
        """Track orders by the panel's ids, those that the panel knows.

        Raises PanelError, and OrderBookWriteError if they hold until the restart only.
        """
        asked = list(dict.fromkeys(orders))
        tracked: dict[str, TrackedOrder | ItemError] = {
            order: known for order in asked if (known := self.book.find(order)) is not None
        }
        now = dt_util.utcnow()
        unknown = [order for order in asked if order not in tracked]
        new = []
        for order, report in (await self.client.status(unknown)).items():
            if isinstance(report, ItemError):
                tracked[order] = report
            elif (known := self.book.find(order)) is not None:
                # Placed or tracked meanwhile, with more known of it than its report says.
                tracked[order] = known
            else:
                tracked[order] = added = TrackedOrder.tracked(order, report, now)
                new.append(added)
        try:
            await self.book.async_put(new)
        finally:
            self.async_written(order.key for order in new)
        return tracked

    async def async_untrack(self, keys: Collection[str]) -> None:
        """Forget orders by their keys; the panel goes on with them.

        Raises OrderBookWriteError if they will be back after the restart.
        """
        try:
            await self.book.async_forget(keys)
        finally:
            self.async_publish(keys)

    @callback
    def _assign_slots(self) -> frozenset[int]:
        return self.book.assign_slots(
            lambda last, orders: assign_slots(last, orders, self.slot_limit)
        )

    def _set_interval(self) -> None:
        youngest = self.book.youngest_open
        asked = [*self.book.followed.values(), *([] if youngest is None else [youngest])]
        self.update_interval = next_interval(asked, dt_util.utcnow(), self._last_write)


def next_interval(
    orders: Iterable[TrackedOrder], now: datetime, last_write: datetime | None
) -> timedelta | None:
    """Return when to ask for orders again that are open or have refills; None without any."""
    youngest = max(
        (
            order.refills[-1].asked_at if order.refills else order.added_at
            for order in orders
            if order.is_open or order.followed_refills(now)
        ),
        default=None,
    )
    if youngest is None:
        return None
    if last_write is not None and now - last_write < WATCHED_FOR:
        return WATCHED_INTERVAL
    return SLOW_INTERVAL if now - youngest > SLOW_AFTER else OPEN_INTERVAL
