"""Tracking orders that were placed elsewhere, and forgetting orders."""

from collections.abc import Collection, Iterable

from homeassistant.util import dt as dt_util

from ..api import ItemError
from ..coordinator import PanelConfigEntry, loaded_data
from ..errors import failed
from ..orders import TrackedOrder


async def async_track(
    entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, TrackedOrder | ItemError]:
    """Track orders by the panel's ids; an id that the panel does not know is an `ItemError`.

    Raises PanelError, OrderBookSaveError if they are tracked until the next restart only, and
    HomeAssistantError if the account is not loaded, or was reloaded before the panel answered.
    """
    data = loaded_data(entry)
    requested = list(dict.fromkeys(orders))
    tracked: dict[str, TrackedOrder | ItemError] = {
        order: known for order in requested if (known := data.order_book.find(order)) is not None
    }
    now = dt_util.utcnow()
    unknown = [order for order in requested if order not in tracked]
    reports = await data.client.status(unknown)
    if not data.is_in_use:
        # The next load reads the files of this order book, which must not be saved again.
        raise failed("not_loaded", account=entry.title)
    new = []
    for order, report in reports.items():
        if isinstance(report, ItemError):
            tracked[order] = report
        elif (known := data.order_book.find(order)) is not None:
            # Placed or tracked meanwhile: the order book knows more than the report.
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
    """Forget orders by their keys; the panel continues them.

    Raises OrderBookSaveError if they are tracked again after the next restart, and
    HomeAssistantError if the account is not loaded.
    """
    data = loaded_data(entry)
    try:
        await data.order_book.async_forget(keys)
    finally:
        data.orders_coordinator.async_publish(keys)
