"""Read-only tools for language models: the balance and the orders of accounts.

They return what was last read from the panel and send no requests. No tool spends, changes or
deletes anything, because a text that a model reads may persuade the model to do so.
"""

from collections.abc import Iterable
from typing import ClassVar, override

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .orders import TrackedOrder
from .responses import balance_answer, order_answer
from .validation import ids

# A model reads every line of an answer, and people ask about the newest orders.
_MAX_ORDERS = 50

# What people ask about an order. Who placed it is not passed to a model.
_ORDER_FIELDS = (
    "order",
    "name",
    "link",
    "quantity",
    "status",
    "progress",
    "remains",
    "charge",
    "currency",
    "refill_status",
    "needs_attention",
    "error",
    "added_at",
    "changed_at",
)


class AccountTool(Tool):
    """A tool that reads the accounts of which a certain entity is exposed."""

    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN

    exposed_by: ClassVar[tuple[Platform, str]]
    """Platform and key of the entity: exposing it allows the tool to read its account."""

    @classmethod
    def accounts(cls, hass: HomeAssistant, llm_context: LLMContext) -> list[PanelConfigEntry]:
        """Return the accounts that the assistant may read with this tool."""
        platform, key = cls.exposed_by
        registry = er.async_get(hass)
        loaded: list[PanelConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
        return [
            entry
            for entry in loaded
            if (
                entity_id := registry.async_get_entity_id(
                    platform, DOMAIN, f"{entry.entry_id}_{key}"
                )
            )
            and async_should_expose(hass, llm_context.assistant, entity_id)
        ]


class GetBalanceTool(AccountTool):
    """Returns the balance of each account."""

    name = f"{DOMAIN}__get_balance"
    title = "Get panel balance"
    description = (
        "Tells how much money is left on the SMM panel accounts, as last read. "
        "is_current is false while the panel does not answer."
    )
    exposed_by = (Platform.SENSOR, "balance")

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Read the balances."""
        accounts: list[JsonValueType] = []
        for entry in self.accounts(hass, llm_context):
            balance = entry.runtime_data.balance_coordinator
            accounts.append(
                {
                    "account": entry.title,
                    **balance_answer(balance.data),
                    "is_current": balance.last_update_success,
                }
            )
        return ToolResult(data={"accounts": accounts})


class OpenOrdersTool(AccountTool):
    """Lists the open orders of all accounts."""

    name = f"{DOMAIN}__get_open_orders"
    title = "Get open panel orders"
    description = (
        "Lists the orders at SMM panels that are open or need attention, the youngest first. "
        "total tells how many there are if not all are shown."
    )
    exposed_by = (Platform.TODO, "orders")

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """List the orders."""
        found = [
            (entry, order)
            for entry in self.accounts(hass, llm_context)
            for order in entry.runtime_data.order_book.orders.values()
            if order.is_open or order.needs_attention
        ]
        found.sort(key=lambda row: row[1].added_at, reverse=True)
        return ToolResult(data={"orders": _rows(found[:_MAX_ORDERS]), "total": len(found)})


class OrderTool(AccountTool):
    """Returns the state of one order."""

    name = f"{DOMAIN}__get_order"
    title = "Get panel order"
    description = "Tells the state of one order at an SMM panel by its id, as last heard of."
    parameters = vol.Schema({vol.Required("order", description="The id, such as 23501"): ids})
    exposed_by = (Platform.TODO, "orders")

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return the order, or several: panels may use the same ids. Raises vol.Invalid."""
        wanted = self.parameters(tool_input.tool_args)["order"]
        found = [
            (entry, order)
            for entry in self.accounts(hass, llm_context)
            for order_id in wanted
            if (order := entry.runtime_data.order_book.find(order_id)) is not None
        ]
        if not found:
            return ToolResult(data={"error": "No tracked order has this id"}, error=True)
        return ToolResult(data={"orders": _rows(found)})


TOOLS = (GetBalanceTool, OpenOrdersTool, OrderTool)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools that have an account to read; None if there are none."""
    if api_id != LLM_API_ASSIST:
        return None
    tools: list[Tool] = [tool() for tool in TOOLS if tool.accounts(hass, llm_context)]
    return LLMTools(tools=tools) if tools else None


def _rows(orders: Iterable[tuple[PanelConfigEntry, TrackedOrder]]) -> list[JsonValueType]:
    return [_row(entry, order) for entry, order in orders]


def _row(entry: PanelConfigEntry, order: TrackedOrder) -> JsonObjectType:
    panel = entry.runtime_data
    answer = order_answer(order, panel.balance_coordinator.data.currency)
    return {
        "account": entry.title,
        **{field: answer[field] for field in _ORDER_FIELDS},
        "is_current": panel.orders_coordinator.last_update_success,
    }
