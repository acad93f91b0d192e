"""The shape of answers: wrappers, rows of several ids, and errors in all their forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
import re

from ..exceptions import PanelResponseError, PanelShapeError
from ..models import ErrorKind
from ..sanitize import TEXT_LIMIT
from .error_texts import error_kind
from .values import Json, fields, pick, read_count, read_flag, read_id, read_text

_WRAPPERS = (
    *("data", "result", "results", "response", "payload", "items", "list"),
    *("orders", "refills", "cancels", "statuses", "order"),
)
_LIST_WRAPPERS = ("data", "result", "results", "response", "payload", "items", "list")
_VERDICTS = ("status", "result", "code", "statuscode")
_FAILURE_WORDS = frozenset({"error", "fail", "failed", "failure", "false"})
_GOOD_NEWS = re.compile(r"success|placed|created|accepted|received|thank", re.IGNORECASE)
_ERRORS = ("error", "errors", "err", "errormessage", "errormsg")
_MESSAGES = ("message", "msg", "detail", "title", "reason")
# What an answer may say beside a message and still be nothing but that message.
_BESIDE_A_MESSAGE = frozenset({*_ERRORS, *_MESSAGES, "code"})
# Fields in which a result can be, and then an error in its place.
_RESULTS = ("status", "refill", "cancel", "order", "balance", "data", "result", "response")
# An answer with one of these is about an order, so its `status` is the order's.
REPORT_FIELDS = ("charge", "startcount", "startcounter", "remains")
# Wrappers met are two deep; an answer is not searched further.
_DEPTH = 3
_PIECES = 5
_ERROR_CODES = range(400, 600)

_STATUS_KINDS: dict[int, ErrorKind] = {
    HTTPStatus.UNAUTHORIZED: ErrorKind.AUTH,
    HTTPStatus.FORBIDDEN: ErrorKind.AUTH,
    HTTPStatus.PAYMENT_REQUIRED: ErrorKind.NOT_ENOUGH_FUNDS,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorKind.RATE_LIMITED,
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorKind.MAINTENANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error the panel states: its text and what it is about."""

    kind: ErrorKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShape:
    """How rows of one action look: where the id is and where the result.

    The first of `ids` are also read as an echo in the answer for a single id; `id` is
    not, it may be anything. `positional`: a list without ids is in the order asked.
    `id_lists`: fields that may hold a list of ids, all of them taken.
    """

    ids: tuple[str, ...]
    values: tuple[str, ...]
    positional: bool = False
    id_lists: tuple[str, ...] = ()


def read_refusal(data: Json, http_status: int = HTTPStatus.OK) -> Refusal | None:
    """Find the error an answer (or a row of it) states, in any of the known forms."""
    text = _error_text(data, http_status, _DEPTH)
    if text is None:
        return None
    kind = error_kind(text)
    if kind is ErrorKind.OTHER:
        kind = _STATUS_KINDS.get(http_status, kind)
    return Refusal(kind=kind, text=text)


def _error_text(data: Json, http_status: int, depth: int) -> str | None:
    """Get the text of an error, None if there is no error."""
    if isinstance(data, str):
        text = read_text(data)
        return text if text and _is_complaint(text) else None
    if isinstance(data, list):
        is_lonely = len(data) == 1 and isinstance(data[0], dict) and depth > 0
        return _error_text(data[0], http_status, depth - 1) if is_lonely else None
    if not isinstance(data, dict):
        return None
    row = fields(data)
    errors = _told(row, _ERRORS)
    messages = _told(row, _MESSAGES)
    if errors or row.get("error") is True:
        return _joined([*errors, *messages]) or "error"
    if messages:
        text = _joined(messages)
        is_error = _says_failed(row) or http_status >= HTTPStatus.BAD_REQUEST
        is_alone = {name for name, value in row.items() if value} <= _BESIDE_A_MESSAGE
        return text if is_error or (is_alone and _is_complaint(text)) else None
    inner = [row[name] for name in _RESULTS if isinstance(row.get(name), dict)]
    return _error_text(inner[0], http_status, depth - 1) if len(inner) == 1 and depth > 0 else None


def _told(row: dict[str, Json], names: Sequence[str]) -> list[str]:
    """Collect the texts in some fields of a row."""
    return [piece for name in names if name in row for piece in _pieces(row[name], _DEPTH)]


# The words of statuses are asked about once for each row.
@lru_cache(maxsize=256)
def _is_complaint(text: str) -> bool:
    """Tell whether a text that nothing marks as an error is one all the same."""
    return error_kind(text) is not ErrorKind.OTHER and not _GOOD_NEWS.search(text)


def _says_failed(row: dict[str, Json]) -> bool:
    """Tell whether a field says that the request failed, rather than an order."""
    if row.get("status") is False or read_flag(pick(row, "success", "ok")) is False:
        return True
    if any(name in row for name in REPORT_FIELDS):
        return False
    words = [word.strip().lower() for name in _VERDICTS if isinstance(word := row.get(name), str)]
    # Not `code: 0`, which stands for success.
    is_zero = row.get("status") == "0"
    return is_zero or any(
        word in _FAILURE_WORDS or read_count(word) in _ERROR_CODES for word in words
    )


def _pieces(value: Json, depth: int) -> list[str]:
    """Collect the texts of an error that is text, list or object; "0" and such are none."""
    if isinstance(value, str):
        text = read_text(value)
        return [text] if text and read_flag(text) is not False else []
    if depth == 0 or not isinstance(value, list | dict):
        return []
    if isinstance(value, dict):
        parts = list(value.values())
    else:
        # Numbers in a list are the ids of what failed.
        parts = [part for part in value if not (isinstance(part, str) and part.isdecimal())]
    return [piece for part in parts[:_PIECES] for piece in _pieces(part, depth - 1)]


def _joined(pieces: list[str]) -> str:
    """Join code and message, each once; a bare 1 or true says nothing."""
    texts = dict.fromkeys(piece for piece in pieces if read_flag(piece) is None)
    return ": ".join(texts)[:TEXT_LIMIT]


def is_envelope(row: dict[str, Json]) -> bool:
    """Tell whether `status` says that the request went well, rather than an order or a refill."""
    names = row.keys()
    is_about_result = not names.isdisjoint((*REPORT_FIELDS, "orderstatus", "refillstatus"))
    return (
        read_flag(row.get("status")) is True
        and not is_about_result
        and not names.isdisjoint((*_LIST_WRAPPERS, *_MESSAGES, "success"))
    )


def unwrap(data: Json, *names: str) -> Json:
    """Step into `{"status": "success", "data": {...}}` and a list of one object."""
    for _ in range(_DEPTH):
        if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict):
            data = data[0]
        if not isinstance(data, dict):
            return data
        row = fields(data)
        inner = next((row[name] for name in names if isinstance(row.get(name), list | dict)), None)
        if inner is None:
            return data
        data = inner
    return data


def listed_rows(data: Json, *names: str) -> list[tuple[str | None, Json]]:
    """Get the rows out of a list, a wrapper or a map by id, each with its key if it has one.

    Raises `PanelResponseError` for anything else, an empty object too: it says nothing.
    """
    for _ in range(_DEPTH):
        if isinstance(data, list):
            return [(None, row) for row in data]
        if not isinstance(data, dict):
            break
        row = fields(data)
        wrapped = [row[name] for name in (*names, *_LIST_WRAPPERS) if row.get(name) is not None]
        inner = next((value for value in wrapped if isinstance(value, list | dict)), None)
        if inner is not None:
            data = inner
            continue
        # One family writes an empty catalogue as {"status": "success", "data": "Empty Data"}.
        if wrapped and read_flag(pick(row, "status", "success")) is True:
            return []
        by_key = {key: value for key, value in data.items() if not isinstance(value, str | bool)}
        if by_key and all(isinstance(value, dict) for value in by_key.values()):
            # A key without a digit is a word, not an id.
            return [
                (key if any(map(str.isdecimal, key)) else None, row) for key, row in by_key.items()
            ]
        groups = [value for value in by_key.values() if isinstance(value, list)]
        if len(groups) == len(by_key) and any(groups):
            # By category, as some show it.
            return [(None, row) for group in groups for row in group]
        break
    raise PanelResponseError("The answer holds no list")


def rows_by_id(data: Json, asked: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Find the row of each id asked for; an id without a row is left out.

    Errors can be in a map of their own beside the rows.
    """
    errors = _errors_by_id(data, asked)
    try:
        return errors | _rows_by_id(data, asked, shape)
    except PanelResponseError:
        if not errors:
            raise
    return errors


def _errors_by_id(data: Json, asked: Sequence[str]) -> dict[str, Json]:
    """Find errors such as `{"errors": {"2": "Incorrect order ID"}}`."""
    row = fields(data) if isinstance(data, dict) else {}
    maps = [errors for name in _ERRORS if isinstance(errors := row.get(name), dict)]
    return {id_: {"error": errors[id_]} for errors in maps for id_ in asked if id_ in errors}


def _rows_by_id(data: Json, asked: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Find the rows of ids.

    Knows maps by id, lists of rows, lists in the order asked, lists of ids (a row is
    then True) and, for a single id, a flat object. A row of an id not asked for is
    dropped. Raises `PanelShapeError` for rows without ids, `PanelResponseError` for
    anything else.
    """
    for _ in range(_DEPTH):
        if isinstance(data, dict) and "0" in data and all(map(str.isdecimal, data)):
            # No id is 0: a list whose places PHP has written as keys.
            data = list(data.values())
        if isinstance(data, list):
            return _listed(data, asked, shape)
        if not isinstance(data, dict):
            break
        if found := _mapped(data, asked, shape):
            return found
        row = fields(data)
        inner = _inner(row, shape, is_single=len(asked) == 1)
        if inner is None or _has_result(row, shape):
            return _flat(data, asked, shape)
        data = inner
    raise PanelResponseError("The answer has no known shape")


def _mapped(data: dict[str, Json], asked: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Match a map with the ids asked for; the id a row names outranks its key."""
    by_id: dict[str, Json] = {}
    for key, row in data.items():
        by_id.setdefault(_echoed_id(row, shape) or key.strip(), row)
    return {id_: by_id[id_] for id_ in asked if id_ in by_id}


def _echoed_id(row: Json, shape: RowShape) -> str | None:
    """Find the id that a row with a key, or alone, says it is for; `id` may be anything."""
    names = (name for name in shape.ids if name not in ("id", *shape.values))
    return read_id(pick(fields(row), *names)) if isinstance(row, dict) else None


def _listed(rows: list[Json], asked: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Match a list with the ids asked for."""
    if not rows and len(asked) > 1:
        return {}
    by_id: dict[str, Json] = {}
    for row in rows:
        if isinstance(row, dict):
            if id_ := read_id(pick(fields(row), *shape.ids)):
                by_id.setdefault(id_, row)
            else:
                by_id |= _mapped(row, asked, shape)
        elif shape.id_lists and (id_ := read_id(row)):
            by_id.setdefault(id_, True)
    if by_id:
        return {id_: by_id[id_] for id_ in asked if id_ in by_id}
    if len(rows) == len(asked) and (shape.positional or len(asked) == 1):
        return dict(zip(asked, rows, strict=True))
    raise PanelShapeError("The list names no order")


def _flat(data: dict[str, Json], asked: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Take an object without any asked id as the row of the only one, or as others' rows."""
    if len(asked) > 1:
        if any(name in fields(data) for name in (*shape.values, *REPORT_FIELDS)):
            raise PanelShapeError("The answer names no order")
        if data and not any(isinstance(row, dict) for row in data.values()):
            raise PanelResponseError("The answer names no order")
        return {}
    return {asked[0]: data} if _echoed_id(data, shape) in {None, asked[0]} else {}


def _inner(row: dict[str, Json], shape: RowShape, *, is_single: bool) -> Json:
    """Get the rows out of a wrapper, None if there is none.

    Rows of several ids may be in the field that holds the result of a single one.
    """
    for name in _WRAPPERS if is_single else (*_WRAPPERS, *shape.values):
        value = row.get(name)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            return value
    # Beside an error a list without a word for what was done may repeat the request.
    is_error = read_refusal(dict(row)) is not None
    names = (name for name in shape.id_lists if not (is_error and name in _WRAPPERS))
    return next((row[name] for name in names if isinstance(row.get(name), list)), None)


def _has_result(row: dict[str, Json], shape: RowShape) -> bool:
    """Tell whether an object with inner ones is a row itself, such as a subscription."""
    value = pick(row, *shape.values)
    return isinstance(value, str) and read_flag(value) is not True
