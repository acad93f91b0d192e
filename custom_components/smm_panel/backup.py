"""The backup of the order books: Home Assistant copies their files one after the other."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .orders import BACKUP_UNDER_WAY, OrderBookSaveError


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Save the results of the last polls, and keep each snapshot that a journal continues."""
    hass.data[BACKUP_UNDER_WAY] = True
    entries: list[PanelConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            # A failed save is logged and must not prevent the backup.
            with suppress(OrderBookSaveError):
                # This also waits for a snapshot that is being written.
                await entry.runtime_data.order_book.async_save()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Allow snapshots to be replaced again."""
    hass.data.pop(BACKUP_UNDER_WAY, None)
