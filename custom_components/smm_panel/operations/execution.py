"""How an operation runs: its intent is saved before it is sent, and it always runs to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from homeassistant.core import HomeAssistant

from ..coordinator import PanelConfigEntry, PanelRuntimeData
from ..errors import failed
from ..orders import OrderBookSaveError, TrackedOrder


async def async_run[T](
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    data: PanelRuntimeData,
    operation: Callable[[], Coroutine[Any, Any, T]],
) -> T:
    """Run an operation to its end even if the caller is cancelled, as restarted scripts are.

    Raises HomeAssistantError `unloading` if the account is no longer loaded with this data.
    """
    if not data.is_in_use:
        raise failed("unloading")
    task = hass.async_create_task(operation(), f"{entry.title} operation")
    data.running_operations.add(task)
    task.add_done_callback(data.running_operations.discard)
    return await asyncio.shield(task)


async def async_save_intent(
    hass: HomeAssistant,
    data: PanelRuntimeData,
    intended: Iterable[TrackedOrder],
    undo: Callable[[], Awaitable[object]],
) -> None:
    """Save what is about to be sent; undo it if it must not be sent.

    Raises HomeAssistantError if it cannot be saved, if Home Assistant is stopping, or if the
    account is being unloaded or was reloaded: an operation may have waited for a long time.
    """
    if not data.is_in_use:
        raise failed("unloading")
    try:
        await data.order_book.async_put(intended)
    except OrderBookSaveError as err:
        with suppress(OrderBookSaveError):
            await undo()
        raise failed("not_saved", reason=err.reason) from err
    if hass.is_stopping:
        # Checked after the save: the store may have postponed it to the very end, after the send.
        with suppress(OrderBookSaveError):
            await undo()
        raise failed("stopping")


def async_publish_outcome(
    hass: HomeAssistant, entry: PanelConfigEntry, data: PanelRuntimeData, keys: Iterable[str]
) -> None:
    """Publish the orders of an operation and read the balance, which it may have changed."""
    data.orders_coordinator.async_operation_done(keys)
    entry.async_create_background_task(
        hass,
        data.balance_coordinator.async_request_refresh(),
        f"{entry.title} balance after an operation",
    )
