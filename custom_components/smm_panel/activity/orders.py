"""What happens to the orders of an account: told on the bus and to its event entity."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.start import async_at_started
from homeassistant.util.signal_type import SignalType

from ..api import OrderStatus, RefillStatus
from ..const import DOMAIN
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
class News:
    """What happened, and the old and new status of what it happened to: an order or its refill."""

    activity: Activity
    old_status: str | None = None
    new_status: str | None = None


def activity_signal(entry_id: str) -> SignalType[Activity, dict[str, Any], Context]:
    """Return the signal that tells the event entity of an account what happened."""
    return SignalType(f"{EVENT_ORDER_ACTIVITY}_{entry_id}")


@callback
def async_fire_activity(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    activity: Activity,
    order: TrackedOrder,
    context: Context,
) -> None:
    """Tell that something happened to an order, in the context of who is behind it."""
    _async_fire(hass, entry, News(activity=activity), order, context)


@callback
def _async_fire(
    hass: HomeAssistant, entry: PanelConfigEntry, news: News, order: TrackedOrder, context: Context
) -> None:
    reported = None if order.report is None else order.report.currency
    facts = {
        "order": order.order,
        "service": order.service,
        ATTR_NAME: order.name,
        "link": order.link,
        ATTR_OLD_STATUS: news.old_status,
        ATTR_NEW_STATUS: news.new_status,
        "charge": money_text(order.charge),
        "currency": order.currency or reported,
        "placed_by": None if order.origin is None else order.origin.as_answer(),
    }
    async_dispatcher_send(hass, activity_signal(entry.entry_id), news.activity, facts, context)
    hass.bus.async_fire(
        EVENT_ORDER_ACTIVITY,
        {
            ATTR_ACTIVITY: news.activity.value,
            **account_data(hass, entry),
            "quantity": order.quantity,
            "estimate": money_text(order.estimate),
            **facts,
        },
        context=context,
    )


@callback
def async_tell_changes(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Tell what is learnt of orders, once Home Assistant runs the automations that wait for it."""
    orders = entry.runtime_data.orders

    @callback
    def begin(_: HomeAssistant) -> None:
        orders.tell = partial(async_tell_change, hass, entry)
        orders.async_publish(())

    entry.async_on_unload(async_at_started(hass, begin))


@callback
def async_tell_change(hass: HomeAssistant, entry: PanelConfigEntry, change: OrderChange) -> None:
    """Tell what a change amounts to, in the context of who ordered."""
    context = context_of(change.new)
    for news in _news(change):
        _async_fire(hass, entry, news, change.new, context)


def context_of(order: TrackedOrder) -> Context:
    """Return the context of who ordered; a new one where nobody is known."""
    return Context() if order.origin is None else order.origin.as_context()


def _news(change: OrderChange) -> Iterator[News]:
    old, new = change.old, change.new
    if old.placement is Placement.INTENDED and new.placement is Placement.UNCONFIRMED:
        yield News(activity=Activity.UNCONFIRMED)
    # An order that was just placed is pending; that the panel says so is no news.
    if new.status is not (old.status or OrderStatus.PENDING) and new.status is not None:
        yield News(activity=Activity.STATUS_CHANGED, old_status=old.status, new_status=new.status)
    # Refills are only added, at the end; a report adds none.
    for before, after in zip(old.refills, new.refills, strict=False):
        if after.status is not before.status and after.status in REFILL_FINISHED:
            yield News(
                activity=REFILL_FINISHED[after.status],
                old_status=before.status,
                new_status=after.status,
            )


def account_data(hass: HomeAssistant, entry: PanelConfigEntry) -> dict[str, Any]:
    """Return what an event says of the account that it is about."""
    return {
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        ATTR_DEVICE_ID: dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
        "account": entry.title,
    }
