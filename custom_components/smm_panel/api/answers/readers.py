"""One tolerant reader per action: from parsed JSON, in any known shape, to the models.

Strict about facts (an order without a usable id is not placed, an id without an answer has
no result), lenient about form. Errors of the whole answer were found before (`interpret`);
an answer that a reader does not understand is a `PanelResponseError`.
"""

from collections.abc import Sequence
from sys import intern

from ..exceptions import PanelResponseError
from ..models import (
    Balance,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderStatus,
    RefillStatus,
    Service,
)
from ..service_types import service_type
from .items import read_items
from .rows import RowShape, is_envelope, listed_rows, unwrap
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

_DESCRIPTION_LIMIT = 5_000
# Browsers and servers limit links to about this length.
_LINK_LIMIT = 2_048

_SERVICE_IDS = ("service", "serviceid", "id", "package")
_ORDER_IDS = ("order", "orderid", "id")
_REFILL_IDS = ("refill", "refillid", "id")
# Only reads rely on the order of a list: a refill id must not end up at another order.
_STATUS_ROWS = RowShape(ids=_ORDER_IDS, values=("orderstatus", "status"), positional=True)
_REFILL_STATUS_ROWS = RowShape(ids=_REFILL_IDS, values=("refillstatus", "status"), positional=True)


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


def read_order_reports(data: Json, requested: Sequence[str]) -> dict[str, OrderReport | ItemError]:
    """Read `status` of one or many orders."""
    return read_items(data, requested, _STATUS_ROWS, _read_report)


def read_refill_statuses(
    data: Json, requested: Sequence[str]
) -> dict[str, RefillStatus | ItemError]:
    """Read `refill_status` of one or many refills."""
    return read_items(data, requested, _REFILL_STATUS_ROWS, _read_refill_status)


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


def _read_refill_status(data: Json) -> RefillStatus:
    """Read one refill's status."""
    row: dict[str, Json] = fields(data) if isinstance(data, dict) else {"status": data}
    value = pick(row, *_REFILL_STATUS_ROWS.values)
    if read_text(value) is None or is_envelope(row):
        raise PanelResponseError("The answer holds no refill status")
    return read_refill_status(value)
