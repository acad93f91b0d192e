"""PanelClient: one method per action of the panel API."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
import logging

from .answers import (
    Json,
    interpret,
    read_balance,
    read_cancels,
    read_listed_orders,
    read_order_reports,
    read_placed_order,
    read_refill_statuses,
    read_refills,
    read_services,
)
from .batches import (
    NOT_AN_ID,
    BatchedOperation,
    BatchedRead,
    Items,
    LastAnswers,
    OnItems,
    items_of_refusal,
    may_be_wrong_field,
    without_unlike,
)
from .exceptions import (
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelShapeError,
)
from .id_fields import IdFields
from .models import (
    Balance,
    ErrorKind,
    ItemError,
    ListedOrder,
    OrderReport,
    PlacedOrder,
    RefillStatus,
    Service,
)
from .order_request import OrderRequest
from .pacing import RateLimiter
from .transport import OPERATIONS, Answer, Transport, in_thread_if_large

_LOGGER = logging.getLogger(__package__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query[T]:
    """An action about ids, the reader of its answers, and the answers of the last round."""

    action: str
    read: Callable[[Json, Sequence[str]], Items[T]]
    last: LastAnswers[Items[T]] | None = None


class PanelClient:
    """One account on one panel. Every method raises `PanelError` and nothing else.

    Methods for many orders take any number of ids: blanks around them are stripped, each is
    sent once, 100 in a request, and the result has an entry for every one. An id that cannot
    be sent or has no answer is an `ItemError`. If a panel limits the rate half-way through a
    read, or takes one id a request and stops answering, the ids not answered are `not_sent`,
    and the next call requests them first.

    A read has up to four requests under way at the same time: the first is sent alone, and a
    panel that has limited the rate gets one after the other.
    """

    def __init__(self, transport: Transport, *, rate_limiter: RateLimiter | None = None) -> None:
        """Use a transport that holds the panel's address and the key.

        With `rate_limiter`, a request that the panel would refuse for its rate is not sent
        and raises `PanelRateLimitError`.
        """
        self._transport = transport
        self._rate_limiter = rate_limiter
        self._has_reported_rows = False
        self._interpreting = asyncio.Lock()
        self._id_fields = {
            "status": IdFields(one="order", several="orders"),
            # One server takes the ids of the orders in the field that is named after the refill.
            "refill": IdFields(one="order", several="orders", rare=("refill",)),
            "refill_status": IdFields(one="refill", several="refills"),
            # The API document has no field for a single order here.
            "cancel": IdFields(one="order", several="orders", only="orders"),
        }

    async def balance(self) -> Balance:
        """Get the money on the account."""
        return await self._request({"action": "balance"}, read_balance)

    async def services(self) -> tuple[Service, ...]:
        """Get the service list; a row that cannot be read is skipped."""
        services, unreadable = await self._request({"action": "services"}, read_services)
        if unreadable and not self._has_reported_rows:
            # Once for each client: the list is fetched again and again.
            self._has_reported_rows = True
            _LOGGER.warning("Skipped %d rows of the service list that cannot be read", unreadable)
        return services

    async def add(self, request: OrderRequest) -> PlacedOrder:
        """Place an order, once.

        `PanelRejectedError` and `PanelUnreachableError` mean that nothing was ordered;
        after any other error the order may have been placed.
        """
        return await self._request({"action": "add", **request.form()}, read_placed_order)

    async def orders(self) -> tuple[ListedOrder, ...]:
        """Get the account's orders as the panel lists them, perhaps only the latest.

        Not in the API document; most panels refuse it (`PanelRejectedError`).
        """
        return await self._request({"action": "orders"}, read_listed_orders)

    async def status(self, orders: Iterable[str]) -> dict[str, OrderReport | ItemError]:
        """Get the status of orders."""
        return await self._read(_Query(action="status", read=read_order_reports), orders)

    async def follow(
        self,
        orders: Iterable[str],
        on_reports: OnItems[OrderReport],
        last: LastAnswers[Items[OrderReport]],
    ) -> None:
        """Get the status of orders repeatedly; `on_reports` is called for each answer.

        Whatever was reported before an error was raised is valid.
        """
        # Most answers are the same as in the last round. They are recognised by their text
        # and not read again (`LastAnswers`), so the same objects are reported, and five places
        # rely on that: here, `LastAnswers`, and, to skip orders without comparing them,
        # `TrackedOrder.is_from`, `OrderIndex.adopt` and `OrderBook._change`.
        # Unchanged items are reported all the same: an order may have changed by other means
        # since (an error of its own, a report read by an action, being tracked anew).
        query = _Query(action="status", read=read_order_reports, last=last)
        try:
            items = await self._read(query, orders, on_reports)
        finally:
            last.end_round()
        on_reports({id_: item for id_, item in items.items() if item is NOT_AN_ID})

    async def refill(self, orders: Iterable[str]) -> dict[str, str | ItemError]:
        """Request refills, once; returns the refill id of each order.

        An error is raised only while no request was answered. If a later batch fails, its
        orders become `ItemError` and no further batch is sent.
        """
        return await self._operate(_Query(action="refill", read=read_refills), orders)

    async def refill_status(self, refills: Iterable[str]) -> dict[str, RefillStatus | ItemError]:
        """Get the status of refills, by refill id."""
        return await self._read(_Query(action="refill_status", read=read_refill_statuses), refills)

    async def cancel(self, orders: Iterable[str]) -> dict[str, ItemError | None]:
        """Request cancels, once; None means that the panel accepted the request.

        Whether the order was canceled shows in a later status. Errors as in `refill`.
        """
        return await self._operate(_Query(action="cancel", read=read_cancels), orders)

    async def _read[T](
        self, query: _Query[T], ids: Iterable[str], on_items: OnItems[T] | None = None
    ) -> Items[T]:
        limiter = self._rate_limiter
        read = BatchedRead[T](
            fields=self._id_fields[query.action],
            request=lambda batch, more: self._request_batch(query, batch, more=more),
            on_items=on_items,
            is_limited=limiter is not None and limiter.has_limited(query.action),
        )
        return await read.run(ids)

    async def _operate[T](self, query: _Query[T], ids: Iterable[str]) -> Items[T]:
        operation = BatchedOperation[T](
            fields=self._id_fields[query.action],
            request=lambda name, batch: self._request_ids(query, name, batch),
        )
        return await operation.run(ids)

    async def _request_batch[T](
        self, query: _Query[T], ids: Sequence[str], *, more: bool
    ) -> Items[T]:
        """Send one request of a read, and one in the other id field if it was not understood.

        If the other field brings a result it is kept, and the items are of the first id only.
        Ids without an item are to be requested again.
        """
        fields = self._id_fields[query.action]
        name = fields.field_for(ids)
        items: Items[T] = {}
        failure: PanelRejectedError | PanelShapeError | None = None
        try:
            items = await self._request_ids(query, name, ids, more=more)
        except (PanelRejectedError, PanelShapeError) as err:
            failure = err
        except PanelResponseError as err:
            parted: Items[T] | None = without_unlike(fields.splitting, err, ids)
            if parted is None:
                raise
            return parted
        if isinstance(failure, PanelRejectedError) and len(ids) > 1:
            named = fields.splitting.learn(failure, ids, halve=name in fields.proven)
            if named is not None:
                return items_of_refusal(failure, named) if named else {}
        if fields.may_be_other(name) and may_be_wrong_field(failure, items, ids):
            first = await self._request_first(query, fields.other(name), ids)
            if first is not None:
                return first
        if failure is not None:
            items = items_of_refusal(failure, ids)
            fields.splitting.note_failed(ids)
            return items
        fields.note_result(name, items)
        return items

    async def _request_first[T](
        self, query: _Query[T], name: str, ids: Sequence[str]
    ) -> Items[T] | None:
        """Request the first id in the other field; return its item if that shows anything."""
        fields = self._id_fields[query.action]
        try:
            first = await self._request_ids(query, name, ids[:1])
        except PanelRejectedError as err:
            if err.kind is not ErrorKind.BAD_ORDER or len(ids) == 1:
                return None
            first = items_of_refusal(err, ids[:1])
        except PanelError:
            return None
        item = first[ids[0]]
        if not isinstance(item, ItemError):
            fields.only = name
            return first
        if item.kind is ErrorKind.BAD_ORDER and len(ids) > 1:
            # The others may have been refused for this one.
            fields.splitting.note_refused(ids[:1])
            return first
        return None

    async def _request_ids[T](
        self, query: _Query[T], name: str, ids: Sequence[str], *, more: bool = False
    ) -> Items[T]:
        """Send ids in one field; an answer that is the same as the last one is not read again."""
        form = {"action": query.action, name: ",".join(ids)}
        answer = await self._post(form, more=more)
        last = query.last
        if last is None:
            return await self._interpret_items(query, answer, ids)
        known = last.find(form[name], answer)
        if known is not None:
            self._note_answer(query.action, answer)
            return known
        # One answer after the other, with the event loop's other work in between: answers
        # that arrive together would block it.
        async with self._interpreting:
            await asyncio.sleep(0)
            items = await self._interpret_items(query, answer, ids)
        last.put(form[name], answer, items)
        return items

    async def _request[T](self, form: Mapping[str, str], read: Callable[[Json], T]) -> T:
        """Send one form about the account."""
        return await self._interpret(form["action"], await self._post(form), read)

    async def _post(self, form: Mapping[str, str], *, more: bool = False) -> Answer:
        """Send one form and return the answer."""
        action = form["action"]
        if self._rate_limiter is not None:
            self._rate_limiter.begin(action)
        try:
            answer = await self._transport.post(form, more=more)
        except OSError as err:
            raise PanelConnectionError(f"{type(err).__name__}: {err}") from err
        _LOGGER.debug("%s: HTTP %d, %d characters", action, answer.status, len(answer.text))
        return answer

    async def _interpret_items[T](
        self, query: _Query[T], answer: Answer, ids: Sequence[str]
    ) -> Items[T]:
        return await self._interpret(query.action, answer, lambda data: query.read(data, ids), ids)

    async def _interpret[T](
        self, action: str, answer: Answer, read: Callable[[Json], T], ids: Sequence[str] = ()
    ) -> T:
        """Return the result that an answer holds, or raise its error."""
        try:
            result = await in_thread_if_large(
                len(answer.text), interpret, answer, read, ids, is_operation=action in OPERATIONS
            )
        except PanelRateLimitError as err:
            if self._rate_limiter is not None:
                self._rate_limiter.note_refusal(action, err)
            raise
        self._note_answer(action, answer)
        return result

    def _note_answer(self, action: str, answer: Answer) -> None:
        if self._rate_limiter is not None:
            self._rate_limiter.note_answer(action, answer.headers)
