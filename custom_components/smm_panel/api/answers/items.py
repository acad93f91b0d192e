"""The items of an answer about several ids: a result or an error for each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..exceptions import PanelResponseError
from ..models import ErrorKind, ItemError, Outcome
from .rows import RowShape, read_refusal, rows_by_id, unwrap
from .values import Json, fields, pick

# The item of an id that the answer does not contain.
LEFT_OUT = ItemError(
    message="The panel's answer leaves this id out", kind=ErrorKind.OTHER, outcome=Outcome.UNKNOWN
)


def read_items[T](
    data: Json, requested: Sequence[str], shape: RowShape, read: Callable[[Json], T]
) -> dict[str, T | ItemError]:
    """Read the row of each id; a missing or unreadable row affects no other.

    For a single id an unreadable row is an unreadable answer.
    """
    rows = rows_by_id(data, requested, shape)
    items: dict[str, T | ItemError] = {}
    for id_ in requested:
        if id_ not in rows:
            items[id_] = LEFT_OUT
            continue
        try:
            row = unwrap(rows[id_], "data", "result")
            items[id_] = _row_error(row, shape) or read(row)
        except PanelResponseError as err:
            if len(requested) == 1:
                raise
            items[id_] = replace(LEFT_OUT, message=str(err))
    return items


def _row_error(row: Json, shape: RowShape) -> ItemError | None:
    """Return the error of one row: beside its result, inside it, or in place of the row."""
    value = pick(fields(row), *shape.values) if isinstance(row, dict) else row
    refusal = read_refusal(row) or read_refusal(value)
    return None if refusal is None else ItemError(message=refusal.text, kind=refusal.kind)
