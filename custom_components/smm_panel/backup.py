"""A backup of Home Assistant: the files of the order books are copied one by one."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .orders import BACKUP_UNDER_WAY, OrderBookSaveError


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Write what the last polls brought, and keep snapshots as their journals need them."""
    hass.data[BACKUP_UNDER_WAY] = True
    entries: list[PanelConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            # What cannot be written is in the log, and no reason to have no backup.
            with suppress(OrderBookSaveError):
                # Waits for a snapshot that is being written, too.
                await entry.runtime_data.order_book.async_save()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go on as before."""
    hass.data.pop(BACKUP_UNDER_WAY, None)
