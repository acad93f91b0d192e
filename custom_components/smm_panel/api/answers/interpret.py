"""Decides whether an answer is a result or an error: by its body first, its status last."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
import re

from ..exceptions import (
    PanelAccessError,
    PanelError,
    PanelResponseError,
    PanelShapeError,
    UnconfirmedIdError,
)
from ..models import ErrorKind, ItemError, OrderStatus
from ..transport import Answer
from .error_texts import error_kind
from .retry_after import read_retry_after
from .rows import Refusal, read_refusal
from .statuses import read_order_status
from .values import Json, parse_json, read_flag, read_text
from .verdict import Request, rejected, verdict

# What a page in place of an answer can be about; it may mention keys and orders regardless.
_KINDS_OF_PAGES = frozenset({ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE})
_TITLE = re.compile(r"<title[^<>]*>([^<>]*)", re.IGNORECASE)
# The title is expected within so many characters.
_HEAD = 10_000
# Where the answer starts after notices that PHP prints before it.
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
    request = _request(ids, is_operation=is_operation)
    is_add = request is Request.ADD
    if (is_add or len(ids) > 1) and (result := _result_beside(data, read)) is not None:
        if not is_add:
            return result
        # Either may be wrong; after a false error the user would order, and pay, twice.
        raise PanelResponseError(f"The answer holds an order and an error: {refusal.text}")
    wait = read_retry_after(answer.headers, data, refusal.text)
    raise verdict(refusal.text, answer.status, request, wait=wait)


def _request(ids: Sequence[str], *, is_operation: bool) -> Request:
    """Return what the request was; of the operations only `add` is about no id."""
    if not is_operation:
        return Request.READ
    return Request.CHANGE if ids else Request.ADD


def _parse(text: str, *, is_operation: bool) -> Json:
    """Parse an answer; for a read, notices before it are skipped."""
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
    """Return the error of the whole answer, if it has one.

    An answer with a requested id as a key is a map by id, whatever else it contains.
    """
    if isinstance(data, dict) and not data.keys().isdisjoint(ids):
        return None
    refusal = read_refusal(data, answer.status)
    if refusal is None and not is_operation and isinstance(data, str):
        text = read_text(data)
        # A sentence in place of an answer is an error, in whatever language. For an
        # operation it may be the confirmation.
        is_status = read_order_status(text) is not OrderStatus.UNKNOWN
        if text and read_flag(text) is None and any(map(str.isalpha, text)) and not is_status:
            return Refusal(kind=ErrorKind.OTHER, text=text)
    return refusal


def _result_beside[T](data: Json, read: Callable[[Json], T]) -> T | None:
    """Return the result that an answer holds beside an error; None if there is none."""
    try:
        result = read(data)
    except PanelResponseError:
        return None
    items = result.values() if isinstance(result, dict) else (result,)
    return None if all(isinstance(item, ItemError) for item in items) else result


def _not_json(answer: Answer, *, is_operation: bool) -> PanelError:
    """Return the exception for a page or a text, by its title or its words."""
    head = answer.text[:_HEAD]
    title = _TITLE.search(head)
    text = read_text(title[1] if title else "" if "<" in head else head) or ""
    problem = "The answer is not JSON"
    return _unreadable(
        PanelResponseError(f"{problem}: {text}" if text else problem),
        answer,
        text,
        is_operation=is_operation,
    )


def _unreadable(
    err: PanelResponseError, answer: Answer, text: str = "", *, is_operation: bool
) -> PanelError:
    """Return the exception for an unreadable answer; its status may still be meaningful."""
    wait = read_retry_after(answer.headers, None, text)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return rejected(
            ErrorKind.RATE_LIMITED, text or HTTPStatus.TOO_MANY_REQUESTS.phrase, retry_after=wait
        )
    kind = error_kind(text)
    is_unavailable = answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    if is_unavailable and wait is not None and kind not in _KINDS_OF_PAGES:
        # A Retry-After shows that the panel itself answered; gateways send 503 without one.
        kind = ErrorKind.MAINTENANCE
    if kind in _KINDS_OF_PAGES and not is_operation:
        return rejected(kind, text or HTTPStatus.SERVICE_UNAVAILABLE.phrase, retry_after=wait)
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return PanelAccessError(f"{err} (HTTP {answer.status})")
    if (
        isinstance(err, UnconfirmedIdError)
        and HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
    ):
        return err
    is_panel_working = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    is_shape = isinstance(err, PanelShapeError) and is_panel_working
    return (PanelShapeError if is_shape else PanelResponseError)(f"{err} (HTTP {answer.status})")
