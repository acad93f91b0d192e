"""RequestState for refills and cancels of orders. Each is sent once and never repeated."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..activity import Activity, async_fire_activity
from ..api import ErrorKind, ItemError, Outcome, PanelClient
from ..coordinator import PanelConfigEntry
from ..errors import is_outcome_unknown, panel_errors
from ..orders import Cancel, OrderBookSaveError, Refill, RequestState, TrackedOrder
from .execution import async_publish_outcome, async_run, async_save_intent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request[T]:
    """One kind of request: how it is sent, and noted in an order.

    `settle` is given the order as it is, as it was before, what is known of the asking
    (None: refused) and the panel's result where there is one; `activity` is told once the
    panel took it.
    """

    action: str
    activity: Activity
    send: Callable[[PanelClient, Iterable[str]], Awaitable[dict[str, T | ItemError]]]
    intend: Callable[[TrackedOrder, datetime], TrackedOrder]
    settle: Callable[[TrackedOrder, TrackedOrder, RequestState | None, T | None], TrackedOrder]


def _intend_refill(order: TrackedOrder, now: datetime) -> TrackedOrder:
    return replace(
        order, refills=(*order.refills, Refill(requested_at=now, request=RequestState.INTENDED))
    )


def _settle_refill(
    order: TrackedOrder, _before: TrackedOrder, asking: RequestState | None, refill: str | None
) -> TrackedOrder:
    *others, last = order.refills
    if asking is None:
        return replace(order, refills=tuple(others))
    return replace(order, refills=(*others, replace(last, request=asking, panel_id=refill)))


def _intend_cancel(order: TrackedOrder, now: datetime) -> TrackedOrder:
    return replace(order, cancel=Cancel(requested_at=now, request=RequestState.INTENDED))


def _settle_cancel(
    order: TrackedOrder, before: TrackedOrder, asking: RequestState | None, _result: None
) -> TrackedOrder:
    was_taken = before.cancel is not None and before.cancel.request is RequestState.ACCEPTED
    if order.cancel is None or asking is None or (was_taken and asking is RequestState.UNCONFIRMED):
        return replace(order, cancel=before.cancel)
    return replace(order, cancel=replace(order.cancel, request=asking))


_REFILL = _Request[str](
    action="refill",
    activity=Activity.REFILL_REQUESTED,
    send=PanelClient.refill,
    intend=_intend_refill,
    settle=_settle_refill,
)
_CANCEL = _Request[None](
    action="cancel",
    activity=Activity.CANCEL_REQUESTED,
    send=PanelClient.cancel,
    intend=_intend_cancel,
    settle=_settle_cancel,
)


async def async_refill_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str], context: Context
) -> dict[str, str | ItemError]:
    """Ask for refills; return each order's refill id or what the panel said instead."""
    return await async_run(hass, entry, _async_ask(hass, entry, _REFILL, list(orders), context))


async def async_cancel_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str], context: Context
) -> dict[str, ItemError | None]:
    """Ask to cancel orders; None where the panel took the request.

    Whether an order is canceled in the end is told by its status alone.
    """
    return await async_run(hass, entry, _async_ask(hass, entry, _CANCEL, list(orders), context))


async def _async_ask[T](
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    request: _Request[T],
    orders: list[str],
    context: Context,
) -> dict[str, T | ItemError]:
    """Send a request about orders and note in those that are tracked what became of it."""
    data = entry.runtime_data
    # One at a time, so that what an answer settles is the last that was asked.
    async with data.request_lock:
        with panel_errors(hass, entry):
            await data.rate_limiter.wait_for_turn(request.action)
        tracked = (data.order_book.find(order.strip()) for order in orders)
        before = {
            order.panel_id: order for order in tracked if order is not None and order.panel_id
        }
        now = dt_util.utcnow()
        note = partial(_async_note, hass, entry, request, before)
        await async_save_intent(
            hass,
            entry,
            [request.intend(order, now) for order in before.values()],
            partial(note, dict.fromkeys(before, _NOT_SENT)),
        )
        with panel_errors(hass, entry, operation=True):
            try:
                results = await request.send(data.client, orders)
            except BaseException as err:
                # Whatever it was, the book has to tell what is known.
                await note(
                    dict.fromkeys(before, _UNKNOWN if is_outcome_unknown(err) else _NOT_SENT)
                )
                raise
        for order in await note(results):
            async_fire_activity(hass, entry, request.activity, order, context)
    return results


_NOT_SENT = ItemError(message="Not sent", kind=ErrorKind.OTHER, outcome=Outcome.NOT_SENT)
_UNKNOWN = ItemError(message="Unknown", kind=ErrorKind.OTHER, outcome=Outcome.UNKNOWN)


async def _async_note[T](
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    request: _Request[T],
    before: dict[str, TrackedOrder],
    results: dict[str, T | ItemError],
) -> list[TrackedOrder]:
    """Note the results in the orders as they are now: polls go on meanwhile.

    Returns those of which the panel took the request.
    """
    book = entry.runtime_data.order_book
    noted, taken = [], []
    for order_id, result in results.items():
        order, asked = book.find(order_id), before.get(order_id)
        if order is None or asked is None or order.local_id != asked.local_id:
            # Not tracked, or forgotten meanwhile and perhaps tracked anew.
            continue
        asking: RequestState | None = RequestState.ACCEPTED
        if isinstance(result, ItemError):
            asking = RequestState.UNCONFIRMED if result.outcome is Outcome.UNKNOWN else None
        value = None if isinstance(result, ItemError) else result
        noted.append(settled := request.settle(order, asked, asking, value))
        if asking is RequestState.ACCEPTED:
            taken.append(settled)
    # The caller is given the results whether or not they could be written down.
    with suppress(OrderBookSaveError):
        await book.async_put(noted)
    async_publish_outcome(hass, entry, [order.local_id for order in noted])
    return taken
