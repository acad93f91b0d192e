"""Settling an unconfirmed order by what the user has found out at the panel."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..activity import Activity, async_fire_activity, async_fire_change, context_of
from ..api import ItemError, ListedOrder, PanelError
from ..coordinator import PanelConfigEntry
from ..orders import OrderBook, OrderChange, Placement, TrackedOrder
from .execution import async_publish_outcome


class NotSettledError(Exception):
    """An order that could not be settled: the key of the text why, and the panel's reason."""

    def __init__(self, key: str, reason: str = "") -> None:
        """Keep what the form has to tell."""
        super().__init__(key)
        self.key = key
        self.reason = reason


async def async_find_matches(entry: PanelConfigEntry, order: TrackedOrder) -> list[str]:
    """Return the ids of orders like this one that the panel lists and nobody has claimed.

    Few panels list orders; of the others, and of those that do not answer, none is known.
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

    Raises NotSettledError, and OrderBookSaveError if it holds until the restart only.
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
    if _is_claimed(data.order_book, order_id):
        raise NotSettledError("order_taken")
    unconfirmed = _unconfirmed(data.order_book, key)
    order = replace(unconfirmed, panel_id=order_id, placement=Placement.PLACED, evidence=None)
    order = order.reported(report, dt_util.utcnow())
    try:
        await data.order_book.async_put([order])
    finally:
        _tell(hass, entry, Activity.PLACED, order)
        async_fire_change(hass, entry, OrderChange(old=unconfirmed, new=order))


async def async_settle_as_not_placed(
    hass: HomeAssistant, entry: PanelConfigEntry, key: str
) -> None:
    """Close an unconfirmed order: it cost nothing.

    Raises NotSettledError, and OrderBookSaveError if it will be back after the restart.
    """
    book = entry.runtime_data.order_book
    order = _unconfirmed(book, key)
    try:
        await book.async_withdraw(key)
    finally:
        _tell(hass, entry, Activity.NOT_PLACED, order)


def _tell(
    hass: HomeAssistant, entry: PanelConfigEntry, activity: Activity, order: TrackedOrder
) -> None:
    """Publish a settled order, in the context of who ordered it."""
    async_publish_outcome(hass, entry, [order.local_id])
    async_fire_activity(hass, entry, activity, order, context_of(order))


def _unconfirmed(book: OrderBook, key: str) -> TrackedOrder:
    """Return an order that is still unconfirmed: there may be two dialogs."""
    order = book.orders.get(key)
    if order is None or order.placement is not Placement.UNCONFIRMED:
        raise NotSettledError("settled_meanwhile")
    return order


def _is_claimed(book: OrderBook, order_id: str) -> bool:
    """Tell whether an id belongs to another order that was sent from here."""
    known = book.find(order_id)
    return known is not None and known.is_own


def _is_like(row: ListedOrder, order: TrackedOrder) -> bool:
    """Tell whether what a listing says of an order does not speak against it being this one."""
    return (
        row.link == (order.link or order.username)
        and row.service in {None, order.service}
        and row.quantity in {None, order.quantity}
    )
