"""Checks of an order before it is placed, and its expected price. No order is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import InvalidOrderError, OrderRequest, Service
from ..coordinator import PanelConfigEntry, PanelRuntimeData, loaded_data
from ..errors import failed, invalid_order, limit_exceeded, panel_errors, price_unknown, refused
from ..links import canonical_target, network_named
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
    """The limits of one call, and whether it may repeat an order that is still open."""

    max_charge: Decimal | None = None
    max_rate: Decimal | None = None
    allow_duplicate: bool = False


NO_CALL_LIMITS = CallLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An order that fits its service, and its expected price.

    `data` is the runtime data that the service was read with, `preset` the id of the preset that
    the order comes from.
    """

    data: PanelRuntimeData = field(repr=False, compare=False)
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

    `fields` are the parameters of `OrderRequest` except the type, which the service has. Raises
    ServiceValidationError for an order that does not fit, HomeAssistantError if the services
    cannot be read.
    """
    data = loaded_data(entry)
    with panel_errors(hass, entry):
        service = await data.catalog.async_service(fields["service"])
    if service is None:
        raise refused("unknown_service", service=fields["service"])
    try:
        request = OrderRequest(type=service.type, **fields)
        request.check_limits(service)
    except InvalidOrderError as err:
        raise invalid_order(err) from err
    if call_limits.max_rate is not None and service.rate > call_limits.max_rate:
        raise refused(
            "over_max_rate",
            service=service.id,
            rate=price_text(service.rate, data.currency),
            allowed=price_text(call_limits.max_rate, data.currency),
        )
    return Quote(
        data=data,
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
    """Check the order of a preset without sending it; `fields` replace those of the preset.

    The lower of both largest charges applies. Raises what `async_quote` raises.
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
    """Check an order against the order book and the limits; return what it would leave of them.

    Raises ServiceValidationError naming the limit, and HomeAssistantError if the balance cannot
    be read (with a balance to keep), or if the account was unloaded or reloaded since the quote.
    """
    data = quote.data
    if not data.is_in_use:
        raise failed("unloading")
    if data.order_book.damage is not None:
        raise refused("book_damaged")
    _refuse_duplicate(data.order_book, quote)
    limits = Limits.of(entry.options)
    funds = await _async_funds(hass, entry, data, limits)
    try:
        return check_limits(
            limits, funds, estimate=quote.estimate, max_charge=quote.call_limits.max_charge
        )
    except LimitExceededError as err:
        raise limit_exceeded(err, data.currency) from err
    except UnknownPriceError as err:
        raise price_unknown() from err


def _refuse_duplicate(book: OrderBook, quote: Quote) -> None:
    """Refuse an order for the same service and target as one that is open.

    Raises ServiceValidationError.
    """
    if quote.call_limits.allow_duplicate:
        return
    request, service = quote.request, quote.service
    network = network_named(f"{service.name} {service.category}")
    username = request.username if request.link is None else None
    target = canonical_target(request.link, username, network)
    twin = book.find_open(service.id, target, network)
    if twin is not None:
        raise refused("duplicate_order", order=twin.label)


async def _async_funds(
    hass: HomeAssistant, entry: PanelConfigEntry, data: PanelRuntimeData, limits: Limits
) -> Funds:
    """Return the money that may be spent; with a balance to keep, the balance is read now.

    Raises HomeAssistantError.
    """
    balance = data.balance_coordinator.data
    amount = balance.amount
    if limits.keep_balance is not None:
        # The balance read next may or may not contain the unsettled orders.
        unsettled = data.order_book.unsettled_price()
        with panel_errors(hass, entry):
            balance = await data.balance_coordinator.async_read()
        amount = balance.amount - unsettled
    spent = data.order_book.spending.since(dt_util.start_of_local_day(), balance.currency)
    return Funds(spent_today=spent.cost, balance=amount)
