"""The structure of answers: wrappers, the rows of several ids, and errors in any form."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
import re

from ..exceptions import PanelResponseError, PanelShapeError
from ..models import ErrorKind
from ..sanitize import TEXT_LIMIT
from .error_texts import error_kind
from .outcome_texts import says_done
from .values import Json, fields, pick, read_count, read_flag, read_id, read_text

_WRAPPERS = (
    *("data", "result", "results", "response", "payload", "items", "list"),
    *("orders", "refills", "cancels", "statuses", "order"),
)
_LIST_WRAPPERS = ("data", "result", "results", "response", "payload", "items", "list")
_OUTCOME_FIELDS = ("status", "result", "code", "statuscode")
_FAILURE_WORDS = frozenset({"error", "fail", "failed", "failure", "false"})
_SUCCESS = re.compile(r"success|placed|created|accepted|received|thank", re.IGNORECASE)
_ERRORS = ("error", "errors", "err", "errormessage", "errormsg")
_MESSAGES = ("message", "msg", "detail", "title", "reason")
# Fields that an answer may have beside a message and still consist of the message only.
_BESIDE_A_MESSAGE = frozenset({*_ERRORS, *_MESSAGES, "code"})
# Fields that can hold a result, and then an error in its place.
_RESULTS = ("status", "refill", "cancel", "order", "balance", "data", "result", "response")
# An answer with one of these is about an order, so its `status` is the order's.
REPORT_FIELDS = ("charge", "startcount", "startcounter", "remains")
# Known wrappers are nested two deep; an answer is not searched further.
_DEPTH = 3
_PIECES = 5
_ERROR_CODES = range(400, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error in an answer: its text and what it is about."""

    kind: ErrorKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShape:
    """The rows of one action: the fields with the id, and those with the result.

    Except for `id`, which may be anything, `ids` are also read as an echo in the answer for
    a single id. `positional`: a list without ids is in the order of the request. `id_lists`:
    fields that may hold a list of ids whose requests were accepted.
    """

    ids: tuple[str, ...]
    values: tuple[str, ...]
    positional: bool = False
    id_lists: tuple[str, ...] = ()


def read_refusal(data: Json, http_status: int = HTTPStatus.OK) -> Refusal | None:
    """Return the error of an answer (or of a row), in any of the known forms."""
    text = _error_text(data, http_status, _DEPTH)
    return None if text is None else Refusal(kind=error_kind(text), text=text)


def _error_text(data: Json, http_status: int, depth: int) -> str | None:
    """Return the text of an error, None if there is no error."""
    if isinstance(data, str):
        text = read_text(data)
        return text if text and _is_complaint(text) else None
    if isinstance(data, list):
        is_single = len(data) == 1 and isinstance(data[0], dict) and depth > 0
        return _error_text(data[0], http_status, depth - 1) if is_single else None
    if not isinstance(data, dict):
        return None
    row = fields(data)
    errors = _texts_in(row, _ERRORS)
    messages = _texts_in(row, _MESSAGES)
    if errors or row.get("error") is True:
        return _joined([*errors, *messages]) or "error"
    if messages:
        text = _joined(messages)
        is_error = _says_failed(row) or http_status >= HTTPStatus.BAD_REQUEST
        is_alone = {name for name, value in row.items() if value} <= _BESIDE_A_MESSAGE
        return text if is_error or (is_alone and _is_complaint(text)) else None
    inner = [row[name] for name in _RESULTS if isinstance(row.get(name), dict)]
    return _error_text(inner[0], http_status, depth - 1) if len(inner) == 1 and depth > 0 else None


def _texts_in(row: dict[str, Json], names: Sequence[str]) -> list[str]:
    """Return the texts in some fields of a row."""
    return [piece for name in names if name in row for piece in _pieces(row[name], _DEPTH)]


# Called with the status of each row.
@lru_cache(maxsize=256)
def _is_complaint(text: str) -> bool:
    """Return whether a text that is not marked as an error is one."""
    is_known = error_kind(text) is not ErrorKind.OTHER
    return is_known and not _SUCCESS.search(text) and not says_done(text)


def _says_failed(row: dict[str, Json]) -> bool:
    """Return whether a field means that the request failed, rather than an order."""
    if row.get("status") is False or read_flag(pick(row, "success", "ok")) is False:
        return True
    if any(name in row for name in REPORT_FIELDS):
        return False
    words = [
        word.strip().lower() for name in _OUTCOME_FIELDS if isinstance(word := row.get(name), str)
    ]
    # Not `code: 0`, which means success.
    is_zero = row.get("status") == "0"
    return is_zero or any(
        word in _FAILURE_WORDS or read_count(word) in _ERROR_CODES for word in words
    )


def _pieces(value: Json, depth: int) -> list[str]:
    """Return the texts of an error that is a text, list or object, without "0" and the like."""
    if isinstance(value, str):
        text = read_text(value)
        return [text] if text and read_flag(text) is not False else []
    if depth == 0 or not isinstance(value, list | dict):
        return []
    if isinstance(value, dict):
        parts = list(value.values())
    else:
        # Numbers in a list are the ids that failed.
        parts = [part for part in value if not (isinstance(part, str) and part.isdecimal())]
    return [piece for part in parts[:_PIECES] for piece in _pieces(part, depth - 1)]


def _joined(pieces: list[str]) -> str:
    """Join code and message, each once, without a bare 1 or true."""
    texts = dict.fromkeys(piece for piece in pieces if read_flag(piece) is None)
    return ": ".join(texts)[:TEXT_LIMIT]


def is_envelope(row: dict[str, Json]) -> bool:
    """Return whether `status` means that the request succeeded, not an order or a refill."""
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
    """Return the rows of a list, a wrapper or a map by id, each with its key if it has one.

    Raises `PanelResponseError` for anything else, also for an empty object.
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
        # One family sends an empty catalogue as {"status": "success", "data": "Empty Data"}.
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
            # Rows by category.
            return [(None, row) for group in groups for row in group]
        break
    raise PanelResponseError("The answer holds no list")


def rows_by_id(data: Json, requested: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Return the row of each requested id; an id without a row is left out.

    Errors can be in a separate map beside the rows.
    """
    errors = _errors_by_id(data, requested)
    try:
        return errors | _rows_by_id(data, requested, shape)
    except PanelResponseError:
        if not errors:
            raise
    return errors


def _errors_by_id(data: Json, requested: Sequence[str]) -> dict[str, Json]:
    """Return errors such as `{"errors": {"2": "Incorrect order ID"}}`."""
    row = fields(data) if isinstance(data, dict) else {}
    maps = [errors for name in _ERRORS if isinstance(errors := row.get(name), dict)]
    return {id_: {"error": errors[id_]} for errors in maps for id_ in requested if id_ in errors}


def _rows_by_id(data: Json, requested: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Return the rows of ids.

    Supports maps by id, lists of rows, lists in the order of the request, lists of ids (a
    row is then True) and, for a single id, a flat object. A row of an id that was not
    requested is dropped. Raises `PanelShapeError` for rows without ids, `PanelResponseError` for
    anything else.
    """
    for _ in range(_DEPTH):
        if isinstance(data, dict) and "0" in data and all(map(str.isdecimal, data)):
            # No id is 0: this is a list whose indexes PHP has sent as keys.
            data = list(data.values())
        if isinstance(data, list):
            return _listed(data, requested, shape)
        if not isinstance(data, dict):
            break
        if found := _mapped(data, requested, shape):
            return found
        row = fields(data)
        inner = _inner(row, shape, is_single=len(requested) == 1)
        if inner is None or _has_result(row, shape):
            return _flat(data, requested, shape)
        data = inner
    raise PanelResponseError("The answer has no known shape")


def _mapped(data: dict[str, Json], requested: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Return the rows of requested ids in a map; an id inside a row outranks its key."""
    by_id: dict[str, Json] = {}
    for key, row in data.items():
        by_id.setdefault(_echoed_id(row, shape) or key.strip(), row)
    return {id_: by_id[id_] for id_ in requested if id_ in by_id}


def _echoed_id(row: Json, shape: RowShape) -> str | None:
    """Return the id inside a row that has a key or is alone, except for `id`."""
    names = (name for name in shape.ids if name not in ("id", *shape.values))
    return read_id(pick(fields(row), *names)) if isinstance(row, dict) else None


def _listed(rows: list[Json], requested: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Return the rows of requested ids in a list."""
    if not rows and len(requested) > 1:
        return {}
    by_id: dict[str, Json] = {}
    for row in rows:
        if isinstance(row, dict):
            if id_ := read_id(pick(fields(row), *shape.ids)):
                by_id.setdefault(id_, row)
            else:
                by_id |= _mapped(row, requested, shape)
        elif shape.id_lists and (id_ := read_id(row)):
            by_id.setdefault(id_, True)
    if by_id:
        return {id_: by_id[id_] for id_ in requested if id_ in by_id}
    if len(rows) == len(requested) and (shape.positional or len(requested) == 1):
        return dict(zip(requested, rows, strict=True))
    raise PanelShapeError("The list names no order")


def _flat(data: dict[str, Json], requested: Sequence[str], shape: RowShape) -> dict[str, Json]:
    """Read an object without a requested id: the row of the only one, or rows of others."""
    if len(requested) > 1:
        if any(name in fields(data) for name in (*shape.values, *REPORT_FIELDS)):
            raise PanelShapeError("The answer names no order")
        if data and not any(isinstance(row, dict) for row in data.values()):
            raise PanelResponseError("The answer names no order")
        return {}
    return {requested[0]: data} if _echoed_id(data, shape) in {None, requested[0]} else {}


def _inner(row: dict[str, Json], shape: RowShape, *, is_single: bool) -> Json:
    """Return the rows in a wrapper, None if there is none.

    Rows of several ids may be in the field that holds the result of a single id.
    """
    for name in _WRAPPERS if is_single else (*_WRAPPERS, *shape.values):
        value = row.get(name)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            return value
    # Beside an error, a list in a field with a neutral name may repeat the request.
    is_error = read_refusal(dict(row)) is not None
    names = (name for name in shape.id_lists if not (is_error and name in _WRAPPERS))
    return next((row[name] for name in names if isinstance(row.get(name), list)), None)


def _has_result(row: dict[str, Json], shape: RowShape) -> bool:
    """Return whether an object with nested ones is a row itself, such as a subscription."""
    value = pick(row, *shape.values)
    return isinstance(value, str) and read_flag(value) is not True
