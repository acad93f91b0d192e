"""The flows that fix an account's issues."""

from datetime import datetime
from decimal import Decimal
from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import ATTR_SERVICE
from .coordinator import PanelConfigEntry
from .issues import ATTR_KEY
from .money import price_text
from .operations import (
    NotSettledError,
    async_matches,
    async_settle_as_not_placed,
    async_settle_as_placed,
)
from .orders import Evidence, OrderBookWriteError, TrackedOrder

ATTR_ORDER = "order"

# In every language.
_NOT_KNOWN = "–"  # noqa: RUF001 - a dash as it is printed


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue."""
    if data is not None and ATTR_KEY in data:
        return UnconfirmedOrderFlow()
    if data is not None and ATTR_SERVICE in data:
        return PriceChangedFlow()
    return BookDamagedFlow()


class AccountFlow(RepairsFlow):
    """A flow for an issue of an account."""

    @property
    def entry(self) -> PanelConfigEntry | None:
        """The account; None while it is not loaded."""
        entry_id = str((self.data or {}).get(ATTR_CONFIG_ENTRY_ID))
        entry: PanelConfigEntry | None = self.hass.config_entries.async_get_entry(entry_id)
        loaded = entry is not None and entry.state is ConfigEntryState.LOADED
        return entry if loaded else None


class BookDamagedFlow(AccountFlow):
    """Lets the user confirm that part of the order book is lost, so that orders go on."""

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - Home Assistant passes it
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Tell what it means, and go on once that is confirmed."""
        if (entry := self.entry) is None:
            return self.async_abort(reason="not_loaded")
        book = entry.runtime_data.book
        file = _NOT_KNOWN if book.damage is None else book.damage.file
        errors = {}
        if user_input is not None:
            try:
                await book.async_accept_damage()
            except OrderBookWriteError:
                errors = {"base": "not_written"}
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"account": entry.title, "file": file},
        )


class PriceChangedFlow(AccountFlow, ConfirmRepairFlow):
    """Lets the user confirm that a rate that rose was seen."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Tell how it rose, and ask no more once that is confirmed."""
        if (entry := self.entry) is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            service = str((self.data or {}).get(ATTR_SERVICE))
            entry.runtime_data.known_services.async_accept_rate(service)
        return await super().async_step_confirm(user_input)


class UnconfirmedOrderFlow(AccountFlow):
    """Lets the user say what became of an order whose answer was lost."""

    def __init__(self) -> None:
        """Know of no matching orders yet."""
        super().__init__()
        self._matches: list[str] = []

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - Home Assistant passes it
    ) -> RepairsFlowResult:
        """Show the evidence and ask which of both it is."""
        if (order := self._order) is None or (entry := self.entry) is None:
            return self.async_abort(reason="settled_meanwhile")
        self._matches = await async_matches(entry, order)
        return self.async_show_menu(
            step_id="init",
            menu_options=["placed", "not_placed"],
            description_placeholders=self._facts(order),
        )

    async def async_step_placed(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for the id of the order, which the panel must know."""
        return await self._async_settle(
            "placed", vol.Schema({vol.Required(ATTR_ORDER): self._id_selector()}), user_input
        )

    async def async_step_not_placed(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Have it confirmed that the panel has no such order."""
        return await self._async_settle("not_placed", vol.Schema({}), user_input)

    async def _async_settle(
        self, step_id: str, schema: vol.Schema, user_input: dict[str, str] | None
    ) -> RepairsFlowResult:
        """Settle the order as the step says, or tell why it cannot be."""
        if (order := self._order) is None or (entry := self.entry) is None:
            return self.async_abort(reason="settled_meanwhile")
        errors: dict[str, str] = {}
        reason = _NOT_KNOWN
        if user_input is not None:
            try:
                if step_id == "placed":
                    order_id = user_input[ATTR_ORDER].strip().removeprefix("#").strip()
                    await async_settle_as_placed(self.hass, entry, order.key, order_id)
                else:
                    await async_settle_as_not_placed(self.hass, entry, order.key)
            except NotSettledError as err:
                errors, reason = {"base": err.key}, err.reason or _NOT_KNOWN
            except OrderBookWriteError as err:
                errors, reason = {"base": "not_written"}, err.reason
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors=errors,
            description_placeholders=self._facts(order) | {"reason": reason},
        )

    @property
    def _order(self) -> TrackedOrder | None:
        """The order, for as long as it is unconfirmed."""
        if (entry := self.entry) is None:
            return None
        key = (self.data or {}).get(ATTR_KEY)
        unconfirmed = entry.runtime_data.book.unconfirmed
        return next((order for order in unconfirmed if order.key == key), None)

    def _id_selector(self) -> SelectSelector:
        """Offer the ids that match, and take any other."""
        return SelectSelector(
            SelectSelectorConfig(
                options=self._matches, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )

    def _facts(self, order: TrackedOrder) -> dict[str, str]:
        """What is known of the order, for the texts of the steps."""
        evidence = order.evidence or Evidence()

        def money(amount: Decimal | None) -> str:
            return _NOT_KNOWN if amount is None else price_text(amount, order.currency)

        refused = evidence.link_refused_at
        return {
            "order": order.label,
            "service": order.service or _NOT_KNOWN,
            "link": order.link or order.username or _NOT_KNOWN,
            "quantity": _NOT_KNOWN if order.quantity is None else str(order.quantity),
            "sent_at": _time(order.added_at),
            "estimate": money(order.estimate),
            "balance_before": money(evidence.balance_before),
            "balance_after": money(evidence.balance_after),
            "link_refused_at": _NOT_KNOWN if refused is None else _time(refused),
            "matches": ", ".join(self._matches) or _NOT_KNOWN,
        }


def _time(moment: datetime) -> str:
    return f"{dt_util.as_local(moment):%Y-%m-%d %H:%M:%S}"
