"""The issues of an account that only the user can settle, as Home Assistant's repairs."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .orders import TrackedOrder

ATTR_KEY = "key"


class Issue(StrEnum):
    """The kinds of issues, by the keys of their texts."""

    UNCONFIRMED_ORDER = "unconfirmed_order"
    BOOK_DAMAGED = "book_damaged"
    PRESET_SERVICE_GONE = "preset_service_gone"
    PRESET_UNFIT = "preset_unfit"
    PRESET_TOO_EXPENSIVE = "preset_too_expensive"
    ORDERS_SERVICE_GONE = "orders_service_gone"
    ORDERS_LOST_OPTIONS = "orders_lost_options"
    PRICE_CHANGED = "price_changed"


@callback
def async_raise_issues(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Keep an issue for each unconfirmed order, and one for a damaged order book."""
    book = entry.runtime_data.book
    raised: set[str] = set()

    @callback
    def update() -> None:
        unconfirmed = {order.key: order for order in book.unconfirmed}
        for key in raised - unconfirmed.keys():
            raised.discard(key)
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, key))
        for key in unconfirmed.keys() - raised:
            raised.add(key)
            _raise_unconfirmed(hass, entry, unconfirmed[key])

    @callback
    def withdraw() -> None:
        """Take the issues back: nothing can be settled while the account is not loaded."""
        for issue in (*raised, Issue.BOOK_DAMAGED):
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, issue))

    update()
    if book.damage is not None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(entry, Issue.BOOK_DAMAGED),
            data={ATTR_CONFIG_ENTRY_ID: entry.entry_id},
            is_fixable=True,
            severity=IssueSeverity.CRITICAL,
            translation_key=Issue.BOOK_DAMAGED,
            translation_placeholders={
                "account": entry.title,
                "file": Path(book.damage.file).name,
            },
        )
    entry.async_on_unload(entry.runtime_data.orders.async_add_listener(update))
    entry.async_on_unload(withdraw)


def _raise_unconfirmed(hass: HomeAssistant, entry: PanelConfigEntry, order: TrackedOrder) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, order.key),
        data={ATTR_CONFIG_ENTRY_ID: entry.entry_id, ATTR_KEY: order.key},
        is_fixable=True,
        severity=IssueSeverity.ERROR,
        translation_key=Issue.UNCONFIRMED_ORDER,
        translation_placeholders={"account": entry.title, "order": order.label},
    )


@callback
def async_warn(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    about: str,
    issue: Issue,
    placeholders: Mapping[str, str],
) -> None:
    """Raise an issue that goes by itself, or bring it up to date; its text may name the account."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, about),
        is_fixable=False,
        severity=IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders={"account": entry.title, **placeholders},
    )


def issue_id(entry: PanelConfigEntry, issue: str) -> str:
    """Return the id of an account's issue: its kind, or what it is about."""
    return f"{entry.entry_id}_{issue}"
