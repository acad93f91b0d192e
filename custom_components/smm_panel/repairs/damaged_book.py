"""The issue of a damaged order book, and the flow that accepts the loss."""

from pathlib import Path

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import PanelConfigEntry
from ..issues import Issue, issue_id
from ..orders import OrderBookSaveError
from .base import NOT_KNOWN, AccountFlow


@callback
def async_raise_damaged_book(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Raise an issue if part of the order book was lost."""
    damage = entry.runtime_data.order_book.damage
    if damage is None:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, Issue.BOOK_DAMAGED),
        data={ATTR_CONFIG_ENTRY_ID: entry.entry_id},
        is_fixable=True,
        severity=IssueSeverity.CRITICAL,
        translation_key=Issue.BOOK_DAMAGED,
        translation_placeholders={"account": entry.title, "file": Path(damage.file).name},
    )

    @callback
    def withdraw() -> None:
        """Withdraw the issue: it cannot be fixed while the account is not loaded."""
        ir.async_delete_issue(hass, DOMAIN, issue_id(entry, Issue.BOOK_DAMAGED))

    entry.async_on_unload(withdraw)


class BookDamagedFlow(AccountFlow):
    """Lets the user accept that part of the order book is lost: orders can then be placed again."""

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - Home Assistant passes it
    ) -> RepairsFlowResult:
        """Start with the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain the loss; accept it once this is confirmed."""
        if (entry := self.entry) is None:
            return self.async_abort(reason="not_loaded")
        book = entry.runtime_data.order_book
        file = NOT_KNOWN if book.damage is None else book.damage.file
        errors = {}
        if user_input is not None:
            try:
                await book.async_accept_damage()
            except OrderBookSaveError:
                errors = {"base": "not_written"}
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"account": entry.title, "file": file},
        )
