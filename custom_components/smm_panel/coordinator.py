"""Runtime data and coordinators of an account."""

from abc import abstractmethod
import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
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
    Service,
)
from .catalog import WatchedServices
from .const import (
    BALANCE_INTERVAL,
    CATALOG_FRESH,
    CATALOG_LIFETIME,
    CATALOG_RENEWAL,
    CONF_KEEP_DAYS,
    CONF_ORDER_SLOTS,
    DEFAULT_KEEP_DAYS,
    DEFAULT_ORDER_SLOTS,
    LOGGER,
)
from .errors import failed, update_failed
from .issues import async_update_moved
from .orders import OrderBook, TrackedOrder, assign_slots, next_interval

type PanelConfigEntry = ConfigEntry[PanelRuntimeData]
type Reports = dict[str, OrderReport | ItemError]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRuntimeData:
    """The runtime data of an account: they exist while its config entry is loaded."""

    client: PanelClient
    rate_limiter: RateLimiter
    order_book: OrderBook
    watched_services: WatchedServices
    catalog: CatalogCoordinator
    balance_coordinator: BalanceCoordinator
    orders_coordinator: OrdersCoordinator
    running_operations: set[asyncio.Task[Any]] = field(default_factory=set)
    """Operations whose outcome is not recorded yet. An unload waits for them."""

    running_notifications: set[asyncio.Task[Any]] = field(default_factory=set)
    """Tasks that still fire events of changed orders. An unload waits for them."""

    place_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Locked from the check of an order until its outcome is recorded."""

    request_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Locked while refills or cancels are requested."""

    @property
    def currency(self) -> str | None:
        """The currency of the account, as the panel spells it."""
        return self.balance_coordinator.data.currency

    @property
    def is_in_use(self) -> bool:
        """Whether the account is loaded with this data; false after an unload or a reload."""
        entry = self.orders_coordinator.config_entry
        return entry.state is ConfigEntryState.LOADED and entry.runtime_data is self

    @callback
    def async_close(self) -> None:
        """Ignore all answers from now on: they must not change what the last saves write."""
        for coordinator in (self.balance_coordinator, self.catalog, self.orders_coordinator):
            coordinator.async_close()


def loaded_data(entry: PanelConfigEntry) -> PanelRuntimeData:
    """Return the runtime data of an account.

    Raises HomeAssistantError `not_loaded`: Home Assistant deletes the data after an unload, and
    there is none while set-up is retried.
    """
    if entry.state is not ConfigEntryState.LOADED:
        raise failed("not_loaded", account=entry.title)
    return entry.runtime_data


class PanelCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator that reads from the panel."""

    config_entry: PanelConfigEntry
    subject: ClassVar[str]
    """The name of the data in the log."""

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry, client: PanelClient) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} {self.subject}",
        )
        self.client = client
        self._is_closed = False

    @callback
    def async_close(self) -> None:
        """Ignore the answers to requests that are still running.

        After an unload the next order book reads the files: this one must not change any more.
        """
        self._is_closed = True

    @abstractmethod
    async def _async_fetch(self) -> DataT:
        """Read from the panel. Raises PanelError."""

    @override
    async def _async_update_data(self) -> DataT:
        try:
            data = await self._async_fetch()
        except PanelError as err:
            async_update_moved(self.hass, self.config_entry, err)
            raise update_failed(err, self.update_interval) from err
        async_update_moved(self.hass, self.config_entry, None)
        return data


class BalanceCoordinator(PanelCoordinator[Balance]):
    """Polls the balance."""

    subject = "balance"

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PanelConfigEntry,
        client: PanelClient,
        order_book: OrderBook,
    ) -> None:
        super().__init__(hass, entry, client)
        self.order_book = order_book
        self.update_interval = BALANCE_INTERVAL
        self.always_update = False
        self._read_at = dt_util.utcnow()

    async def async_read(self) -> Balance:
        """Read the balance now and publish it. Raises PanelError."""
        balance = await self._async_fetch()
        if not self._is_closed:
            self.async_set_updated_data(balance)
        return balance

    def expected(self) -> Decimal:
        """Return the last balance minus the charges since it was read."""
        return self.data.amount - self.order_book.charged_since(self._read_at)

    @override
    async def _async_fetch(self) -> Balance:
        # Before the request: the answer may not contain what is charged meanwhile.
        read_at = dt_util.utcnow()
        balance = await self.client.balance()
        if not self._is_closed:
            self._read_at = read_at
            self.order_book.note_balance(balance.amount, read_at)
        return balance


class CatalogCoordinator(PanelCoordinator[Mapping[str, Service]]):
    """Reads the service list on demand; `activity.catalog` also reads it periodically.

    It has no interval of its own: each outage would be logged once more, beside the failed polls
    of the balance and the orders.
    """

    subject = "services"

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry, client: PanelClient) -> None:
        super().__init__(hass, entry, client)
        self.data = MappingProxyType({})
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    @property
    def cached(self) -> Mapping[str, Service] | None:
        """The services as last read; None before the first read."""
        return None if self._read_at is None else self.data

    async def async_read(self, max_age: timedelta = CATALOG_LIFETIME) -> Mapping[str, Service]:
        """Return the services by id, from a list no older than `max_age`. Raises PanelError."""
        # With the lock, automations that start together share one request.
        async with self._lock:
            now = dt_util.utcnow()
            age = None if self._read_at is None else now - self._read_at
            # A negative age means that the clock was set back: the real age is unknown.
            if age is None or not timedelta() <= age <= max_age:
                try:
                    services = await self._async_fetch()
                except PanelError as err:
                    if not self._is_closed:
                        self.last_update_success, self.last_exception = False, err
                        self.async_update_listeners()
                    raise
                if self._is_closed:
                    return services
                self._read_at = now
                self.async_set_updated_data(services)
            return self.data

    async def async_service(self, service: str) -> Service | None:
        """Return a service from a list of this hour, None if it is not there. Raises PanelError.

        A service that is missing is looked up once more in a newer list.
        """
        services = await self.async_read(CATALOG_FRESH)
        if service not in services:
            services = await self.async_read(CATALOG_RENEWAL)
        return services.get(service)

    @override
    async def _async_fetch(self) -> Mapping[str, Service]:
        services = await self.client.services()
        return MappingProxyType({item.id: item for item in services})


class OrdersCoordinator(PanelCoordinator[None]):
    """Polls the open orders and updates the entities of those that changed.

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
        order_book: OrderBook,
    ) -> None:
        super().__init__(hass, entry, client)
        self.order_book = order_book
        self.slot_limit = int(entry.options.get(CONF_ORDER_SLOTS, DEFAULT_ORDER_SLOTS))
        self._keep = timedelta(days=entry.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS))
        # After a restart, orders placed shortly before it are still polled at the short interval.
        self._last_operation = max(
            (order.added_at for order in order_book.orders.values() if order.is_own), default=None
        )
        self._last_answers = LastAnswers[Reports]()
        self._order_listeners: dict[object, tuple[CALLBACK_TYPE, object]] = {}
        self._after_update: CALLBACK_TYPE | None = None
        self._changed: set[str] = set()
        self._published_success = True
        self._assign_slots()
        self._set_interval()

    def order_in_slot(self, slot: int) -> TrackedOrder | None:
        """Return the order that a slot shows.

        Also None between forgetting an order and publishing that.
        """
        key = self.order_book.slots.get(slot)
        return None if key is None else self.order_book.orders.get(key)

    @override
    async def _async_fetch(self) -> None:
        now = dt_util.utcnow()
        orders = self.order_book.open_orders.values()
        open_orders = [order.panel_id for order in orders if order.panel_id is not None]
        refills = [
            refill
            for order in self.order_book.with_open_refills.values()
            for refill in order.polled_refills(now)
        ]
        try:
            if open_orders:
                await self.client.follow(open_orders, self._apply_reports, self._last_answers)
            if refills:
                self._apply_refills(await self._async_refills(refills))
        except PanelError:
            # The answers received before the error are valid.
            self.async_publish(())
            raise
        finally:
            self._set_interval()

    def _apply_reports(self, reports: Reports) -> None:
        if not self._is_closed:
            self._changed |= self.order_book.apply(reports, dt_util.utcnow())

    def _apply_refills(self, statuses: Mapping[str, RefillStatus | ItemError]) -> None:
        if not self._is_closed:
            self._changed |= self.order_book.apply_refills(statuses)

    async def _async_refills(
        self, refills: Iterable[str]
    ) -> Mapping[str, RefillStatus | ItemError]:
        """Read refill statuses; a panel without that action does not fail the whole poll."""
        try:
            return await self.client.refill_status(refills)
        except PanelAuthError, PanelRateLimitError, PanelRedirectError:
            raise
        except PanelRejectedError as err:
            return dict.fromkeys(refills, ItemError(message=err.message, kind=err.kind))
        except PanelResponseError as err:
            # Some panels answer an unknown action with a page or an empty body.
            return dict.fromkeys(refills, ItemError(message=str(err), kind=ErrorKind.OTHER))

    @callback
    def async_prune(self, now: datetime) -> None:
        """Forget the orders that have been final for longer than the option says."""
        if not self._is_closed:
            self.async_publish(self.order_book.prune(now, self._keep))

    @callback
    def async_operation_done(self, keys: Iterable[str]) -> None:
        """Publish orders that an operation changed, and poll at the short interval for a while."""
        self._last_operation = dt_util.utcnow()
        self.async_publish(keys)
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} refresh after an operation"
        )

    @callback
    def async_publish(self, keys: Iterable[str]) -> None:
        """Update the entities that show changed, new or forgotten orders."""
        self._changed.update(keys)
        self.async_update_listeners()

    @override
    @callback
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: object = None
    ) -> CALLBACK_TYPE:
        """Call a listener when an order changes; with a slot as context, only for that slot."""
        remove_listener = super().async_add_listener(update_callback, context)
        listener = object()
        self._order_listeners[listener] = (update_callback, context)

        @callback
        def remove() -> None:
            del self._order_listeners[listener]
            remove_listener()

        return remove

    @callback
    def async_set_after_update(self, after_update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a function after each update of the listeners; return a function to stop that."""
        self._after_update = after_update

        @callback
        def remove() -> None:
            self._after_update = None

        return remove

    @override
    @callback
    def async_update_listeners(self) -> None:
        """Call the listeners that a change concerns; all if the panel became (un)reachable."""
        if self._is_closed:
            # Assigning slots would change the order book.
            return
        changed, self._changed = self._changed, set()
        slots = self._assign_slots() | {
            slot for slot, key in self.order_book.slots.items() if key in changed
        }
        if self.last_update_success is not self._published_success:
            self._published_success = self.last_update_success
            super().async_update_listeners()
        elif changed or slots:
            for update_callback, context in list(self._order_listeners.values()):
                if context is None or context in slots:
                    self._async_call(update_callback)
        if self._after_update is not None:
            self._async_call(self._after_update)

    def _async_call(self, update_callback: CALLBACK_TYPE) -> None:
        try:
            update_callback()
        except Exception:  # noqa: BLE001 - as in the base class: a defect of one listener must not stop the others
            LOGGER.exception("Unexpected error updating a listener of %s", self.name)

    @callback
    def _assign_slots(self) -> frozenset[int]:
        return self.order_book.assign_slots(
            lambda last, orders: assign_slots(last, orders, self.slot_limit)
        )

    def _set_interval(self) -> None:
        youngest = self.order_book.youngest_open
        polled = [
            *self.order_book.with_open_refills.values(),
            *([] if youngest is None else [youngest]),
        ]
        self.update_interval = next_interval(polled, dt_util.utcnow(), self._last_operation)
