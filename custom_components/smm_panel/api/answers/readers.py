"""One tolerant reader per action: from parsed JSON, in any known shape, to the models.

Strict about facts (an order without a usable id is not placed, an id without an answer has
no result), lenient about form. Errors of the whole answer were found before (`interpret`);
an answer that a reader does not understand is a `PanelResponseError`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
import re
from sys import intern

from ..exceptions import PanelResponseError, UnconfirmedIdError
from ..models import (
    Balance,
    ErrorKind,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderStatus,
    Outcome,
    PlacedOrder,
    RefillStatus,
    Service,
)
from ..service_types import service_type
from .rows import RowShape, is_envelope, listed_rows, read_refusal, rows_by_id, unwrap
from .statuses import read_order_status, read_refill_status
from .values import (
    Json,
    fields,
    pick,
    read_count,
    read_currency,
    read_currency_of,
    read_date,
    read_flag,
    read_id,
    read_money,
    read_text,
)

# The item of an id that the answer does not contain.
LEFT_OUT = ItemError(
    message="The panel's answer leaves this id out", kind=ErrorKind.OTHER, outcome=Outcome.UNKNOWN
)

_DESCRIPTION_LIMIT = 5_000
# Browsers and servers limit links to about this length.
_LINK_LIMIT = 2_048

_SERVICE_IDS = ("service", "serviceid", "id", "package")
_ORDER_IDS = ("order", "orderid", "id")
_REFILL_IDS = ("refill", "refillid", "id")
# Only reads rely on the order of a list: a refill id must not end up at another order.
_STATUS_ROWS = RowShape(ids=_ORDER_IDS, values=("orderstatus", "status"), positional=True)
_REFILL_STATUS_ROWS = RowShape(ids=_REFILL_IDS, values=("refillstatus", "status"), positional=True)
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


def read_balance(data: Json) -> Balance:
    """Read `balance`. Raises `PanelResponseError` without an amount."""
    data = unwrap(data, "data", "result", "response", "user", "balance")
    if isinstance(data, dict):
        row = fields(data)
        text = pick(row, "balance", "amount", "funds")
        amount = read_money(text)
        if amount is not None:
            currency = read_currency(pick(row, "currency", "currencycode"))
            return Balance(amount=amount, currency=currency or read_currency_of(text))
    raise PanelResponseError("The answer holds no balance")


def read_services(data: Json) -> tuple[tuple[Service, ...], int]:
    """Read `services`: the rows that can be read, and the number of those that cannot."""
    rows = listed_rows(data, "services", "packages")
    services: dict[str, Service] = {}
    unreadable = 0
    for key, row in rows:
        service = _read_service(key, row)
        if service is None:
            unreadable += 1
        else:
            services.setdefault(service.id, service)
    if rows and not services:
        raise PanelResponseError("No row of the service list can be read")
    return tuple(services.values()), unreadable


def _read_service(key: str | None, data: Json) -> Service | None:
    """Read one row; None if an id, a name, a rate or a limit is missing."""
    if not isinstance(data, dict):
        return None
    row = fields(data)
    id_ = read_id(pick(row, *_SERVICE_IDS)) or read_id(key)
    name = read_text(pick(row, "name", "servicename", "title"))
    type_ = read_text(row.get("type")) or "Default"
    rate = read_money(pick(row, "rate", "price", "cost", "servicerate"))
    # A package is one order whatever it holds, so some panels leave its limits out.
    limit = "1" if service_type(type_).per_order else None
    least = read_count(pick(row, "min", "minimum", "minquantity") or limit)
    most = read_count(pick(row, "max", "maximum", "maxquantity") or limit)
    if id_ is None or name is None or rate is None or rate < 0 or least is None or most is None:
        return None
    return Service(
        id=id_,
        name=name,
        type=type_,
        category=_read_name(pick(row, "category", "categoryname")) or "",
        rate=rate,
        min=least,
        max=most,
        refill=read_flag(row.get("refill")) is True,
        cancel=read_flag(row.get("cancel")) is True,
        dripfeed=read_flag(row["dripfeed"]) if "dripfeed" in row else None,
        description=read_text(pick(row, "description", "desc", "note"), _DESCRIPTION_LIMIT),
    )


def _read_name(value: Json) -> str | None:
    """Read a name, which may be inside an object."""
    return read_text(fields(value).get("name") if isinstance(value, dict) else value)


def read_listed_orders(data: Json) -> tuple[ListedOrder, ...]:
    """Read `orders` without ids; a row without a usable id is skipped.

    If no row can be read, `PanelResponseError` is raised: an order must not appear absent.
    """
    rows = listed_rows(data, "orders")
    listed = [order for key, row in rows if (order := _read_listed_order(key, row)) is not None]
    if rows and not listed:
        raise PanelResponseError("No row of the order list can be read")
    return tuple({order.order: order for order in listed}.values())


def _read_listed_order(key: str | None, data: Json) -> ListedOrder | None:
    """Read one row, which may be a bare id; None if there is no usable id."""
    row: dict[str, Json] = fields(data) if isinstance(data, dict) else {"order": data}
    id_ = read_id(pick(row, *_ORDER_IDS)) or read_id(key)
    if id_ is None:
        return None
    service = pick(row, "service", "serviceid", "package")
    if isinstance(service, dict):
        service = pick(fields(service), *_SERVICE_IDS)
    return ListedOrder(
        order=id_,
        service=read_id(service),
        link=read_text(pick(row, "link", "url", "target"), _LINK_LIMIT),
        quantity=read_count(pick(row, "quantity", "amount", "count")),
        charge=read_money(pick(row, "charge", "price", "cost")),
        created_at=read_text(pick(row, "createdat", "created", "date", "time")),
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


def read_order_reports(data: Json, requested: Sequence[str]) -> dict[str, OrderReport | ItemError]:
    """Read `status` of one or many orders."""
    return _read_items(data, requested, _STATUS_ROWS, _read_report)


def read_refills(data: Json, requested: Sequence[str]) -> dict[str, str | ItemError]:
    """Read `refill` of one or many orders: order id to refill id."""
    is_single = len(requested) == 1

    def read(row: Json) -> str:
        return _read_refill(row, order=requested[0] if is_single else None)

    return _read_items(data, requested, _REFILL_ROWS, read)


def read_refill_statuses(
    data: Json, requested: Sequence[str]
) -> dict[str, RefillStatus | ItemError]:
    """Read `refill_status` of one or many refills."""
    return _read_items(data, requested, _REFILL_STATUS_ROWS, _read_refill_status)


def read_cancels(data: Json, requested: Sequence[str]) -> dict[str, ItemError | None]:
    """Read `cancel`; None means that the panel accepted the request, not that it is done."""
    return _read_items(data, requested, _CANCEL_ROWS, _read_cancel)


def _read_items[T](
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


def _read_report(data: Json) -> OrderReport:
    """Read one order; a bare word may be its status, a bare number is not."""
    row: dict[str, Json] = fields(data) if isinstance(data, dict) else {"status": data}
    text = read_text(pick(row, *_STATUS_ROWS.values))
    status = read_order_status(text)
    is_status_word = status is not OrderStatus.UNKNOWN and not (text or "").isdecimal()
    if text is None or is_envelope(row) or not (isinstance(data, dict) or is_status_word):
        raise PanelResponseError(f"The answer holds no order status: {text or 'nothing'}")
    runs, posts = read_count(row.get("runs")), read_count(row.get("posts"))
    if status is OrderStatus.ACTIVE and runs is not None and posts is None:
        # Only subscriptions are `active`; for a drip-feed it means that it is in progress.
        status = OrderStatus.IN_PROGRESS
    return OrderReport(
        status=status,
        # One object for all orders with this text.
        status_text=intern(text),
        charge=read_money(row.get("charge")),
        start_count=read_count(pick(row, "startcount", "startcounter")),
        remains=read_count(pick(row, "remains", "remain", "remaining")),
        currency=read_currency(row.get("currency")),
        orders=_read_ids(row.get("orders")),
        posts=posts,
        runs=runs,
        expiry=read_date(row.get("expiry")),
    )


def _read_ids(value: Json) -> tuple[str, ...]:
    """Read the ids of the orders that a subscription or drip-feed has made, each once."""
    ids = (read_id(entry) for entry in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ is not None))


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


def _read_refill_status(data: Json) -> RefillStatus:
    """Read one refill's status."""
    row: dict[str, Json] = fields(data) if isinstance(data, dict) else {"status": data}
    value = pick(row, *_REFILL_STATUS_ROWS.values)
    if read_text(value) is None or is_envelope(row):
        raise PanelResponseError("The answer holds no refill status")
    return read_refill_status(value)


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
