"""How a write goes: its intent on disk before it is sent, and carried through whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..coordinator import PanelConfigEntry
from ..errors import failed
from ..orders import OrderBookSaveError, TrackedOrder


async def async_run[T](
    hass: HomeAssistant, entry: PanelConfigEntry, write: Coroutine[Any, Any, T]
) -> T:
    """Carry a write through even if the caller is cancelled, as restarted scripts are."""
    task = hass.async_create_task(write, f"{entry.title} write")
    writes = entry.runtime_data.running_operations
    writes.add(task)
    task.add_done_callback(writes.discard)
    return await asyncio.shield(task)


async def async_save_intent(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    intended: Iterable[TrackedOrder],
    undo: Callable[[], Awaitable[object]],
) -> None:
    """Write down what is about to be sent, or undo it and refuse to send it.

    Raises HomeAssistantError if the disk does not take it, if Home Assistant is stopping or
    the account is being unloaded: then whoever waited for a turn has waited in vain.
    """
    if entry.state is not ConfigEntryState.LOADED:
        raise failed("unloading")
    try:
        await entry.runtime_data.order_book.async_put(intended)
    except OrderBookSaveError as err:
        with suppress(OrderBookSaveError):
            await undo()
        raise failed("not_saved", reason=err.reason) from err
    if hass.is_stopping:
        # Asked after the save: the store may have put it off to the very end, after the send.
        with suppress(OrderBookSaveError):
            await undo()
        raise failed("stopping")


def async_publish_outcome(
    hass: HomeAssistant, entry: PanelConfigEntry, keys: Iterable[str]
) -> None:
    """Publish what was written and read the balance, which a write may have changed."""
    data = entry.runtime_data
    data.orders_coordinator.async_operation_done(keys)
    entry.async_create_background_task(
        hass, data.balance_coordinator.async_request_refresh(), f"{entry.title} balance after write"
    )
