"""The base of the flows that fix an issue of an account."""

from typing import Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID

from ..coordinator import PanelConfigEntry

# Not translated: a dash is the same in every language.
NOT_KNOWN: Final = "–"  # noqa: RUF001 - an en dash is intended


class AccountFlow(RepairsFlow):
    """A flow for an issue of an account."""

    @property
    def entry(self) -> PanelConfigEntry | None:
        """The account; None while it is not loaded."""
        entry_id = str((self.data or {}).get(ATTR_CONFIG_ENTRY_ID))
        entry: PanelConfigEntry | None = self.hass.config_entries.async_get_entry(entry_id)
        loaded = entry is not None and entry.state is ConfigEntryState.LOADED
        return entry if loaded else None
