"""Whether an order may be placed, and for how much. Nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import InvalidOrderError, OrderRequest, Service
from ..coordinator import PanelConfigEntry
from ..errors import invalid_order, limit_exceeded, panel_errors, price_unknown, refused
from ..money import (
    Funds,
    LimitExceededError,
    Limits,
    Remaining,
    UnknownPriceError,
    check_limits,
    price_text,
)
from ..orders import OrderBook
from ..presets import Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """What one call sets itself: limits of its own, and whether it may repeat an order."""

    max_charge: Decimal | None = None
    max_rate: Decimal | None = None
    allow_duplicate: bool = False


NO_CALL_LIMITS = CallLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An order that its service can take, and what it is expected to cost.

    `preset` is the id of the preset that it comes from.
    """

    request: OrderRequest
    service: Service
    estimate: Decimal | None
    call_limits: CallLimits
    preset: str | None = None


async def async_quote(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    fields: Mapping[str, Any],
    call_limits: CallLimits = NO_CALL_LIMITS,
) -> Quote:
    """Check an order against its service without sending it.

    `fields` are the parameters of `OrderRequest` except the type, which is the
    service's. Raises ServiceValidationError naming what is wrong.
    """
    with panel_errors(hass, entry):
        service = await entry.runtime_data.catalog.async_service(fields["service"])
    if service is None:
        raise refused("unknown_service", service=fields["service"])
    try:
        request = OrderRequest(type=service.type, **fields)
        request.check_limits(service)
    except InvalidOrderError as err:
        raise invalid_order(err) from err
    if call_limits.max_rate is not None and service.rate > call_limits.max_rate:
        currency = entry.runtime_data.currency
        raise refused(
            "over_max_rate",
            service=service.id,
            rate=price_text(service.rate, currency),
            allowed=price_text(call_limits.max_rate, currency),
        )
    return Quote(
        request=request,
        service=service,
        estimate=request.estimate(service),
        call_limits=call_limits,
    )


async def async_quote_preset(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    preset: Preset,
    fields: Mapping[str, Any] | None = None,
    call_limits: CallLimits = NO_CALL_LIMITS,
) -> Quote:
    """Check the order of a preset without sending it; `fields` go before those of the preset.

    Of two largest charges the lower one holds. Raises as `async_quote` does.
    """
    amounts = [item for item in (preset.max_charge, call_limits.max_charge) if item is not None]
    quote = await async_quote(
        hass,
        entry,
        {"service": preset.service, **preset.fields, **(fields or {})},
        replace(call_limits, max_charge=min(amounts, default=None)),
    )
    return replace(quote, preset=preset.id)


async def async_check(hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote) -> Remaining:
    """Hold an order against the order book and the limits; return what they would leave.

    Raises ServiceValidationError naming the limit, and HomeAssistantError if the balance
    that the owner wants to keep cannot be read.
    """
    data = entry.runtime_data
    if data.order_book.damage is not None:
        raise refused("book_damaged")
    _refuse_duplicate(data.order_book, quote)
    limits = Limits.of(entry.options)
    funds = await _async_funds(hass, entry, limits)
    try:
        return check_limits(
            limits, funds, estimate=quote.estimate, max_charge=quote.call_limits.max_charge
        )
    except LimitExceededError as err:
        raise limit_exceeded(err, data.currency) from err
    except UnknownPriceError as err:
        raise price_unknown() from err


def _refuse_duplicate(book: OrderBook, quote: Quote) -> None:
    """Refuse an order for the same service and link as one that is still open."""
    if quote.call_limits.allow_duplicate:
        return
    request = quote.request
    twin = book.find_open(
        quote.service.id, request.link, request.username if request.link is None else None
    )
    if twin is not None:
        raise refused("duplicate_order", order=twin.label)


async def _async_funds(hass: HomeAssistant, entry: PanelConfigEntry, limits: Limits) -> Funds:
    """Find out what there is to spend."""
    data = entry.runtime_data
    balance = data.balance_coordinator.data
    amount = balance.amount
    if limits.keep_balance is not None:
        # What is unsettled now may or may not be in the balance that is read next.
        unsettled = data.order_book.unsettled_price()
        with panel_errors(hass, entry):
            balance = await data.balance_coordinator.async_read()
        amount = balance.amount - unsettled
    spent = data.order_book.spending.since(dt_util.start_of_local_day(), balance.currency)
    return Funds(spent_today=spent.cost, balance=amount)
