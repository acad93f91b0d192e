"""The actions.

Actions that spend or change something at the panel, or forget an order, are for administrators.
Automations and scripts run without a user and may call them, too.

A handler reads the runtime data before its first await: the account may be unloaded meanwhile.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from .api import ErrorKind, InvalidOrderError, ItemError, OrderProblem, Outcome
from .catalog import search_services
from .const import ATTR_SERVICE, DOMAIN
from .coordinator import PanelConfigEntry, PanelRuntimeData
from .errors import failed, invalid_order, panel_errors, refused
from .money import Remaining, money_text
from .operations import (
    CallLimits,
    Quote,
    async_cancel_orders,
    async_check,
    async_place_order,
    async_quote,
    async_quote_preset,
    async_refill_orders,
    async_track,
    async_untrack,
)
from .orders import Placement, TrackedOrder
from .presets import find_preset
from .responses import (
    balance_answer,
    error_answer,
    order_answer,
    per_order_answer,
    refill_answer,
    service_answer,
)
from .schemas import (
    ATTR_ALLOW_DUPLICATE,
    ATTR_CATEGORY,
    ATTR_DRY_RUN,
    ATTR_LIMIT,
    ATTR_MAX_CHARGE,
    ATTR_MAX_RATE,
    ATTR_ORDERS,
    ATTR_PRESET,
    ATTR_REFILLS,
    ATTR_SEARCH,
    ATTR_STATUS,
    ATTR_TYPE,
    GET_BALANCE_SCHEMA,
    GET_ORDERS_SCHEMA,
    GET_REFILL_STATUS_SCHEMA,
    GET_SERVICES_SCHEMA,
    ORDERS_SCHEMA,
    PLACE_ORDER_SCHEMA,
)

# Errors of orders that are known without a request to the panel.
_NOT_TRACKED = ItemError(
    message="This order is not tracked", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT
)
_NO_REFILL = ItemError(
    message="No refill of this order is known", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT
)


async def _async_get_balance(call: ServiceCall) -> ServiceResponse:
    """Read the balance now."""
    entry = _entry(call)
    data = entry.runtime_data
    with panel_errors(call.hass, entry):
        balance = await data.balance_coordinator.async_read()
    return balance_answer(balance)


async def _async_get_services(call: ServiceCall) -> ServiceResponse:
    """Search the service list, which may be some hours old."""
    entry = _entry(call)
    with panel_errors(call.hass, entry):
        catalog = await entry.runtime_data.catalog.async_read()
    found = search_services(
        catalog.values(),
        search=call.data[ATTR_SEARCH],
        category=call.data[ATTR_CATEGORY],
        type_name=call.data[ATTR_TYPE],
        max_rate=call.data.get(ATTR_MAX_RATE),
    )
    shown: list[JsonValueType] = [service_answer(item) for item in found[: call.data[ATTR_LIMIT]]]
    return {"services": shown, "total": len(found)}


async def _async_place_order(call: ServiceCall) -> ServiceResponse:
    """Check an order and, unless it is a dry run, place it."""
    entry = _entry(call)
    currency = entry.runtime_data.currency
    fields = dict(call.data)
    fields.pop(ATTR_CONFIG_ENTRY_ID, None)
    dry_run = fields.pop(ATTR_DRY_RUN)
    call_limits = CallLimits(
        max_charge=fields.pop(ATTR_MAX_CHARGE, None),
        max_rate=fields.pop(ATTR_MAX_RATE, None),
        allow_duplicate=fields.pop(ATTR_ALLOW_DUPLICATE),
    )
    wanted = fields.pop(ATTR_PRESET, "")
    if not fields[ATTR_SERVICE]:
        del fields[ATTR_SERVICE]
    if wanted.strip():
        preset = find_preset(entry, wanted)
        quote = await async_quote_preset(call.hass, entry, preset, fields, call_limits)
    elif ATTR_SERVICE in fields:
        quote = await async_quote(call.hass, entry, fields, call_limits)
    else:
        raise invalid_order(InvalidOrderError(ATTR_SERVICE, OrderProblem.REQUIRED))
    if dry_run:
        left = await async_check(call.hass, entry, quote)
        return _placed_answer(quote, None, left, currency)
    placed = await async_place_order(call.hass, entry, quote, call.context)
    return _placed_answer(quote, placed.order, placed.left, currency)


def _placed_answer(
    quote: Quote, placed: TrackedOrder | None, left: Remaining, currency: str | None
) -> JsonObjectType:
    """Return the answer for an order that was placed, or only checked (`placed` is None)."""
    return {
        "order": None if placed is None else placed.panel_id,
        "service": quote.service.id,
        "name": quote.service.name,
        "type": quote.service.type,
        "link": quote.request.link,
        "quantity": quote.request.count,
        "estimate": money_text(quote.estimate),
        "charge": None if placed is None else money_text(placed.charge),
        "currency": currency,
        "budget_left": money_text(left.budget),
        "balance_left": money_text(left.balance),
        "dry_run": placed is None,
    }


async def _async_get_orders(call: ServiceCall) -> ServiceResponse:
    """Read orders from the panel, or list the tracked orders as last reported."""
    entry = _entry(call)
    data = entry.runtime_data
    if ATTR_ORDERS in call.data:
        rows = await _async_live_orders(call, entry, data)
    else:
        rows = [
            order_answer(order, data.currency)
            for order in data.order_book.orders.values()
            # An order that is being sent has no outcome yet.
            if order.placement is not Placement.INTENDED
        ]
    wanted = call.data.get(ATTR_STATUS) or ()
    shown: list[JsonValueType] = [
        # An id without an order has none of the fields; its error is always in the answer.
        row
        for row in rows
        if not wanted or any(row.get(name, True) for name in wanted)
    ]
    return {"orders": shown}


async def _async_live_orders(
    call: ServiceCall, entry: PanelConfigEntry, data: PanelRuntimeData
) -> list[JsonObjectType]:
    """Read orders from the panel and publish the reports of those that are tracked.

    Raises HomeAssistantError.
    """
    with panel_errors(call.hass, entry):
        reports = await data.client.status(_ids(call, ATTR_ORDERS))
    _require_in_use(entry, data)
    now = dt_util.utcnow()
    data.orders_coordinator.async_publish(data.order_book.apply(reports, now))
    rows: list[JsonObjectType] = []
    for order_id, report in reports.items():
        order = data.order_book.find(order_id)
        row: JsonObjectType = {"order": order_id}
        if order is not None:
            row = order_answer(order, data.currency)
        elif not isinstance(report, ItemError):
            untracked = TrackedOrder.tracked(order_id, report, now)
            row = order_answer(untracked, data.currency) | {"added_at": None, "changed_at": None}
        if isinstance(report, ItemError):
            row |= error_answer(report)
        rows.append(row)
    return rows


async def _async_track_orders(call: ServiceCall) -> ServiceResponse:
    """Track orders that were placed elsewhere."""
    entry = _entry(call)
    currency = entry.runtime_data.currency
    with panel_errors(call.hass, entry):
        results = await async_track(entry, _ids(call, ATTR_ORDERS))
    return per_order_answer(call, results, lambda _, order: order_answer(order, currency))


async def _async_untrack_orders(call: ServiceCall) -> ServiceResponse:
    """Forget orders; the answer has what was known of them."""
    entry = _entry(call)
    data = entry.runtime_data
    results = {
        order_id: data.order_book.find(order_id) or _NOT_TRACKED
        for order_id in _ids(call, ATTR_ORDERS)
    }
    keys = [order.local_id for order in results.values() if not isinstance(order, ItemError)]
    await async_untrack(entry, keys)
    return per_order_answer(call, results, lambda _, order: order_answer(order, data.currency))


async def _async_refill_orders(call: ServiceCall) -> ServiceResponse:
    """Request refills."""
    results = await async_refill_orders(
        call.hass, _entry(call), _ids(call, ATTR_ORDERS), call.context
    )
    return per_order_answer(
        call, results, lambda order_id, refill: {"order": order_id, "refill": refill}
    )


async def _async_cancel_orders(call: ServiceCall) -> ServiceResponse:
    """Request cancels; only a later status shows whether an order was canceled."""
    results = await async_cancel_orders(
        call.hass, _entry(call), _ids(call, ATTR_ORDERS), call.context
    )
    return per_order_answer(
        call, results, lambda order_id, _: {"order": order_id, "cancel_asked": True}
    )


async def _async_get_refill_status(call: ServiceCall) -> ServiceResponse:
    """Read the statuses of refills, given by their ids or by their orders."""
    entry = _entry(call)
    data = entry.runtime_data
    book = data.order_book
    refill_of = {
        order_id: order.refill_id if (order := book.find(order_id)) else None
        for order_id in call.data[ATTR_ORDERS]
    }
    order_of = {refill: order_id for order_id, refill in refill_of.items() if refill}
    refills = dict.fromkeys([*call.data[ATTR_REFILLS], *order_of])
    if not refill_of and not refills:
        raise _no_ids()
    with panel_errors(call.hass, entry):
        statuses = await data.client.refill_status(refills)
    _require_in_use(entry, data)
    data.orders_coordinator.async_publish(book.apply_refills(statuses))
    rows: list[JsonValueType] = [
        refill_answer(refill, order_of.get(refill), status) for refill, status in statuses.items()
    ]
    rows += [
        refill_answer(None, order_id, _NO_REFILL)
        for order_id, refill in refill_of.items()
        if refill is None
    ]
    return {"refills": rows}


def _entry(call: ServiceCall) -> PanelConfigEntry:
    """Return the account of a call; the only one if none is named.

    Raises ServiceValidationError, also if the account is not loaded.
    """
    entry: PanelConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return entry


def _require_in_use(entry: PanelConfigEntry, data: PanelRuntimeData) -> None:
    """Raise HomeAssistantError if the account was unloaded or reloaded during a request.

    The order book of the next load reads the files: the old one must not be saved again.
    """
    if not data.is_in_use:
        raise failed("not_loaded", account=entry.title)


def _ids(call: ServiceCall, field: str) -> list[str]:
    """Return the ids in a field. Raises ServiceValidationError if there are none."""
    if not (ids := call.data[field]):
        raise _no_ids()
    return list(ids)


def _no_ids() -> ServiceValidationError:
    return refused("no_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """How an action is registered."""

    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    schema: vol.Schema
    supports_response: SupportsResponse = SupportsResponse.ONLY
    admin_only: bool = False


ACTIONS = {
    "get_balance": Action(handler=_async_get_balance, schema=GET_BALANCE_SCHEMA),
    "get_services": Action(handler=_async_get_services, schema=GET_SERVICES_SCHEMA),
    "place_order": Action(
        handler=_async_place_order,
        schema=PLACE_ORDER_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
        admin_only=True,
    ),
    "get_orders": Action(handler=_async_get_orders, schema=GET_ORDERS_SCHEMA),
    "track_orders": Action(
        handler=_async_track_orders,
        schema=ORDERS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    ),
    "untrack_orders": Action(
        handler=_async_untrack_orders,
        schema=ORDERS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
        admin_only=True,
    ),
    "refill_orders": Action(
        handler=_async_refill_orders,
        schema=ORDERS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
        admin_only=True,
    ),
    "get_refill_status": Action(handler=_async_get_refill_status, schema=GET_REFILL_STATUS_SCHEMA),
    "cancel_orders": Action(
        handler=_async_cancel_orders,
        schema=ORDERS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
        admin_only=True,
    ),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action in ACTIONS.items():
        register = hass.services.async_register
        if action.admin_only:
            register = partial(service.async_register_admin_service, hass)
        register(DOMAIN, name, action.handler, action.schema, action.supports_response)
