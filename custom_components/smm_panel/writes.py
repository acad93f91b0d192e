"""The writes: place, refill and cancel orders. Each is sent once and never repeated."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .api import InvalidOrderError, ItemError, OrderRequest, PanelError, Service
from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .errors import invalid_order, is_outcome_unknown, panel_errors
from .order_book import OrderBook, OrderBookWriteError
from .spending import estimate
from .tracked_order import Placement, TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An order that passed every check and what it is expected to cost."""

    request: OrderRequest
    service: Service
    estimate: Decimal | None


async def async_quote(
    hass: HomeAssistant, entry: PanelConfigEntry, fields: Mapping[str, Any]
) -> Quote:
    """Check an order against its service without sending it.

    `fields` are the parameters of `OrderRequest` except the type, which is the
    service's. Raises ServiceValidationError naming the field that is wrong.
    """
    with panel_errors(hass, entry):
        services = await entry.runtime_data.catalog.async_services()
    if (service := services.get(fields["service"])) is None:
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
    return Quote(request=request, service=service, estimate=estimate(request, service))


async def async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote
) -> TrackedOrder:
    """Send an order and return it with the panel's id, which is then on disk.

    Raises HomeAssistantError `outcome_unknown` if the answer was lost: the order is
    then in the book as unconfirmed.
    """
    return await _async_finish(hass, entry, _async_place_order(hass, entry, quote))


async def async_refill_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, str | ItemError]:
    """Ask for refills; return each order's refill id or what the panel said instead."""
    return await _async_finish(hass, entry, _async_refill_orders(hass, entry, orders))


async def async_cancel_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, ItemError | None]:
    """Ask to cancel orders; None where the panel took the request.

    Whether an order is canceled in the end is told by its status alone.
    """
    return await _async_finish(hass, entry, _async_cancel_orders(hass, entry, orders))


async def _async_finish[T](
    hass: HomeAssistant, entry: PanelConfigEntry, write: Coroutine[Any, Any, T]
) -> T:
    """Carry a write through even if the caller is cancelled, as restarted scripts are."""
    task = hass.async_create_task(write, f"{entry.title} write")
    writes = entry.runtime_data.writes
    writes.add(task)
    task.add_done_callback(writes.discard)
    return await asyncio.shield(task)


async def _async_place_order(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote
) -> TrackedOrder:
    intent = await _async_intend(hass, entry.runtime_data.book, quote)
    try:
        return await _async_send(hass, entry, quote, intent)
    finally:
        _async_written(hass, entry, [intent.key])


async def _async_send(
    hass: HomeAssistant, entry: PanelConfigEntry, quote: Quote, intent: TrackedOrder
) -> TrackedOrder:
    """Send an intended order and record the outcome."""
    data = entry.runtime_data
    with panel_errors(hass, entry, write=True):
        try:
            placed = await data.client.add(quote.request)
        except PanelError as err:
            await _async_close(data.book, intent, err)
            raise
    order = replace(
        intent,
        order=placed.order,
        placement=Placement.PLACED,
        estimate=intent.estimate if placed.charge is None else placed.charge,
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


async def _async_intend(hass: HomeAssistant, book: OrderBook, quote: Quote) -> TrackedOrder:
    """Write down what is about to be sent, or refuse to send it."""
    intent = TrackedOrder(
        key=ulid_now(),
        order=None,
        placement=Placement.INTENDED,
        added_at=dt_util.utcnow(),
        service=quote.service.id,
        name=quote.service.name,
        link=quote.request.link,
        quantity=quote.request.count,
        estimate=quote.estimate,
        can_refill=quote.service.refill,
        can_cancel=quote.service.cancel,
    )
    try:
        await book.async_put([intent])
    except OrderBookWriteError as err:
        with suppress(OrderBookWriteError):
            await book.async_discard([intent.key])
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_saved",
            translation_placeholders={"reason": err.reason},
        ) from err
    if hass.is_stopping:
        # Asked after the save: the store may have put it off to the very end, after the send.
        with suppress(OrderBookWriteError):
            await book.async_discard([intent.key])
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="stopping")
    return intent


async def _async_close(book: OrderBook, intent: TrackedOrder, err: PanelError) -> None:
    """Record that an order was refused, or that nobody knows."""
    # A book that can't be written keeps the intent on disk, which reads as unconfirmed
    # after a restart: the careful side. The store has logged why.
    with suppress(OrderBookWriteError):
        if is_outcome_unknown(err):
            await book.async_put([replace(intent, placement=Placement.UNCONFIRMED)])
        else:
            await book.async_discard([intent.key])


async def _async_refill_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, str | ItemError]:
    with panel_errors(hass, entry, write=True):
        refills = await entry.runtime_data.client.refill(orders)
    await _async_note(
        hass,
        entry,
        refills,
        lambda order, refill: replace(order, refill=refill),
    )
    return refills


async def _async_cancel_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str]
) -> dict[str, ItemError | None]:
    with panel_errors(hass, entry, write=True):
        cancels = await entry.runtime_data.client.cancel(orders)
    now = dt_util.utcnow()
    await _async_note(
        hass,
        entry,
        cancels,
        lambda order, _: replace(order, cancel_asked_at=now),
    )
    return cancels


async def _async_note[T](
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    results: Mapping[str, T | ItemError],
    note: Callable[[TrackedOrder, T], TrackedOrder],
) -> None:
    """Note in the tracked orders what the panel accepted."""
    book = entry.runtime_data.book
    noted = [
        note(order, result)
        for order_id, result in results.items()
        if not isinstance(result, ItemError) and (order := book.find(order_id)) is not None
    ]
    # The caller is given the results whether or not they could be written down.
    with suppress(OrderBookWriteError):
        await book.async_put(noted)
    _async_written(hass, entry, [order.key for order in noted])


def _async_written(hass: HomeAssistant, entry: PanelConfigEntry, keys: Iterable[str]) -> None:
    """Publish what was written and read the balance, which a write may have changed."""
    data = entry.runtime_data
    data.orders.async_written(keys)
    entry.async_create_background_task(
        hass, data.balance.async_request_refresh(), f"{entry.title} balance after write"
    )
