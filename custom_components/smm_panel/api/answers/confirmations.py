"""Readers of what an operation has done: an order placed, refills and cancels accepted.

As in `readers`. What they do not understand may have been carried out all the same.
"""

from collections.abc import Sequence
import re

from ..exceptions import PanelResponseError, UnconfirmedIdError
from ..models import ItemError, OrderStatus, PlacedOrder
from .items import read_items
from .rows import RowShape, unwrap
from .statuses import read_order_status
from .values import Json, fields, pick, read_flag, read_id, read_money, read_text

_ORDER_IDS = ("order", "orderid", "id")
_REFILL_IDS = ("refill", "refillid", "id")
# Some panels repeat the order's id under `refill`, beside the refill's own.
_REFILL_ROWS = RowShape(ids=_ORDER_IDS, values=("refillid", "refill"))
_CANCEL_ROWS = RowShape(
    ids=_ORDER_IDS,
    values=("cancel", "cancelid"),
    id_lists=(
        *("canceled", "cancelled", "canceledorders", "cancelledorders", "success"),
        *("orders", "ids", "data", "result"),
    ),
)
# A shorter number as a whole answer is more likely a code.
_BARE_ID = re.compile(r"[0-9]{3,18}")
# That a panel has accepted the request for a cancel.
_REQUESTED = frozenset(
    {"requested", "accepted", "pending", "queued", "submitted", "received", "processing", "sent"}
)


def read_placed_order(data: Json) -> PlacedOrder:
    """Read `add`. Raises `PanelResponseError` without a usable id: the order may be placed."""
    if isinstance(data, str) and _BARE_ID.fullmatch(data.strip()) and read_id(data):
        raise UnconfirmedIdError(data.strip())
    data = unwrap(data, "data", "result", "order")
    if isinstance(data, dict):
        row = fields(data)
        # `order` present but empty comes from a panel that failed half-way: ignore other ids.
        id_ = _read_new_id(row["order"] if "order" in row else pick(row, "orderid", "id"))
        if id_ is not None:
            return PlacedOrder(order=id_, charge=read_money(row.get("charge")))
    raise PanelResponseError("The answer holds no order id")


def _read_new_id(value: Json) -> str | None:
    """Read the id of something just created; a status ("pending") is not an id."""
    id_ = read_id(value)
    is_word = id_ is not None and not any(map(str.isdecimal, id_))
    return None if is_word and read_order_status(id_) is not OrderStatus.UNKNOWN else id_


def read_refills(data: Json, requested: Sequence[str]) -> dict[str, str | ItemError]:
    """Read `refill` of one or many orders: order id to refill id."""
    is_single = len(requested) == 1

    def read(row: Json) -> str:
        return _read_refill(row, order=requested[0] if is_single else None)

    return read_items(data, requested, _REFILL_ROWS, read)


def _read_refill(data: Json, *, order: str | None) -> str:
    """Read one refill id. Without one the request may still have been accepted.

    `id` is the refill's own if the order is known otherwise: by `order`, the only one
    requested, or by another field of the row.
    """
    value = data
    if isinstance(data, dict):
        row = fields(data)
        value = pick(row, *_REFILL_ROWS.values)
        id_ = read_id(row.get("id"))
        is_own = pick(row, "order", "orderid") is not None or order not in {None, id_}
        if is_own and (value is None or value is True):
            value = id_ or value
    if isinstance(value, dict):
        value = pick(fields(value), *_REFILL_IDS)
    if (id_ := _read_new_id(value)) is None:
        raise PanelResponseError(f"The answer holds no refill id: {read_text(value) or 'nothing'}")
    return id_


def read_cancels(data: Json, requested: Sequence[str]) -> dict[str, ItemError | None]:
    """Read `cancel`; None means that the panel accepted the request, not that it is done."""
    return read_items(data, requested, _CANCEL_ROWS, _read_cancel)


def _read_cancel(data: Json) -> None:
    """Read a confirmation: 1, true, a request id or a word of success."""
    confirmation = data
    if isinstance(data, dict):
        row = fields(data)
        confirmation = pick(row, *_CANCEL_ROWS.values)
        if isinstance(confirmation, dict):
            row, confirmation = fields(confirmation), pick(fields(confirmation), "id")
        if confirmation is None:
            word = pick(row, "success", "ok", "status")
            confirmation = (
                read_flag(word) is True or read_order_status(word) is OrderStatus.CANCELED
            )
    is_request = any(map(str.isdecimal, read_id(confirmation) or ""))
    is_word = (
        read_flag(confirmation) is True
        or read_order_status(confirmation) is OrderStatus.CANCELED
        or (read_text(confirmation) or "").lower() in _REQUESTED
    )
    if not is_request and not is_word:
        raise PanelResponseError("The answer does not say that the request was accepted")
