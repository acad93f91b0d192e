"""Events of what happens to the orders of an account: on the bus and for the event entity."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.start import async_at_started
from homeassistant.util.signal_type import SignalType

from ..api import OrderStatus, RefillStatus
from ..const import DOMAIN, EVENTS_IN_A_ROW, LOGGER
from ..coordinator import PanelConfigEntry
from ..money import money_text
from ..orders import OrderChange, Placement, TrackedOrder

EVENT_ORDER_ACTIVITY: Final = f"{DOMAIN}_order_activity"

ATTR_ACTIVITY: Final = "activity"
ATTR_NEW_STATUS: Final = "new_status"
ATTR_OLD_STATUS: Final = "old_status"


class Activity(StrEnum):
    """What happened."""

    PLACED = "placed"
    UNCONFIRMED = "unconfirmed"
    NOT_PLACED = "not_placed"
    """An unconfirmed order turned out not to be at the panel."""

    STATUS_CHANGED = "status_changed"
    REFILL_REQUESTED = "refill_requested"
    REFILL_COMPLETED = "refill_completed"
    REFILL_REJECTED = "refill_rejected"
    REFILL_CANCELED = "refill_canceled"
    REFILL_FAILED = "refill_failed"
    CANCEL_REQUESTED = "cancel_requested"


REFILL_FINISHED: Final = {
    RefillStatus.COMPLETED: Activity.REFILL_COMPLETED,
    RefillStatus.REJECTED: Activity.REFILL_REJECTED,
    RefillStatus.CANCELED: Activity.REFILL_CANCELED,
    RefillStatus.FAILED: Activity.REFILL_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """What happened, with the old and the new status of the order or of its refill."""

    activity: Activity
    old_status: str | None = None
    new_status: str | None = None


def activity_signal(entry_id: str) -> SignalType[Activity, dict[str, Any], Context]:
    """Return the dispatcher signal of an account's order activity, for its event entity."""
    return SignalType(f"{EVENT_ORDER_ACTIVITY}_{entry_id}")


@callback
def async_fire_activity(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    activity: Activity,
    order: TrackedOrder,
    context: Context,
) -> None:
    """Fire the event of something that happened to an order, in the context that caused it."""
    with _logged_errors():
        _async_fire(hass, entry, OrderEvent(activity=activity), order, context)


@callback
def _async_fire(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    event: OrderEvent,
    order: TrackedOrder,
    context: Context,
) -> None:
    reported = None if order.report is None else order.report.currency
    facts = {
        "order": order.panel_id,
        "service": order.service,
        ATTR_NAME: order.name,
        "link": order.link,
        ATTR_OLD_STATUS: event.old_status,
        ATTR_NEW_STATUS: event.new_status,
        "charge": money_text(order.charge),
        "currency": order.currency or reported,
        "placed_by": None if order.initiator is None else order.initiator.as_answer(),
    }
    async_dispatcher_send(hass, activity_signal(entry.entry_id), event.activity, facts, context)
    hass.bus.async_fire(
        EVENT_ORDER_ACTIVITY,
        {
            ATTR_ACTIVITY: event.activity.value,
            **account_data(hass, entry),
            "quantity": order.quantity,
            "estimate": money_text(order.estimate),
            **facts,
        },
        context=context,
    )


class ChangeNotifier:
    """Fires the events of changed orders after the entities were updated."""

    def __init__(self, hass: HomeAssistant, entry: PanelConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._order_book = entry.runtime_data.order_book
        self._tasks = entry.runtime_data.running_notifications
        self._is_firing = False

    @callback
    def async_notify(self) -> None:
        """Fire some events now and the rest in a task: thousands of orders may have changed."""
        if not self._is_firing and self._fire_some():
            self._is_firing = True
            task = self._entry.async_create_task(
                self._hass, self._async_fire_rest(), f"{self._entry.title} order activity"
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _async_fire_rest(self) -> None:
        try:
            is_more = True
            while is_more:
                await asyncio.sleep(0)
                is_more = self._fire_some()
        finally:
            # Not in a done callback of the task: an order may change before that runs.
            self._is_firing = False

    def _fire_some(self) -> bool:
        """Fire the events of some changes; return whether there may be more."""
        changes = self._order_book.take_changes(EVENTS_IN_A_ROW)
        for change in changes:
            async_fire_change(self._hass, self._entry, change)
        return len(changes) == EVENTS_IN_A_ROW


@callback
def async_watch_orders(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Fire the events of changed orders, but not before Home Assistant runs the automations."""
    notifier = ChangeNotifier(hass, entry)
    orders = entry.runtime_data.orders_coordinator

    @callback
    def begin(_: HomeAssistant) -> None:
        entry.async_on_unload(orders.async_set_after_update(notifier.async_notify))
        notifier.async_notify()

    entry.async_on_unload(async_at_started(hass, begin))


@callback
def async_fire_change(hass: HomeAssistant, entry: PanelConfigEntry, change: OrderChange) -> None:
    """Fire the events of a change, with the context of whoever placed the order."""
    with _logged_errors():
        context = context_of(change.new)
        for event in _events(change):
            _async_fire(hass, entry, event, change.new, context)


@contextmanager
def _logged_errors() -> Iterator[None]:
    """Log an error: an event that cannot be fired must not fail an operation or other events."""
    try:
        yield
    except Exception:  # noqa: BLE001 - a defect here must not look like a failed order
        LOGGER.exception("Unexpected error firing the activity of an order")


def context_of(order: TrackedOrder) -> Context:
    """Return the context of whoever placed an order; a new one if that is unknown."""
    return Context() if order.initiator is None else order.initiator.as_context()


def _events(change: OrderChange) -> Iterator[OrderEvent]:
    old, new = change.old, change.new
    if old.placement is Placement.INTENDED and new.placement is Placement.UNCONFIRMED:
        yield OrderEvent(activity=Activity.UNCONFIRMED)
    # A new order is pending: the first report that says so is no event.
    if new.status is not (old.status or OrderStatus.PENDING) and new.status is not None:
        yield OrderEvent(
            activity=Activity.STATUS_CHANGED, old_status=old.status, new_status=new.status
        )
    # Refills are only appended, and a report appends none.
    for before, after in zip(old.refills, new.refills, strict=False):
        if after.status is not before.status and after.status in REFILL_FINISHED:
            yield OrderEvent(
                activity=REFILL_FINISHED[after.status],
                old_status=before.status,
                new_status=after.status,
            )


def account_data(hass: HomeAssistant, entry: PanelConfigEntry) -> dict[str, Any]:
    """Return the data of an event that identifies its account."""
    return {
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        ATTR_DEVICE_ID: dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
        "account": entry.title,
    }
