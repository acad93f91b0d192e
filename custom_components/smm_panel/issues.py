"""The kinds and ids of an account's repair issues, and the issue of a panel that moved."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .api import PanelError, PanelRedirectError
from .const import DOMAIN

ATTR_KEY: Final = "key"
PANEL_MOVED: Final = "panel_moved"


class Issue(StrEnum):
    """The kinds of issues; the values are the keys of their texts."""

    UNCONFIRMED_ORDER = "unconfirmed_order"
    BOOK_DAMAGED = "book_damaged"
    PRESET_SERVICE_GONE = "preset_service_gone"
    PRESET_UNFIT = "preset_unfit"
    PRESET_TOO_EXPENSIVE = "preset_too_expensive"
    ORDERS_SERVICE_GONE = "orders_service_gone"
    ORDERS_LOST_OPTIONS = "orders_lost_options"
    PRICE_CHANGED = "price_changed"


@callback
def async_warn(
    hass: HomeAssistant,
    entry: ConfigEntry,
    about: str,
    issue: Issue,
    placeholders: Mapping[str, str],
) -> None:
    """Raise or update an issue that has no fix flow; its text may name the account."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, about),
        is_fixable=False,
        severity=IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders={"account": entry.title, **placeholders},
    )


def issue_id(entry: ConfigEntry, issue: str) -> str:
    """Return the id of an account's issue; `issue` is its kind or its subject."""
    return f"{entry.entry_id}_{issue}"


@callback
def async_update_moved(hass: HomeAssistant, entry: ConfigEntry, failure: PanelError | None) -> None:
    """Raise the issue of a moved panel after a redirect; withdraw it after an answer."""
    if isinstance(failure, PanelRedirectError):
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(entry, PANEL_MOVED),
            # The key must not be sent to an address from an answer: the user enters the new one.
            is_fixable=False,
            severity=IssueSeverity.ERROR,
            translation_key=PANEL_MOVED,
            translation_placeholders={"account": entry.title, "location": failure.location},
        )
    elif failure is None:
        async_withdraw_moved(hass, entry)


@callback
def async_withdraw_moved(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Withdraw the issue of a moved panel."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(entry, PANEL_MOVED))
