"""Tracking orders that were placed elsewhere, and forgetting orders."""

from collections.abc import Collection, Iterable

from homeassistant.util import dt as dt_util

from ..api import ItemError
from ..coordinator import PanelConfigEntry
from ..orders import TrackedOrder


async def async_track(
    entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, TrackedOrder | ItemError]:
    """Track orders by the panel's ids; an id that the panel does not know is an `ItemError`.

    Raises PanelError, and OrderBookSaveError if they are tracked until the restart only.
    """
    data = entry.runtime_data
    requested = list(dict.fromkeys(orders))
    tracked: dict[str, TrackedOrder | ItemError] = {
        order: known for order in requested if (known := data.order_book.find(order)) is not None
    }
    now = dt_util.utcnow()
    unknown = [order for order in requested if order not in tracked]
    new = []
    for order, report in (await data.client.status(unknown)).items():
        if isinstance(report, ItemError):
            tracked[order] = report
        elif (known := data.order_book.find(order)) is not None:
            # Placed or tracked meanwhile, with more known of it than its report says.
            tracked[order] = known
        else:
            tracked[order] = added = TrackedOrder.tracked(order, report, now)
            new.append(added)
    try:
        await data.order_book.async_put(new)
    finally:
        data.orders_coordinator.async_operation_done(order.local_id for order in new)
    return tracked


async def async_untrack(entry: PanelConfigEntry, keys: Collection[str]) -> None:
    """Forget orders by their keys; at the panel they go on.

    Raises OrderBookSaveError if they are tracked again after the restart.
    """
    data = entry.runtime_data
    try:
        await data.order_book.async_forget(keys)
    finally:
        data.orders_coordinator.async_publish(keys)
