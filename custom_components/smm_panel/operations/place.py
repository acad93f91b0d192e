"""Placing an order: it is checked against the limits, its intent is saved, it is sent once."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..activity import Activity, async_fire_activity
from ..api import ErrorKind, PanelRejectedError, PanelResponseError, PlacedOrder
from ..coordinator import PanelConfigEntry
from ..errors import failed, is_outcome_unknown, panel_errors
from ..money import Remaining
from ..orders import (
    Evidence,
    Initiator,
    OrderBook,
    OrderBookSaveError,
    Placement,
    TrackedOrder,
    async_get_initiator,
)
from .execution import async_publish_outcome, async_run, async_save_intent
from .quote import Quote, async_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order that the panel accepted, and what it left of the limits."""

    order: TrackedOrder
    left: Remaining


async def async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote, context: Context
) -> Placed:
    """Send an order and return it with the panel's id, which is then on disk.

    Raises what `async_check` raises, and HomeAssistantError: `outcome_unknown` if the answer was
    lost (the order is then in the order book as unconfirmed), `unloading` if the account was
    unloaded or reloaded since the quote.
    """
    place = partial(_async_place_order, hass, entry, quote, context)
    return await async_run(hass, entry, quote.data, place)


async def _async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote, context: Context
) -> Placed:
    data = quote.data
    initiator = await async_get_initiator(hass, context)
    # No sum contains an order before its intent is in the book. The lock is also held until the
    # outcome is known, so that a queue of orders is not sent as a burst.
    async with data.place_lock:
        with panel_errors(hass, entry):
            await data.rate_limiter.wait_for_turn("add")
        left = await async_check(hass, entry, quote)
        intent = _intent(quote, initiator)
        await async_save_intent(
            hass, data, [intent], partial(data.order_book.async_withdraw, intent.local_id)
        )
        try:
            order = await _async_send(hass, entry, quote, intent, context)
        finally:
            async_publish_outcome(hass, entry, data, [intent.local_id])
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
    data = quote.data
    with panel_errors(hass, entry, operation=True):
        try:
            placed = await data.client.add(quote.request)
            _refuse_known_id(data.order_book, intent, placed)
        except BaseException as err:
            # Whatever the error is, the order book has to say what is known.
            if is_outcome_unknown(err):
                await _async_keep_unconfirmed(hass, entry, quote, intent, context)
            else:
                await _async_withdraw(data.order_book, intent, err)
            raise
    order = replace(
        intent,
        panel_id=placed.order,
        placement=Placement.PLACED,
        charge=placed.charge,
        evidence=None,
    )
    try:
        await data.order_book.async_put([order])
    except OrderBookSaveError as err:
        raise failed("placed_not_saved", order=placed.order, reason=err.reason) from err
    return order


def _intent(quote: Quote, initiator: Initiator) -> TrackedOrder:
    """Return the order that is about to be sent."""
    data, request, service = quote.data, quote.request, quote.service
    return TrackedOrder(
        local_id=ulid_now(),
        placement=Placement.INTENDED,
        added_at=dt_util.utcnow(),
        service=service.id,
        name=service.name,
        link=request.link,
        username=request.username if request.link is None else None,
        quantity=request.count,
        parts=request.parts,
        estimate=quote.estimate,
        max_charge=quote.call_limits.max_charge,
        currency=data.currency,
        can_refill=service.refill,
        can_cancel=service.cancel,
        initiator=initiator,
        preset=quote.preset,
        evidence=Evidence(balance_before=data.balance_coordinator.expected()),
    )


async def _async_keep_unconfirmed(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    quote: Quote,
    intent: TrackedOrder,
    context: Context,
) -> None:
    """Record an order whose outcome is unknown."""
    order = replace(intent, placement=Placement.UNCONFIRMED)
    # If this cannot be saved, the intent stays on disk, which is loaded as unconfirmed after a
    # restart. The store has logged the reason.
    with suppress(OrderBookSaveError):
        await quote.data.order_book.async_put([order])
        quote.data.orders_coordinator.async_publish([order.local_id])
        async_fire_activity(hass, entry, Activity.UNCONFIRMED, order, context)


async def _async_withdraw(book: OrderBook, intent: TrackedOrder, err: BaseException) -> None:
    """Remove an order that the panel refused; note what the refusal says of unconfirmed orders."""
    # As above: if this cannot be saved, the order is unconfirmed after a restart.
    with suppress(OrderBookSaveError):
        await book.async_withdraw(intent.local_id)
        if isinstance(err, PanelRejectedError) and err.kind is ErrorKind.DUPLICATE_LINK:
            await book.async_put(
                replace(
                    order,
                    evidence=replace(
                        order.evidence or Evidence(), link_refused_at=dt_util.utcnow()
                    ),
                )
                for order in book.unconfirmed
                if order.target() == intent.target()
            )


def _refuse_known_id(book: OrderBook, intent: TrackedOrder, placed: PlacedOrder) -> None:
    """Reject an id of another of our orders, unless both are identical and the panel merged them.

    Raises PanelResponseError.
    """
    known = book.find(placed.order)
    if known is not None and known.is_own and not known.is_twin_of(intent):
        raise PanelResponseError(f"The panel answered with the id of another order: {placed.order}")
