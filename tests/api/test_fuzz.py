"""Whatever a panel sends, nothing but PanelError leaves the client."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
import json
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.smm_panel.api import (
    Balance,
    InvalidOrderError,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderRequest,
    PanelError,
    PlacedOrder,
    RefillStatus,
    Service,
)
from tests.api.calls import CALLS
from tests.api.fake_transport import client_answered

KEYS = st.sampled_from(
    [
        *("1", "2", "order", "orders", "order_id", "refill", "refills", "cancel", "canceled", "id"),
        *("status", "error", "errors", "message", "success", "data", "result", "services"),
        *("service", "name", "rate", "min", "max", "type", "refill_id", "balance", "currency"),
        *("charge", "start_count", "remains", "posts", "runs", "expiry", "Status", ""),
    ]
) | st.text(max_size=5)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(
        [
            *("1", "2", "0", "-1", "1,234.5", "1e9999", "NaN", "Completed", "Active", "success"),
            *("error", "Bad link", "Invalid API key", "2030-01-02", "31/31/2030", "\ud800", "٣"),
        ]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
STATUSES = st.sampled_from([200, 201, 301, 400, 401, 402, 404, 422, 429, 500, 503])
CALL = st.sampled_from(sorted(CALLS))


def _check(result: object) -> None:
    """Hold a result against what the models promise."""
    match result:
        case dict():
            assert list(result) == ["1", "2"][: len(result)]
            for item in result.values():
                _check(item)
        case tuple():
            for row in result:
                _check(row)
        case Balance(amount=amount):
            assert amount.is_finite()
        case Service(id=id_, name=name, rate=rate):
            assert id_.strip() == id_ != ""
            assert name != ""
            assert rate.is_finite()
            assert rate >= 0
        case OrderReport(status_text=text, charge=charge, remains=remains, expiry=expiry):
            assert text != ""
            assert isinstance(charge, Decimal | None)
            assert isinstance(remains, int | None)
            assert isinstance(expiry, date | None)
        case PlacedOrder(order=id_) | ListedOrder(order=id_):
            assert id_ not in {"", "0"}
        case str():
            assert result not in {"", "0"}
        case _:
            assert isinstance(result, ItemError | RefillStatus | None)
    json.dumps(str(result)).encode()


async def _ask(name: str, text: str, status: int) -> None:
    with suppress(PanelError):
        _check(await CALLS[name](client_answered(text, status)))


@settings(deadline=None)
@given(name=CALL, data=JSON, status=STATUSES)
async def test_any_json(name: str, data: object, status: int) -> None:
    """A shape nobody thought of must not end in a traceback or in a value that is none."""
    await _ask(name, json.dumps(data), status)


@settings(deadline=None)
@given(
    name=CALL,
    rows=st.lists(st.dictionaries(KEYS, SCALARS, max_size=8), max_size=3),
    wrapper=st.none() | KEYS,
    by_id=st.booleans(),
)
async def test_any_rows(
    name: str, rows: list[dict[str, Any]], wrapper: str | None, *, by_id: bool
) -> None:
    """Nearly right answers reach further into the readers than any other."""
    data: Any = {str(number): row for number, row in enumerate(rows, 1)} if by_id else rows
    await _ask(name, json.dumps(data if wrapper is None else {wrapper: data}), 200)


@settings(deadline=None)
@given(name=CALL, text=st.text(), status=STATUSES)
async def test_any_text(name: str, text: str, status: int) -> None:
    """Most faults are not JSON at all."""
    await _ask(name, text, status)


FIELDS = st.sampled_from([name for name in OrderRequest.__dataclass_fields__ if name != "service"])
ANYTHING = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS) | st.dates()
)


@given(values=st.dictionaries(FIELDS, ANYTHING, max_size=6))
def test_any_order(values: dict[str, Any]) -> None:
    """A form's or template's odd values are refused by name, or make a form of texts."""
    with suppress(InvalidOrderError):
        request = OrderRequest(**{"service": "1", "link": "a", "quantity": 5, **values})
        assert all(isinstance(text, str) for text in request.form().values())
