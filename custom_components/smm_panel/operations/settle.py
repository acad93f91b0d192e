"""Settling an unconfirmed order with what the user found out at the panel."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..activity import Activity, async_fire_activity, async_fire_change, context_of
from ..api import ItemError, ListedOrder, PanelError
from ..coordinator import PanelConfigEntry, PanelRuntimeData
from ..links import canonical_target
from ..orders import OrderBook, OrderChange, Placement, TrackedOrder
from .execution import async_publish_outcome


class NotSettledError(Exception):
    """An order could not be settled: the key of the text that says why, and the panel's reason."""

    def __init__(self, key: str, reason: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.reason = reason


async def async_find_matches(entry: PanelConfigEntry, order: TrackedOrder) -> list[str]:
    """Return the ids of listed orders that could be this one and are not another of ours.

    Empty for the many panels that list no orders, and for a panel that does not answer.
    """
    data = entry.runtime_data
    try:
        listed = await data.client.orders()
    except PanelError:
        return []
    return [
        row.order
        for row in listed
        if _is_like(row, order) and not _is_claimed(data.order_book, row.order)
    ]


async def async_settle_as_placed(
    hass: HomeAssistant, entry: PanelConfigEntry, key: str, order_id: str
) -> None:
    """Give an unconfirmed order its id, if the panel knows it and no other order has it.

    Raises NotSettledError, and OrderBookSaveError if it is lost with the next restart.
    """
    data = entry.runtime_data
    if not order_id:
        raise NotSettledError("no_id")
    try:
        report = (await data.client.status([order_id]))[order_id]
    except PanelError as err:
        raise NotSettledError("not_checked", str(err)) from err
    if isinstance(report, ItemError):
        raise NotSettledError("order_unknown", report.message)
    if not data.is_in_use:
        # The next load has another order book; it has the order as unconfirmed, too.
        raise NotSettledError("reloaded")
    if _is_claimed(data.order_book, order_id):
        raise NotSettledError("order_taken")
    unconfirmed = _unconfirmed(data.order_book, key)
    order = replace(unconfirmed, panel_id=order_id, placement=Placement.PLACED, evidence=None)
    order = order.reported(report, dt_util.utcnow())
    try:
        await data.order_book.async_put([order])
    finally:
        _publish(hass, entry, data, Activity.PLACED, order)
        async_fire_change(hass, entry, OrderChange(old=unconfirmed, new=order))


async def async_settle_as_not_placed(
    hass: HomeAssistant, entry: PanelConfigEntry, key: str
) -> None:
    """Remove an unconfirmed order, which cost nothing.

    Raises NotSettledError, and OrderBookSaveError if it comes back with the next restart.
    """
    data = entry.runtime_data
    order = _unconfirmed(data.order_book, key)
    try:
        await data.order_book.async_withdraw(key)
    finally:
        _publish(hass, entry, data, Activity.NOT_PLACED, order)


def _publish(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    data: PanelRuntimeData,
    activity: Activity,
    order: TrackedOrder,
) -> None:
    """Publish a settled order, with the context of whoever placed it."""
    async_publish_outcome(hass, entry, data, [order.local_id])
    async_fire_activity(hass, entry, activity, order, context_of(order))


def _unconfirmed(book: OrderBook, key: str) -> TrackedOrder:
    """Return an unconfirmed order.

    Raises NotSettledError, for instance if another dialog has settled it.
    """
    order = book.orders.get(key)
    if order is None or order.placement is not Placement.UNCONFIRMED:
        raise NotSettledError("settled_meanwhile")
    return order


def _is_claimed(book: OrderBook, order_id: str) -> bool:
    """Return whether an id belongs to an order that was sent from here."""
    known = book.find(order_id)
    return known is not None and known.is_own


def _is_like(row: ListedOrder, order: TrackedOrder) -> bool:
    """Return whether a listed order could be this one."""
    return (
        canonical_target(row.link, None) == canonical_target(order.link or order.username, None)
        and row.service in {None, order.service}
        and row.quantity in {None, order.quantity}
    )
