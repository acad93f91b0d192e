"""The issue of an unconfirmed order, and the flow that settles it."""

from datetime import datetime
from decimal import Decimal

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import PanelConfigEntry
from ..issues import ATTR_KEY, Issue, issue_id
from ..money import price_text
from ..operations import (
    NotSettledError,
    async_find_matches,
    async_settle_as_not_placed,
    async_settle_as_placed,
)
from ..orders import Evidence, OrderBookSaveError, TrackedOrder
from .base import NOT_KNOWN, AccountFlow


@callback
def async_watch_unconfirmed_orders(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Keep an issue for each unconfirmed order."""
    book = entry.runtime_data.order_book
    raised: set[str] = set()

    @callback
    def update() -> None:
        unconfirmed = {order.local_id: order for order in book.unconfirmed}
        for key in raised - unconfirmed.keys():
            raised.discard(key)
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, key))
        for key in unconfirmed.keys() - raised:
            raised.add(key)
            _raise_unconfirmed(hass, entry, unconfirmed[key])

    @callback
    def withdraw() -> None:
        """Withdraw the issues: no order can be settled while the account is not loaded."""
        for key in raised:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, key))

    update()
    entry.async_on_unload(entry.runtime_data.orders_coordinator.async_add_listener(update))
    entry.async_on_unload(withdraw)


def _raise_unconfirmed(hass: HomeAssistant, entry: PanelConfigEntry, order: TrackedOrder) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, order.local_id),
        data={ATTR_CONFIG_ENTRY_ID: entry.entry_id, ATTR_KEY: order.local_id},
        is_fixable=True,
        severity=IssueSeverity.ERROR,
        translation_key=Issue.UNCONFIRMED_ORDER,
        translation_placeholders={"account": entry.title, "order": order.label},
    )


ATTR_ORDER = "order"


class UnconfirmedOrderFlow(AccountFlow):
    """Lets the user settle an order whose answer was lost."""

    def __init__(self) -> None:
        super().__init__()
        self._matches: list[str] = []

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - Home Assistant passes it
    ) -> RepairsFlowResult:
        """Show the evidence, and choose between placed and not placed."""
        if (order := self._order) is None or (entry := self.entry) is None:
            return self.async_abort(reason="settled_meanwhile")
        self._matches = await async_find_matches(entry, order)
        return self.async_show_menu(
            step_id="init",
            menu_options=["placed", "not_placed"],
            description_placeholders=self._placeholders(order),
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
        """Ask for confirmation that the panel has no such order."""
        return await self._async_settle("not_placed", vol.Schema({}), user_input)

    async def _async_settle(
        self, step_id: str, schema: vol.Schema, user_input: dict[str, str] | None
    ) -> RepairsFlowResult:
        """Settle the order as chosen, or show why it cannot be settled."""
        if (order := self._order) is None or (entry := self.entry) is None:
            return self.async_abort(reason="settled_meanwhile")
        errors: dict[str, str] = {}
        reason = NOT_KNOWN
        if user_input is not None:
            try:
                if step_id == "placed":
                    order_id = user_input[ATTR_ORDER].strip().removeprefix("#").strip()
                    await async_settle_as_placed(self.hass, entry, order.local_id, order_id)
                else:
                    await async_settle_as_not_placed(self.hass, entry, order.local_id)
            except NotSettledError as err:
                errors, reason = {"base": err.key}, err.reason or NOT_KNOWN
            except OrderBookSaveError as err:
                errors, reason = {"base": "not_written"}, err.reason
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors=errors,
            description_placeholders=self._placeholders(order) | {"reason": reason},
        )

    @property
    def _order(self) -> TrackedOrder | None:
        """The order while it is unconfirmed, else None."""
        if (entry := self.entry) is None:
            return None
        key = (self.data or {}).get(ATTR_KEY)
        unconfirmed = entry.runtime_data.order_book.unconfirmed
        return next((order for order in unconfirmed if order.local_id == key), None)

    def _id_selector(self) -> SelectSelector:
        """Return a selector that offers the matching ids and accepts any other."""
        return SelectSelector(
            SelectSelectorConfig(
                options=self._matches, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )

    def _placeholders(self, order: TrackedOrder) -> dict[str, str]:
        """Return the placeholders of the steps: what is known of the order."""
        evidence = order.evidence or Evidence()

        def money(amount: Decimal | None) -> str:
            return NOT_KNOWN if amount is None else price_text(amount, order.currency)

        refused = evidence.link_refused_at
        return {
            "order": order.label,
            "service": order.service or NOT_KNOWN,
            "link": order.link or order.username or NOT_KNOWN,
            "quantity": NOT_KNOWN if order.quantity is None else str(order.quantity),
            "sent_at": _time(order.added_at),
            "estimate": money(order.estimate),
            "balance_before": money(evidence.balance_before),
            "balance_after": money(evidence.balance_after),
            "link_refused_at": NOT_KNOWN if refused is None else _time(refused),
            "matches": ", ".join(self._matches) or NOT_KNOWN,
        }


def _time(moment: datetime) -> str:
    return f"{dt_util.as_local(moment):%Y-%m-%d %H:%M:%S}"
