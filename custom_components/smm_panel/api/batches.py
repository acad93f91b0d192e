"""Requests about many ids: how they are split into batches, sent, and answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from .answers import LEFT_OUT, is_usable_id
from .exceptions import (
    PanelAuthError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelShapeError,
    PanelUnreachableError,
)
from .id_fields import IdFields
from .models import ErrorKind, ItemError, Outcome
from .splitting import ABOUT_ORDERS, Splitting
from .transport import Answer

type Items[T] = dict[str, T | ItemError]
type OnItems[T] = Callable[[Items[T]], None]

_MOST_AT_ONCE = 4
# After the first request.
_ROUND_TRIPS = 3

# Refusals of the account or the panel, never of an order.
_WHOLE_CALL = frozenset({ErrorKind.AUTH, ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE})

NOT_AN_ID = ItemError(
    message="This is not an id", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT
)


class LastAnswers[T]:
    """The answers of the last round of requests, and what was read from each."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, T]] = {}
        self._now: dict[str, tuple[str, T]] = {}

    def end_round(self) -> None:
        """End a round of requests: answers from before it are dropped."""
        self._last, self._now = self._now, {}

    def find(self, ids: str, answer: Answer) -> T | None:
        """Return what was read from the last answer about these ids, if this one is the same."""
        known = self._last.get(ids)
        if known is None or answer.status != HTTPStatus.OK or known[0] != answer.text:
            return None
        self._now[ids] = known
        return known[1]

    def put(self, ids: str, answer: Answer, read: T) -> None:
        """Keep what was read from an answer."""
        if answer.status == HTTPStatus.OK:
            self._now[ids] = (answer.text, read)


@dataclass(slots=True, kw_only=True)
class BatchedRead[T]:
    """One read about any number of ids.

    The first request runs alone. The others run at the same time: no more than it takes to
    finish within three further round trips, and never more than four. With `is_limited`
    they run one after the other.

    `request` sends one batch; its second argument says whether another request follows at
    once. `on_items` is called with the items of each answer as it arrives.
    """

    fields: IdFields
    request: Callable[[Sequence[str], bool], Awaitable[Items[T]]]
    on_items: OnItems[T] | None
    is_limited: bool
    _items: Items[T] = field(default_factory=dict)
    _unsent: list[str] = field(default_factory=list)
    _at_once: int = 1
    _failures: list[PanelError] = field(default_factory=list)

    async def run(self, ids: Iterable[str]) -> Items[T]:
        """Return an item for every id, those left over from the last call requested first.

        Raises `PanelError`. If the panel limits the rate, or takes one id a request and stops
        answering, the ids not answered become `not_sent` instead, unless there is no answer.
        """
        requested, usable = split_usable(ids)
        self.fields.splitting.begin()
        self._unsent = sorted(usable, key=lambda id_: id_ not in self.fields.left_over)
        await self._send_all()
        items: Items[T] = dict.fromkeys(requested, NOT_AN_ID)
        items |= self._items
        # After an error the next call starts with the first id again: the ids that would
        # go first otherwise may be the ones that the panel fails at.
        self.fields.left_over = frozenset()
        if (failure := self._failure) is not None:
            if not self._items or not self._is_partial_result(failure):
                raise failure
            items |= dict.fromkeys(self._unsent, _lost(failure, Outcome.NOT_SENT))
            self.fields.left_over = frozenset(self._unsent)
        return items

    async def _send_all(self) -> None:
        if self._unsent:
            # The first request runs alone: it shows which id field the panel accepts, and a
            # panel that refuses gets one request instead of four.
            await self._send_next()
        if not self.is_limited:
            trips = -(-self.fields.count_requests(self._unsent) // _ROUND_TRIPS)
            self._at_once = min(trips, _MOST_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._send_rest())

    async def _send_rest(self) -> None:
        while self._unsent and not self._failures:
            await self._send_next()

    async def _send_next(self) -> None:
        batch = self.fields.batch(self._unsent)
        sent = frozenset(batch)
        self._unsent = [id_ for id_ in self._unsent if id_ not in sent]
        # Near the end another task may send the ids that are left.
        more = self.fields.count_requests(self._unsent) >= self._at_once
        answered: Items[T] = {}
        try:
            answered = await self.request(batch, more)
        except PanelError as err:
            self._failures.append(err)
        self._items |= answered
        self._unsent[:0] = [id_ for id_ in batch if id_ not in answered]
        if self.on_items is not None:
            self.on_items(answered)

    @property
    def _failure(self) -> PanelError | None:
        """The error that ended the read; a wrong key first, as only the user can correct it."""
        is_key = (err for err in self._failures if isinstance(err, PanelAuthError))
        return next(is_key, self._failures[0] if self._failures else None)

    def _is_partial_result(self, failure: PanelError) -> bool:
        """Return whether the items read before a failure are worth returning."""
        if isinstance(failure, PanelAuthError):
            return False
        return self.fields.is_one_by_one or isinstance(failure, PanelRateLimitError)


@dataclass(slots=True, kw_only=True)
class BatchedOperation[T]:
    """One operation about any number of ids: one request after the other, each sent once.

    `request` sends ids in one of the two fields.
    """

    fields: IdFields
    request: Callable[[str, Sequence[str]], Awaitable[Items[T]]]

    async def run(self, ids: Iterable[str]) -> Items[T]:
        """Return an item for every id.

        Raises `PanelError` only while no request was answered.
        """
        # One call uses one field: what it shows about the fields is for the next call.
        fields = replace(self.fields)
        fields.splitting.begin()
        requested, unsent = split_usable(ids)
        items: Items[T] = dict.fromkeys(requested, NOT_AN_ID)
        has_answer = False
        while unsent:
            batch = fields.batch(unsent)
            try:
                answered = await self._request_batch(fields, batch)
            except PanelError as err:
                if not has_answer:
                    raise
                # What the panel has accepted before must not be lost with the error.
                items |= dict.fromkeys(unsent, _lost(err, Outcome.NOT_SENT))
                items |= dict.fromkeys(batch, _lost(err))
                break
            items |= answered
            has_answer = has_answer or bool(answered)
            unsent = [id_ for id_ in unsent if id_ not in answered]
        return items

    async def _request_batch(self, fields: IdFields, ids: Sequence[str]) -> Items[T]:
        """Send one request, once; ids without an item in the result can be sent again.

        A panel that refused the form of the request has accepted nothing, so the next call
        may use another field; unless this field has worked before. One that refused all ids
        for one of them, or for their number, has accepted nothing either.
        """
        name = fields.field_for(ids)
        try:
            items = await self.request(name, ids)
        except PanelRejectedError as err:
            if (named := fields.splitting.learn(err, ids, halve=False)) is not None:
                return items_of_refusal(err, named) if named else {}
            if err.kind is ErrorKind.BAD_REQUEST and name not in self.fields.proven:
                self.fields.note_form_refused(name, err.message)
            return items_of_refusal(err, ids)
        if not all(isinstance(item, ItemError) for item in items.values()):
            self.fields.proven.add(name)
            # Then the field was not the reason of an earlier refusal in this call.
            self.fields.only = fields.only
        return items


def split_usable(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the ids without blanks around them, each once, and those that can be sent."""
    requested = list(dict.fromkeys(str(id_).strip() for id_ in ids))
    return requested, [id_ for id_ in requested if is_usable_id(id_)]


def may_be_wrong_field(
    failure: PanelRejectedError | PanelShapeError | None,
    items: Mapping[str, object],
    ids: Sequence[str],
) -> bool:
    """Return whether a panel that does not support the id field used may answer like this.

    A panel that looks for `order` and finds none may report a wrong order, or leave out
    every id; for a single id either of the two is taken literally.
    """
    if isinstance(failure, PanelShapeError):
        return True
    if failure is not None:
        is_order = failure.kind in ABOUT_ORDERS and len(ids) > 1
        return failure.kind is ErrorKind.BAD_REQUEST or is_order
    return len(ids) > 1 and all(item == LEFT_OUT for item in items.values())


def items_of_refusal[T](
    failure: PanelRejectedError | PanelShapeError, ids: Sequence[str]
) -> Items[T]:
    """Return an item for each id of a refusal that is about the orders; raises any other."""
    if isinstance(failure, PanelShapeError):
        raise failure
    is_about_one = len(ids) == 1 and failure.kind not in _WHOLE_CALL
    if failure.kind not in ABOUT_ORDERS and not is_about_one:
        raise failure
    return dict.fromkeys(ids, ItemError(message=failure.message, kind=failure.kind))


def without_unlike[T](
    splitting: Splitting, err: PanelResponseError, ids: Sequence[str]
) -> Items[T] | None:
    """Return the items of a read at which the panel failed, if an id may be the reason.

    The result is empty after the first failure: the ids are to be requested again, that one
    apart from the others. If the panel fails at it by itself, the call goes on without it.
    """
    if type(err) is not PanelResponseError:
        return None
    if splitting.part_unlike(ids):
        return {}
    if not splitting.is_apart(ids):
        return None
    splitting.note_failed(ids)
    return dict.fromkeys(
        ids, ItemError(message=str(err), kind=ErrorKind.PANEL_FAULT, outcome=Outcome.UNKNOWN)
    )


def _lost(err: PanelError, outcome: Outcome | None = None) -> ItemError:
    """Return the item of an id whose batch failed or was not sent."""
    if outcome is None:
        outcome = Outcome.UNKNOWN
        if isinstance(err, PanelRejectedError):
            outcome = Outcome.REFUSED
        elif isinstance(err, PanelUnreachableError):
            outcome = Outcome.NOT_SENT
    kind = err.kind if isinstance(err, PanelRejectedError) else ErrorKind.OTHER
    return ItemError(message=str(err), kind=kind, outcome=outcome)
