"""Placing orders: checked, held against the limits, written down, and sent once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .activity import Activity, async_fire_activity
from .api import (
    ErrorKind,
    InvalidOrderError,
    OrderRequest,
    PanelRejectedError,
    PanelResponseError,
    PlacedOrder,
    Service,
)
from .book_store import OrderBookWriteError
from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .errors import invalid_order, is_outcome_unknown, limit_exceeded, panel_errors, price_unknown
from .evidence import Evidence
from .limits import Left, LimitExceededError, Limits, Means, UnknownPriceError, check
from .money import price_text
from .order_book import OrderBook
from .origin import Origin, async_origin
from .preset import Preset
from .tracked_order import Placement, TrackedOrder
from .writes import async_carry_through, async_intend, async_publish_written


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What one call sets itself: limits of its own, and whether it may repeat an order."""

    max_charge: Decimal | None = None
    max_rate: Decimal | None = None
    allow_duplicate: bool = False


NO_GUARD = Guard()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An order that its service can take, and what it is expected to cost.

    `preset` is the id of the preset that it comes from.
    """

    request: OrderRequest
    service: Service
    estimate: Decimal | None
    guard: Guard
    preset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order that the panel took, and what the limits had left after it."""

    order: TrackedOrder
    left: Left


async def async_quote(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    fields: Mapping[str, Any],
    guard: Guard = NO_GUARD,
) -> Quote:
    """Check an order against its service without sending it.

    `fields` are the parameters of `OrderRequest` except the type, which is the
    service's. Raises ServiceValidationError naming what is wrong.
    """
    with panel_errors(hass, entry):
        service = await entry.runtime_data.catalog.async_service(fields["service"])
    if service is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_service",
            translation_placeholders={"service": fields["service"]},
        )
    try:
        request = OrderRequest(type=service.type, **fields)
        request.check_limits(service)
    except InvalidOrderError as err:
        raise invalid_order(err) from err
    if guard.max_rate is not None and service.rate > guard.max_rate:
        currency = entry.runtime_data.balance.data.currency
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="over_max_rate",
            translation_placeholders={
                "service": service.id,
                "rate": price_text(service.rate, currency),
                "allowed": price_text(guard.max_rate, currency),
            },
        )
    return Quote(request=request, service=service, estimate=request.estimate(service), guard=guard)


async def async_quote_preset(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    preset: Preset,
    fields: Mapping[str, Any] | None = None,
    guard: Guard = NO_GUARD,
) -> Quote:
    """Check the order of a preset without sending it; `fields` go before those of the preset.

    Of two largest charges the lower one holds. Raises as `async_quote` does.
    """
    amounts = [item for item in (preset.max_charge, guard.max_charge) if item is not None]
    quote = await async_quote(
        hass,
        entry,
        {"service": preset.service, **preset.fields, **(fields or {})},
        replace(guard, max_charge=min(amounts, default=None)),
    )
    return replace(quote, preset=preset.id)


async def async_check(hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote) -> Left:
    """Hold an order against the order book and the limits; return what they would leave.

    Raises ServiceValidationError naming the limit, and HomeAssistantError if the balance
    that the owner wants to keep cannot be read.
    """
    data = entry.runtime_data
    if data.book.damage is not None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="book_damaged")
    _refuse_duplicate(data.book, quote)
    limits = Limits.of(entry.options)
    means = await _async_means(hass, entry, limits)
    try:
        return check(limits, means, estimate=quote.estimate, max_charge=quote.guard.max_charge)
    except LimitExceededError as err:
        raise limit_exceeded(err, data.balance.data.currency) from err
    except UnknownPriceError as err:
        raise price_unknown() from err


async def async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote, context: Context
) -> Placed:
    """Send an order and return it with the panel's id, which is then on disk.

    Raises what `async_check` raises, and HomeAssistantError `outcome_unknown` if the
    answer was lost: the order is then in the book as unconfirmed.
    """
    return await async_carry_through(hass, entry, _async_place_order(hass, entry, quote, context))


async def _async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote, context: Context
) -> Placed:
    data = entry.runtime_data
    origin = await async_origin(hass, context)
    # Until its intent is in the book, an order is in nobody's sum. It is held until the outcome
    # is known, too: panels limit orders by the second, and so a queue never comes as a burst.
    async with data.placing:
        with panel_errors(hass, entry):
            await data.rate_limiter.wait_for_turn("add")
        left = await async_check(hass, entry, quote)
        intent = _intent(entry, quote, origin)
        await async_intend(hass, entry, [intent], partial(data.book.async_withdraw, intent.key))
        try:
            order = await _async_send(hass, entry, quote, intent, context)
        finally:
            async_publish_written(hass, entry, [intent.key])
        async_fire_activity(hass, entry, Activity.PLACED, order, context)
    return Placed(order=order, left=left)


async def _async_send(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    quote: Quote,
    intent: TrackedOrder,
    context: Context,
) -> TrackedOrder:
    """Send an intended order and record the outcome."""
    data = entry.runtime_data
    with panel_errors(hass, entry, write=True):
        try:
            placed = await data.client.add(quote.request)
            _refuse_known_id(data.book, intent, placed)
        except BaseException as err:
            # Whatever it was, the book has to tell what is known of the order.
            await _async_close(hass, entry, intent, err, context)
            raise
    order = replace(
        intent,
        order=placed.order,
        placement=Placement.PLACED,
        charge=placed.charge,
        evidence=None,
    )
    try:
        await data.book.async_put([order])
    except OrderBookWriteError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="placed_not_saved",
            translation_placeholders={"order": placed.order, "reason": err.reason},
        ) from err
    return order


def _intent(entry: PanelConfigEntry, quote: Quote, origin: Origin) -> TrackedOrder:
    """Make the order that is about to be sent."""
    data, request, service = entry.runtime_data, quote.request, quote.service
    return TrackedOrder(
        key=ulid_now(),
        placement=Placement.INTENDED,
        added_at=dt_util.utcnow(),
        service=service.id,
        name=service.name,
        link=request.link,
        username=request.username if request.link is None else None,
        quantity=request.count,
        parts=request.parts,
        estimate=quote.estimate,
        max_charge=quote.guard.max_charge,
        currency=data.balance.data.currency,
        can_refill=service.refill,
        can_cancel=service.cancel,
        origin=origin,
        preset=quote.preset,
        evidence=Evidence(balance_before=data.balance.expected()),
    )


async def _async_close(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    intent: TrackedOrder,
    err: BaseException,
    context: Context,
) -> None:
    """Record that an order was refused, or that nobody knows."""
    book = entry.runtime_data.book
    # A book that can't be written keeps the intent on disk, which reads as unconfirmed
    # after a restart: the careful side. The store has logged why.
    with suppress(OrderBookWriteError):
        if is_outcome_unknown(err):
            order = replace(intent, placement=Placement.UNCONFIRMED)
            await book.async_put([order])
            entry.runtime_data.orders.async_publish([order.key])
            async_fire_activity(hass, entry, Activity.UNCONFIRMED, order, context)
            return
        await book.async_withdraw(intent.key)
        if isinstance(err, PanelRejectedError) and err.kind is ErrorKind.DUPLICATE_LINK:
            await book.async_put(
                replace(
                    order,
                    evidence=replace(
                        order.evidence or Evidence(), link_refused_at=dt_util.utcnow()
                    ),
                )
                for order in book.unconfirmed
                if order.link == intent.link
            )


def _refuse_duplicate(book: OrderBook, quote: Quote) -> None:
    """Refuse an order for the same service and link as one that is still open."""
    if quote.guard.allow_duplicate:
        return
    request = quote.request
    twin = book.find_open(
        quote.service.id, request.link, request.username if request.link is None else None
    )
    if twin is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="duplicate_order",
            translation_placeholders={"order": twin.label},
        )


def _refuse_known_id(book: OrderBook, intent: TrackedOrder, placed: PlacedOrder) -> None:
    """Take no other order's id for that of this one, except where the panel merges twins."""
    known = book.find(placed.order)
    if known is not None and known.is_own and not known.is_twin_of(intent):
        raise PanelResponseError(f"The panel answered with the id of another order: {placed.order}")


async def _async_means(hass: HomeAssistant, entry: PanelConfigEntry, limits: Limits) -> Means:
    """Find out what there is to spend."""
    data = entry.runtime_data
    balance = data.balance.data
    amount = balance.amount
    if limits.keep_balance is not None:
        # What is unsettled now may or may not be in the balance that is read next.
        unsettled = data.book.unsettled_price()
        with panel_errors(hass, entry):
            balance = await data.balance.async_read()
        amount = balance.amount - unsettled
    spent = data.book.spending.since(dt_util.start_of_local_day(), balance.currency)
    return Means(spent_today=spent.cost, balance=amount)
