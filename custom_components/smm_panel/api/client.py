"""PanelClient: one method per action of the panel API."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
import logging

from .answers import (
    LEFT_OUT,
    Json,
    interpret,
    is_usable_id,
    read_balance,
    read_cancels,
    read_listed_orders,
    read_order_reports,
    read_placed_order,
    read_refill_statuses,
    read_refills,
    read_services,
)
from .batches import IdForms, Items, LastAnswers, Reading, Told
from .exceptions import (
    PanelAuthError,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelShapeError,
    PanelUnreachableError,
)
from .models import (
    Balance,
    ErrorKind,
    ItemError,
    ListedOrder,
    OrderReport,
    Outcome,
    PlacedOrder,
    RefillStatus,
    Service,
)
from .order_request import OrderRequest
from .pacing import Paces
from .transport import WRITES, Answer, Transport, in_thread_if_large

type ReadItems[T] = Callable[[Json, Sequence[str]], Items[T]]

_LOGGER = logging.getLogger(__package__)

# Refusals of the account or the panel, never of an order.
_WHOLE_CALL = frozenset({ErrorKind.AUTH, ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE})
# Refusals that are about the orders even if the answer names none of them.
_ABOUT_ORDERS = frozenset({ErrorKind.BAD_ORDER, ErrorKind.NOT_ELIGIBLE})

_NO_ID = ItemError(message="This is not an id", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question[T]:
    """What is asked about ids, how its answers are read, and what was read from the last ones."""

    action: str
    read: ReadItems[T]
    last: LastAnswers[Items[T]] | None = None


class PanelClient:
    """One account on one panel. Every method raises `PanelError` and nothing else.

    Methods for many orders take any number of ids: blanks around them are stripped,
    each is sent once, 100 in a request, and the answer has an entry for every one. An
    id that cannot be sent or has no answer is an `ItemError`. Where a panel wants to be left
    alone half-way through a read, or takes one id in a request only and stops answering,
    the ids not answered any more are `not_sent`, and asked first the next time.

    Of a read up to four requests are under way at once: the first goes alone, and so do all
    of a panel that has limited their rate.
    """

    def __init__(self, transport: Transport, *, paces: Paces | None = None) -> None:
        """Send through `transport`, which knows address and key.

        With `paces`, nothing is sent while the panel wants to be left alone: such a request
        raises `PanelRateLimitError`.
        """
        self._transport = transport
        self._paces = paces
        self._has_reported_rows = False
        self._turn = asyncio.Lock()
        self._forms = {
            "status": IdForms(one="order", several="orders"),
            "refill": IdForms(one="order", several="orders"),
            "refill_status": IdForms(one="refill", several="refills"),
            # The API document has no form for a single order here.
            "cancel": IdForms(one="order", several="orders", only="orders"),
        }

    async def balance(self) -> Balance:
        """Get the money on the account."""
        return await self._ask({"action": "balance"}, read_balance)

    async def services(self) -> tuple[Service, ...]:
        """Get the service list; a row that cannot be read is skipped."""
        services, unreadable = await self._ask({"action": "services"}, read_services)
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
        return await self._ask({"action": "add", **request.form()}, read_placed_order)

    async def orders(self) -> tuple[ListedOrder, ...]:
        """Get the account's orders as the panel lists them, perhaps only the latest.

        Not in the API document; most panels refuse it (`PanelRejectedError`).
        """
        return await self._ask({"action": "orders"}, read_listed_orders)

    async def status(self, orders: Iterable[str]) -> dict[str, OrderReport | ItemError]:
        """Get the status of orders."""
        return await self._read_each(_Question(action="status", read=read_order_reports), orders)

    async def follow(
        self,
        orders: Iterable[str],
        told: Told[OrderReport],
        last: LastAnswers[Items[OrderReport]],
    ) -> None:
        """Get the status of orders again and again: `told` has the items of each answer at once.

        An answer that is the same as in `last` is not read anew: its items are the same
        objects. What was told before an error was raised holds.
        """
        question = _Question(action="status", read=read_order_reports, last=last)
        try:
            items = await self._read_each(question, orders, told)
        finally:
            last.turn()
        told({id_: item for id_, item in items.items() if item is _NO_ID})

    async def refill(self, orders: Iterable[str]) -> dict[str, str | ItemError]:
        """Ask for refills, once; gives the refill id of each order.

        An error is raised only while nothing else was sent. If a later batch fails, its
        orders become `ItemError` and no further batch is sent.
        """
        return await self._write_each(_Question(action="refill", read=read_refills), orders)

    async def refill_status(self, refills: Iterable[str]) -> dict[str, RefillStatus | ItemError]:
        """Get the status of refills, by refill id."""
        question = _Question(action="refill_status", read=read_refill_statuses)
        return await self._read_each(question, refills)

    async def cancel(self, orders: Iterable[str]) -> dict[str, ItemError | None]:
        """Ask for cancels, once; None means that the panel took the request.

        Only a later status tells whether the order was canceled. Errors as in `refill`.
        """
        return await self._write_each(_Question(action="cancel", read=read_cancels), orders)

    async def _write_each[T](self, question: _Question[T], ids: Iterable[str]) -> Items[T]:
        """Send a write for any number of ids, one request after the other."""
        # What this call learns is for the next one.
        forms = replace(self._forms[question.action])
        asked, unsent = _sorted_out(ids)
        items: Items[T] = dict.fromkeys(asked, _NO_ID)
        has_answer = False
        while unsent:
            batch = forms.batch(unsent)
            try:
                answered = await self._write_batch(question, forms, batch)
            except PanelError as err:
                if not has_answer:
                    raise
                # What the panel has done before must not be lost with the error.
                items |= dict.fromkeys(unsent, _lost(err, Outcome.NOT_SENT))
                items |= dict.fromkeys(batch, _lost(err))
                break
            items |= answered
            has_answer = True
            unsent = unsent[len(batch) :]
        return items

    async def _read_each[T](
        self, question: _Question[T], ids: Iterable[str], told: Told[T] | None = None
    ) -> Items[T]:
        """Ask about any number of ids, the first request alone and then several at once."""
        forms = self._forms[question.action]
        asked, unsent = _sorted_out(ids)
        is_limited = self._paces is not None and self._paces.has_limited(question.action)
        reading = Reading[T](
            forms=forms,
            ask=lambda batch, more: self._read_batch(question, forms, batch, more=more),
            told=told,
            is_limited=is_limited,
        )
        await reading.run(unsent)
        items: Items[T] = dict.fromkeys(asked, _NO_ID)
        items |= reading.items
        # After an error the next call begins at the beginning: the ids it came with may be
        # what the panel stumbles over.
        forms.late = frozenset()
        if (failure := reading.failure) is not None:
            if not reading.items or not _is_kept(failure, forms):
                raise failure
            items |= dict.fromkeys(reading.unsent, _lost(failure, Outcome.NOT_SENT))
            forms.late = frozenset(reading.unsent)
        return items

    async def _write_batch[T](
        self, question: _Question[T], forms: IdForms, ids: Sequence[str]
    ) -> Items[T]:
        """Send one request of a write, once.

        A panel that refused the form of the request took nothing, so the next call may
        use the other form; unless this one has worked before, then it was not the form.
        """
        name, known = forms.field_for(ids), self._forms[question.action]
        try:
            items = await self._ask_in(question, name, ids)
        except PanelRejectedError as err:
            if err.kind is ErrorKind.BAD_REQUEST and name not in known.proven:
                known.only = known.other(name)
            return _items_of_refusal(err, ids)
        if not all(isinstance(item, ItemError) for item in items.values()):
            known.proven.add(name)
            # Whatever was refused before in this call was not refused for its form.
            known.only = forms.only
        return items

    async def _read_batch[T](
        self, question: _Question[T], forms: IdForms, ids: Sequence[str], *, more: bool
    ) -> Items[T]:
        """Send one request of a read, and another in the other form if it was not understood.

        If the other form brings a result it is kept, and the items are of the first id only.
        """
        name = forms.field_for(ids)
        items: Items[T] = {}
        failure: PanelRejectedError | PanelShapeError | None = None
        try:
            items = await self._ask_in(question, name, ids, more=more)
        except (PanelRejectedError, PanelShapeError) as err:
            failure = err
        if forms.only is None and _may_be_the_form(failure, items, ids):
            with suppress(PanelError):
                told = await self._ask_in(question, forms.other(name), ids[:1])
                if not isinstance(told[ids[0]], ItemError):
                    forms.only = forms.other(name)
                    return told
        return items if failure is None else _items_of_refusal(failure, ids)

    async def _ask_in[T](
        self, question: _Question[T], name: str, ids: Sequence[str], *, more: bool = False
    ) -> Items[T]:
        """Ask about ids in one form."""
        form = {"action": question.action, name: ",".join(ids)}
        answer = await self._send(form, more=more)
        last = question.last
        known = None if last is None else last.find(form[name], answer)
        if known is not None:
            self._note_answer(question.action, answer)
            return known
        if last is None:
            return await self._read_items(question, answer, ids)
        # One answer after the other, and the loop's other work in between: answers that have
        # come together would hold it up.
        async with self._turn:
            await asyncio.sleep(0)
            items = await self._read_items(question, answer, ids)
        last.put(form[name], answer, items)
        return items

    async def _read_items[T](
        self, question: _Question[T], answer: Answer, ids: Sequence[str]
    ) -> Items[T]:
        """Read an answer about ids."""
        return await self._read(question.action, answer, lambda data: question.read(data, ids), ids)

    async def _ask[T](self, form: Mapping[str, str], read: Callable[[Json], T]) -> T:
        """Send one form about the account and read the answer."""
        return await self._read(form["action"], await self._send(form), read)

    async def _send(self, form: Mapping[str, str], *, more: bool = False) -> Answer:
        """Send one form."""
        action = form["action"]
        if self._paces is not None:
            self._paces.begin(action)
        try:
            answer = await self._transport.post(form, more=more)
        except OSError as err:
            raise PanelConnectionError(f"{type(err).__name__}: {err}") from err
        _LOGGER.debug("%s: HTTP %d, %d characters", action, answer.status, len(answer.text))
        return answer

    async def _read[T](
        self, action: str, answer: Answer, read: Callable[[Json], T], ids: Sequence[str] = ()
    ) -> T:
        """Read an answer."""
        is_write = action in WRITES
        try:
            result = await in_thread_if_large(
                len(answer.text), interpret, answer, read, ids, is_write=is_write
            )
        except PanelRateLimitError as err:
            if self._paces is not None:
                self._paces.note_refusal(action, err)
            raise
        self._note_answer(action, answer)
        return result

    def _note_answer(self, action: str, answer: Answer) -> None:
        if self._paces is not None:
            self._paces.note_answer(action, answer.headers)


def _sorted_out(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the ids that are asked about, each once, and those of them that can be sent."""
    asked = list(dict.fromkeys(str(id_).strip() for id_ in ids))
    return asked, [id_ for id_ in asked if is_usable_id(id_)]


def _is_kept(failure: PanelError, forms: IdForms) -> bool:
    """Tell whether what a read was told before a failure is an answer without the rest."""
    if isinstance(failure, PanelAuthError):
        return False
    return forms.is_one_by_one or isinstance(failure, PanelRateLimitError)


def _may_be_the_form(
    failure: PanelRejectedError | PanelShapeError | None,
    items: Mapping[str, object],
    ids: Sequence[str],
) -> bool:
    """Tell whether a panel that does not know the form of a request answers like this.

    A panel that looks for `order` and finds none may call it a wrong order, or answer
    nothing; where a single id was asked that is just what it says.
    """
    if isinstance(failure, PanelShapeError):
        return True
    if failure is not None:
        is_order = failure.kind in _ABOUT_ORDERS and len(ids) > 1
        return failure.kind is ErrorKind.BAD_REQUEST or is_order
    return len(ids) > 1 and all(item == LEFT_OUT for item in items.values())


def _items_of_refusal[T](
    failure: PanelRejectedError | PanelShapeError, ids: Sequence[str]
) -> Items[T]:
    """Make items of a refusal that is about the orders; raises any other failure."""
    if isinstance(failure, PanelShapeError):
        raise failure
    is_about_one = len(ids) == 1 and failure.kind not in _WHOLE_CALL
    if failure.kind not in _ABOUT_ORDERS and not is_about_one:
        raise failure
    return dict.fromkeys(ids, ItemError(message=failure.message, kind=failure.kind))


def _lost(err: PanelError, outcome: Outcome | None = None) -> ItemError:
    """Make the item of an order whose batch failed or was not sent any more."""
    if outcome is None:
        outcome = Outcome.UNKNOWN
        if isinstance(err, PanelRejectedError):
            outcome = Outcome.REFUSED
        elif isinstance(err, PanelUnreachableError):
            outcome = Outcome.NOT_SENT
    kind = err.kind if isinstance(err, PanelRejectedError) else ErrorKind.OTHER
    return ItemError(message=str(err), kind=kind, outcome=outcome)
