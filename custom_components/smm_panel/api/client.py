"""PanelClient: one method per action of the panel API."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import batched, chain
import logging

from .dialect import (
    read_balance,
    read_cancels,
    read_listed_orders,
    read_order_reports,
    read_placed_order,
    read_refill_statuses,
    read_refills,
    read_services,
)
from .exceptions import (
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnreachableError,
    rejection,
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
from .rate_limits import read_retry_after
from .requests import OrderRequest
from .rows import read_refusal
from .transport import Answer, Transport, in_thread_if_large
from .values import Json, is_usable_id, parse_json

_LOGGER = logging.getLogger(__package__)

# "separated by a comma, up to 100 IDs" (API document); some panels cut the rest in
# silence.
BATCH_SIZE = 100

# Actions that spend or change; they are sent once, whatever happens.
_WRITES = frozenset({"add", "refill", "cancel"})
# Refusals of the account or the panel, never of an order.
_WHOLE_CALL = frozenset({ErrorKind.AUTH, ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE})
# Refusals that are about the orders even if the answer names none of them.
_ABOUT_ORDERS = frozenset({ErrorKind.BAD_ORDER, ErrorKind.NOT_ELIGIBLE})
# What a server error does not settle for a write: see `_raise_refusal`.
_UNSETTLED = frozenset({ErrorKind.OTHER, ErrorKind.MAINTENANCE})

_NO_ID = ItemError(message="This is not an id", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT)


class PanelClient:
    """One account on one panel. Every method raises `PanelError` and nothing else.

    Methods for many orders take any number of ids: blanks around them are stripped,
    each is sent once, 100 in a request, and the answer has an entry for every one. An
    id that cannot be sent or has no answer is an `ItemError`.
    """

    def __init__(self, transport: Transport) -> None:
        """Send through `transport`, which knows address and key."""
        self._transport = transport
        self._has_reported_rows = False

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
        return await self._ask_each("status", "order", "orders", orders, read_order_reports)

    async def refill(self, orders: Iterable[str]) -> dict[str, str | ItemError]:
        """Ask for refills, once; gives the refill id of each order.

        An error is raised only while nothing else was sent. If a later batch fails, its
        orders become `ItemError` and no further batch is sent.
        """
        return await self._ask_each("refill", "order", "orders", orders, read_refills)

    async def refill_status(self, refills: Iterable[str]) -> dict[str, RefillStatus | ItemError]:
        """Get the status of refills, by refill id."""
        return await self._ask_each(
            "refill_status", "refill", "refills", refills, read_refill_statuses
        )

    async def cancel(self, orders: Iterable[str]) -> dict[str, ItemError | None]:
        """Ask for cancels, once; None means that the panel took the request.

        Only a later status tells whether the order was canceled. Errors as in `refill`.
        """
        # The API document has no form for a single order here.
        return await self._ask_each("cancel", "orders", "orders", orders, read_cancels)

    async def _ask_each[T](
        self,
        action: str,
        one: str,
        many: str,
        ids: Iterable[str],
        read: Callable[[Json, list[str]], dict[str, T | ItemError]],
    ) -> dict[str, T | ItemError]:
        """Ask about any number of ids, in batches."""
        asked = list(dict.fromkeys(str(id_).strip() for id_ in ids))
        items: dict[str, T | ItemError] = {id_: _NO_ID for id_ in asked if not is_usable_id(id_)}
        batches = list(
            batched((id_ for id_ in asked if id_ not in items), BATCH_SIZE, strict=False)
        )
        for position, batch in enumerate(batches):
            name = one if len(batch) == 1 else many
            try:
                items |= await self._ask_batch(action, name, list(batch), read)
            except PanelError as err:
                if action not in _WRITES or position == 0:
                    raise
                # What the panel has taken before must not be lost with the error.
                items |= dict.fromkeys(batch, _lost(err))
                unsent = chain.from_iterable(batches[position + 1 :])
                items |= dict.fromkeys(unsent, _lost(err, Outcome.NOT_SENT))
                break
        return {id_: items[id_] for id_ in asked}

    async def _ask_batch[T](
        self,
        action: str,
        name: str,
        ids: list[str],
        read: Callable[[Json, list[str]], dict[str, T | ItemError]],
    ) -> dict[str, T | ItemError]:
        """Ask about at most 100 ids; a refusal that is about them becomes their item."""
        form = {"action": action, name: ",".join(ids)}
        try:
            return await self._ask(form, lambda data: read(data, ids), ids)
        except PanelRejectedError as err:
            is_about_one = len(ids) == 1 and err.kind not in _WHOLE_CALL
            if err.kind not in _ABOUT_ORDERS and not is_about_one:
                raise
            return dict.fromkeys(ids, ItemError(message=err.message, kind=err.kind))

    async def _ask[T](
        self, form: Mapping[str, str], read: Callable[[Json], T], ids: Sequence[str] = ()
    ) -> T:
        """Send one form and read the answer."""
        try:
            answer = await self._transport.post(form)
        except OSError as err:
            raise PanelConnectionError(f"{type(err).__name__}: {err}") from err
        action = form["action"]
        _LOGGER.debug("%s: HTTP %d, %d characters", action, answer.status, len(answer.text))
        is_write = action in _WRITES
        return await in_thread_if_large(
            len(answer.text), _judge, answer, read, ids, is_write=is_write
        )


def _judge[T](
    answer: Answer, read: Callable[[Json], T], ids: Sequence[str], *, is_write: bool
) -> T:
    """Make a result or an error of an answer: its body first, its HTTP status last."""
    try:
        data = parse_json(answer.text)
        _raise_refusal(answer, data, ids, is_write=is_write)
        return read(data)
    except PanelResponseError as err:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            retry_after = read_retry_after(answer.headers)
            raise PanelRateLimitError(retry_after=retry_after) from None
        raise PanelResponseError(f"{err} (HTTP {answer.status})") from None


def _raise_refusal(answer: Answer, data: Json, ids: Sequence[str], *, is_write: bool) -> None:
    """Raise the error that the whole answer states, if it states one.

    An answer with an asked id as a key is a map by id, whatever else it holds.

    A server error (5xx) refuses a write only with a text that says what is wrong with
    the request. "Unknown error", "order could not be created" or a notice of
    maintenance can come from a panel that failed half-way or from a gateway before it
    that gave up waiting, so there the outcome stays unknown: looking once too often
    costs a moment, ordering twice costs money. With any other status the panel itself
    answered, and its error is a refusal.
    """
    if isinstance(data, dict) and not data.keys().isdisjoint(ids):
        return
    refusal = read_refusal(data, answer.status)
    if refusal is None:
        return
    is_server_error = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_write and is_server_error and refusal.kind in _UNSETTLED:
        raise PanelResponseError(f"The panel failed: {refusal.text}")
    raise rejection(refusal.kind, refusal.text, retry_after=read_retry_after(answer.headers))


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
