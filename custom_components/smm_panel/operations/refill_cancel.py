"""Requests for refills and cancels of orders. Each is sent once and never repeated."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import ClassVar, override

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..activity import Activity, async_fire_activity
from ..api import ErrorKind, ItemError, Outcome
from ..coordinator import PanelConfigEntry, PanelRuntimeData, loaded_data
from ..errors import is_outcome_unknown, panel_errors
from ..orders import Cancel, OrderBookSaveError, Refill, RequestState, TrackedOrder
from .execution import async_publish_outcome, async_run, async_save_intent

type Results[T] = dict[str, T | ItemError]

_NOT_SENT = ItemError(message="Not sent", kind=ErrorKind.OTHER, outcome=Outcome.NOT_SENT)
_UNKNOWN = ItemError(message="Unknown", kind=ErrorKind.OTHER, outcome=Outcome.UNKNOWN)


async def async_refill_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str], context: Context
) -> dict[str, str | ItemError]:
    """Request refills of orders by the panel's ids; return the refill id or error of each.

    Raises HomeAssistantError, with `outcome_unknown` if the answer was lost.
    """
    request = _RefillRequest(hass, entry, loaded_data(entry), list(orders))
    return await request.async_run(context)


async def async_cancel_orders(
    hass: HomeAssistant, entry: PanelConfigEntry, orders: Iterable[str], context: Context
) -> dict[str, ItemError | None]:
    """Request cancels of orders by the panel's ids; return None for each accepted request.

    Only a later status shows whether an order was canceled. Raises HomeAssistantError, with
    `outcome_unknown` if the answer was lost.
    """
    request = _CancelRequest(hass, entry, loaded_data(entry), list(orders))
    return await request.async_run(context)


@dataclass(frozen=True, slots=True)
class _Request[T](ABC):
    """A request about some orders: the intent is saved, it is sent once, the answer is noted."""

    action: ClassVar[str]
    activity: ClassVar[Activity]

    hass: HomeAssistant
    entry: PanelConfigEntry
    data: PanelRuntimeData
    orders: list[str]

    @abstractmethod
    async def async_send(self) -> Results[T]:
        """Send the request. Raises PanelError."""

    @abstractmethod
    def intend(self, order: TrackedOrder, now: datetime) -> TrackedOrder:
        """Return an order with the intended request."""

    @abstractmethod
    def settle(
        self,
        order: TrackedOrder,
        before: TrackedOrder,
        state: RequestState | None,
        result: T | None,
    ) -> TrackedOrder:
        """Return an order with the outcome of the request.

        `before` is the order before the intent. `state` is None if the panel refused.
        """

    async def async_run(self, context: Context) -> Results[T]:
        """Run the request to its end, even if the caller is cancelled; return the results."""
        return await async_run(
            self.hass, self.entry, self.data, partial(self._async_request, context)
        )

    async def _async_request(self, context: Context) -> Results[T]:
        # One at a time, so that an answer settles the last request of an order.
        async with self.data.request_lock:
            with panel_errors(self.hass, self.entry):
                await self.data.rate_limiter.wait_for_turn(self.action)
            before = self._tracked_orders()
            await self._async_intend(before)
            results = await self._async_send_once(before)
            for order in await self._async_settle(before, results):
                async_fire_activity(self.hass, self.entry, self.activity, order, context)
        return results

    def _tracked_orders(self) -> dict[str, TrackedOrder]:
        """Return those of the orders that are tracked, by the panel's ids."""
        found = (self.data.order_book.find(order.strip()) for order in self.orders)
        return {order.panel_id: order for order in found if order is not None and order.panel_id}

    async def _async_intend(self, before: Mapping[str, TrackedOrder]) -> None:
        now = dt_util.utcnow()
        intended = [self.intend(order, now) for order in before.values()]
        undo = partial(self._async_settle, before, dict.fromkeys(before, _NOT_SENT))
        await async_save_intent(self.hass, self.data, intended, undo)

    async def _async_send_once(self, before: Mapping[str, TrackedOrder]) -> Results[T]:
        with panel_errors(self.hass, self.entry, operation=True):
            try:
                return await self.async_send()
            except BaseException as err:
                # Whatever the error is, the order book has to say what is known.
                outcome = _UNKNOWN if is_outcome_unknown(err) else _NOT_SENT
                await self._async_settle(before, dict.fromkeys(before, outcome))
                raise

    async def _async_settle(
        self, before: Mapping[str, TrackedOrder], results: Mapping[str, T | ItemError]
    ) -> list[TrackedOrder]:
        """Note the results in the orders as they are now; return those accepted by the panel.

        Polls may have changed the orders since the intent was saved.
        """
        settled, accepted = [], []
        for order_id, result in results.items():
            order, intended = self.data.order_book.find(order_id), before.get(order_id)
            if order is None or intended is None or order.local_id != intended.local_id:
                # Not tracked, or forgotten meanwhile and perhaps tracked again.
                continue
            state = _state_of(result)
            value = None if isinstance(result, ItemError) else result
            settled.append(self.settle(order, intended, state, value))
            if state is RequestState.ACCEPTED:
                accepted.append(settled[-1])
        # The caller gets the results even if they could not be saved.
        with suppress(OrderBookSaveError):
            await self.data.order_book.async_put(settled)
        async_publish_outcome(
            self.hass, self.entry, self.data, [order.local_id for order in settled]
        )
        return accepted


def _state_of(result: object) -> RequestState | None:
    """Return the state of a request with this result; None if the panel refused."""
    if not isinstance(result, ItemError):
        return RequestState.ACCEPTED
    return RequestState.UNCONFIRMED if result.outcome is Outcome.UNKNOWN else None


class _RefillRequest(_Request[str]):
    """A request for refills. Each is one more refill of its order."""

    action = "refill"
    activity = Activity.REFILL_REQUESTED

    @override
    async def async_send(self) -> Results[str]:
        return await self.data.client.refill(self.orders)

    @override
    def intend(self, order: TrackedOrder, now: datetime) -> TrackedOrder:
        refill = Refill(requested_at=now, request=RequestState.INTENDED)
        return replace(order, refills=(*order.refills, refill))

    @override
    def settle(
        self,
        order: TrackedOrder,
        before: TrackedOrder,
        state: RequestState | None,
        result: str | None,
    ) -> TrackedOrder:
        *others, last = order.refills
        if state is None:
            return replace(order, refills=tuple(others))
        return replace(order, refills=(*others, replace(last, request=state, panel_id=result)))


class _CancelRequest(_Request[None]):
    """A request for cancels. An order has at most one, the last."""

    action = "cancel"
    activity = Activity.CANCEL_REQUESTED

    @override
    async def async_send(self) -> Results[None]:
        return await self.data.client.cancel(self.orders)

    @override
    def intend(self, order: TrackedOrder, now: datetime) -> TrackedOrder:
        return replace(order, cancel=Cancel(requested_at=now, request=RequestState.INTENDED))

    @override
    def settle(
        self,
        order: TrackedOrder,
        before: TrackedOrder,
        state: RequestState | None,
        result: None,
    ) -> TrackedOrder:
        was_accepted = before.cancel is not None and before.cancel.request is RequestState.ACCEPTED
        is_worse = was_accepted and state is RequestState.UNCONFIRMED
        if order.cancel is None or state is None or is_worse:
            return replace(order, cancel=before.cancel)
        return replace(order, cancel=replace(order.cancel, request=state))
