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

    Raises PanelError, and OrderBookWriteError if they are tracked until the restart only.
    """
    data = entry.runtime_data
    requested = list(dict.fromkeys(orders))
    tracked: dict[str, TrackedOrder | ItemError] = {
        order: known for order in requested if (known := data.book.find(order)) is not None
    }
    now = dt_util.utcnow()
    unknown = [order for order in requested if order not in tracked]
    new = []
    for order, report in (await data.client.status(unknown)).items():
        if isinstance(report, ItemError):
            tracked[order] = report
        elif (known := data.book.find(order)) is not None:
            # Placed or tracked meanwhile, with more known of it than its report says.
            tracked[order] = known
        else:
            tracked[order] = added = TrackedOrder.tracked(order, report, now)
            new.append(added)
    try:
        await data.book.async_put(new)
    finally:
        data.orders.async_written(order.key for order in new)
    return tracked


async def async_untrack(entry: PanelConfigEntry, keys: Collection[str]) -> None:
    """Forget orders by their keys; at the panel they go on.

    Raises OrderBookWriteError if they are tracked again after the restart.
    """
    data = entry.runtime_data
    try:
        await data.book.async_forget(keys)
    finally:
        data.orders.async_publish(keys)
