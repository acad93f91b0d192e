"""A panel that has moved: the issue that names its new address."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .api import PanelError, PanelRedirectError
from .const import DOMAIN

PANEL_MOVED: Final = "panel_moved"


@callback
def async_note_location(
    hass: HomeAssistant, entry: ConfigEntry, failure: PanelError | None
) -> None:
    """Raise the issue when a panel points elsewhere; take it back once it answers."""
    if isinstance(failure, PanelRedirectError):
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry),
            # The key must not go anywhere on the word of an answer: the user enters the address.
            is_fixable=False,
            severity=IssueSeverity.ERROR,
            translation_key=PANEL_MOVED,
            translation_placeholders={"account": entry.title, "location": failure.location},
        )
    elif failure is None:
        async_forget_location(hass, entry)


@callback
def async_forget_location(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the issue back."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


def _issue_id(entry: ConfigEntry) -> str:
    return f"{entry.entry_id}_{PANEL_MOVED}"
