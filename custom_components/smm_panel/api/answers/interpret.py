"""Makes a result or an error of an answer: its body first, its HTTP status last."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
import re

from ..exceptions import (
    PanelAuthError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelShapeError,
)
from ..models import ErrorKind, ItemError, OrderStatus
from ..transport import Answer
from .error_texts import error_kind
from .retry_after import read_retry_after
from .rows import Refusal, read_refusal
from .statuses import read_order_status
from .values import Json, parse_json, read_flag, read_text

# What a server error does not settle for a write: see `_rejection`.
_UNSETTLED = frozenset({ErrorKind.OTHER, ErrorKind.MAINTENANCE})
# What a page in the place of an answer can tell; keys and orders it may mention anyhow.
_TOLD_BY_PAGES = frozenset({ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE})

_TITLE = re.compile(r"<title[^<>]*>([^<>]*)", re.IGNORECASE)
# A title further down is none.
_HEAD = 10_000
# Where the answer begins behind notices that PHP writes before it.
_JSON_LINE = re.compile(r"^[\[{]", re.MULTILINE)


def interpret[T](
    answer: Answer, read: Callable[[Json], T], ids: Sequence[str], *, is_operation: bool
) -> T:
    """Read the answer to a request about `ids` (none: about the account).

    Raises `PanelRejectedError` and `PanelResponseError`.
    """
    try:
        data = _parse(answer.text, is_operation=is_operation)
    except PanelResponseError:
        raise _not_json(answer, is_operation=is_operation) from None
    refusal = _refusal(answer, data, ids, is_operation=is_operation)
    if refusal is None:
        try:
            return read(data)
        except PanelResponseError as err:
            raise _unreadable(err, answer, is_operation=is_operation) from None
    is_add = is_operation and not ids
    if (is_add or len(ids) > 1) and (result := _result_beside(data, read)) is not None:
        if not is_add:
            return result
        # Either may be wrong; whoever believes the error orders, and pays, twice.
        raise PanelResponseError(f"The answer holds an order and an error: {refusal.text}")
    raise _rejection(refusal, answer, data, is_operation=is_operation)


def _parse(text: str, *, is_operation: bool) -> Json:
    """Parse an answer; that of a read even behind notices, where nothing is at stake."""
    try:
        return parse_json(text)
    except PanelResponseError:
        start = None if is_operation else _JSON_LINE.search(text)
        if start is None:
            raise
    return parse_json(text[start.start() :])


def _refusal(
    answer: Answer, data: Json, ids: Sequence[str], *, is_operation: bool
) -> Refusal | None:
    """Find the error that the whole answer states.

    An answer with an asked id as a key is a map by id, whatever else it holds.
    """
    if isinstance(data, dict) and not data.keys().isdisjoint(ids):
        return None
    refusal = read_refusal(data, answer.status)
    if refusal is None and not is_operation and isinstance(data, str):
        text = read_text(data)
        # Words in the place of an answer are an error, in whatever language. A write may
        # have been confirmed with them.
        is_status = read_order_status(text) is not OrderStatus.UNKNOWN
        if text and read_flag(text) is None and any(map(str.isalpha, text)) and not is_status:
            return Refusal(kind=ErrorKind.OTHER, text=text)
    return refusal


def _result_beside[T](data: Json, read: Callable[[Json], T]) -> T | None:
    """Read what an answer holds beside an error; None if there is no result at all."""
    try:
        result = read(data)
    except PanelResponseError:
        return None
    items = result.values() if isinstance(result, dict) else (result,)
    return None if all(isinstance(item, ItemError) for item in items) else result


def _rejection(
    refusal: Refusal, answer: Answer, data: Json, *, is_operation: bool
) -> PanelRejectedError | PanelResponseError:
    """Make the error of a refusal.

    A server error (5xx) refuses a write only with a text that says what is wrong with
    the request. "Unknown error", "order could not be created" or a notice of
    maintenance can come from a panel that failed half-way or from a gateway before it
    that gave up waiting, so there the outcome stays unknown: looking once too often
    costs a moment, ordering twice costs money. With any other status the panel itself
    answered, and its error is a refusal.
    """
    is_server_error = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_operation and is_server_error and refusal.kind in _UNSETTLED:
        return PanelResponseError(f"The panel failed: {refusal.text}")
    wait = read_retry_after(answer.headers, data, refusal.text)
    return _of_kind(refusal.kind, refusal.text, retry_after=wait)


def _of_kind(
    kind: ErrorKind, message: str, *, retry_after: float | None = None
) -> PanelRejectedError:
    """Make the exception of a refusal, of the class that fits its kind."""
    if kind is ErrorKind.AUTH:
        return PanelAuthError(message)
    if kind is ErrorKind.RATE_LIMITED:
        return PanelRateLimitError(message, retry_after=retry_after)
    return PanelRejectedError(kind, message, retry_after=retry_after)


def _not_json(answer: Answer, *, is_operation: bool) -> PanelError:
    """Make the error of a page or a text: what it is about, if it says so in its title."""
    head = answer.text[:_HEAD]
    title = _TITLE.search(head)
    said = read_text(title[1] if title else "" if "<" in head else head) or ""
    problem = "The answer is not JSON"
    return _unreadable(
        PanelResponseError(f"{problem}: {said}" if said else problem),
        answer,
        said,
        is_operation=is_operation,
    )


def _unreadable(
    err: PanelResponseError, answer: Answer, said: str = "", *, is_operation: bool
) -> PanelError:
    """Make the error of an answer without a meaning; its status may still have one."""
    wait = read_retry_after(answer.headers, None, said)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _of_kind(
            ErrorKind.RATE_LIMITED, said or HTTPStatus.TOO_MANY_REQUESTS.phrase, retry_after=wait
        )
    kind = error_kind(said)
    is_unavailable = answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    if is_unavailable and wait is not None and kind not in _TOLD_BY_PAGES:
        # Whoever names a time knows what is going on; any gateway sends the bare status.
        kind = ErrorKind.MAINTENANCE
    if kind in _TOLD_BY_PAGES and not is_operation:
        return _of_kind(kind, said or HTTPStatus.SERVICE_UNAVAILABLE.phrase, retry_after=wait)
    is_of_a_working_panel = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    is_shape = isinstance(err, PanelShapeError) and is_of_a_working_panel
    return (PanelShapeError if is_shape else PanelResponseError)(f"{err} (HTTP {answer.status})")
