"""Records as JSON data: what is written is read again, and nothing else is."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads
from hypothesis import given, strategies as st
import pytest

from custom_components.smm_panel.api import OrderReport, OrderStatus
from custom_components.smm_panel.money import Expense
from custom_components.smm_panel.orders import (
    Cancel,
    Evidence,
    Initiator,
    Placement,
    Refill,
    RequestState,
    TrackedOrder,
)
from custom_components.smm_panel.orders.book_content import Damage
from custom_components.smm_panel.storage import as_json, from_json
from tests.helpers.orders import NOON

type Record = TrackedOrder | Expense | Damage

KINDS: list[type[Any]] = [TrackedOrder, Expense, Damage]

PLAIN: dict[type[Any], st.SearchStrategy[Any]] = {
    # Half a surrogate pair cannot be written; the client lets none through.
    str: st.text(st.characters(exclude_categories=["Cs"])),
    bool: st.booleans(),
    # What fits into the numbers of the file.
    int: st.integers(-(2**63), 2**64 - 1),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["0E-8", "1E-7", "1E+20", "0.10", "-0.00", "9" * 60]).map(Decimal),
    date: st.dates(),
    datetime: st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])
    ),
}


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any records of a kind, with and without each field that may be unset."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _values(hints[field.name]) for field in fields(kind)})


def _values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any annotation of a field
    if get_origin(hint) is UnionType:
        return st.one_of(*(_values(part) for part in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=3).map(tuple)
    if hint is type(None):
        return st.none()
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    kind: type[Any] = hint
    return records(kind) if is_dataclass(kind) else PLAIN[kind]


@given(record=st.one_of(*map(records, KINDS)))
def test_what_is_written_is_read_again(record: Record) -> None:
    """Money must keep every digit, and a text every character, through the file."""
    stored = json_loads(json_bytes(as_json(record)))

    again = from_json(type(record), stored)
    assert again == record
    # 0.10 equals 0.1, and noon there another time here.
    assert as_json(again) == stored


@given(record=records(TrackedOrder))
def test_what_is_unset_is_left_out(record: TrackedOrder) -> None:
    """Thousands of orders are written at once, most of their fields are unset."""
    row = as_json(record)

    assert row.keys() == {
        field.name
        for field in fields(record)
        if getattr(record, field.name) is not None and getattr(record, field.name) != ()
    }


WHOLE: dict[str, Any] = as_json(
    TrackedOrder(
        local_id="01",
        placement=Placement.PLACED,
        added_at=NOON,
        panel_id="7",
        quantity=100,
        estimate=Decimal("0.09"),
        can_refill=True,
        report=OrderReport(
            status=OrderStatus.PENDING,
            status_text="Pending",
            orders=("8",),
            expiry=NOON.date(),
        ),
        cancel=Cancel(requested_at=NOON, request=RequestState.ACCEPTED),
        refills=(Refill(requested_at=NOON, request=RequestState.ACCEPTED, panel_id="5"),),
        initiator=Initiator(context="02", runs=("automation.a",)),
        evidence=Evidence(balance_before=Decimal(5)),
    )
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["NaN", "1e9999", "2026-11-02", "2026-11-02T12:00:00", "pending", "placed"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(WHOLE)) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(kind=st.sampled_from(KINDS), data=JSON)
def test_nothing_but_a_value_error_comes_of_other_data(kind: type[Any], data: object) -> None:
    """Whatever is in the file, the account must be set up."""
    with pytest.raises(ValueError, match=r".+"):
        from_json(kind, data)


@given(field=st.sampled_from(sorted(WHOLE)), value=JSON)
def test_one_field_with_other_data(field: str, value: object) -> None:
    """A row with one slip in it must be refused, or be as good as any."""
    try:
        order = from_json(TrackedOrder, WHOLE | {field: value})
    except ValueError:
        return
    assert from_json(TrackedOrder, as_json(order)) == order
    assert order.added_at.tzinfo is not None


@pytest.mark.parametrize(
    "slip",
    [
        {"colour": "red"},
        {"local_id": 1},
        {"local_id": None},
        {"placement": "lost"},
        {"placement": []},
        {"added_at": 5},
        {"added_at": "noon"},
        {"added_at": "2026-11-02"},
        {"added_at": "2026-11-02T12:00:00"},
        {"quantity": "100"},
        {"quantity": 100.0},
        {"quantity": True},
        {"estimate": 0.09},
        {"estimate": "NaN"},
        {"estimate": "-Infinity"},
        {"estimate": "free"},
        {"estimate": ""},
        {"can_refill": 1},
        {"can_refill": "true"},
        {"report": "Pending"},
        {"report": {"status": "pending"}},
        {"report": {"status": "pending", "status_text": "Pending", "colour": "red"}},
        {"report": {"status": "pending", "status_text": "Pending", "orders": "8"}},
        {"report": {"status": "pending", "status_text": "Pending", "orders": [8]}},
        {"report": {"status": "pending", "status_text": "Pending", "expiry": "31/12/2026"}},
        {"refills": {}},
        {"refills": [{"requested_at": "2026-11-02T12:00:00+00:00"}]},
        {"initiator": {"context": "02", "runs": "automation.a"}},
        {"evidence": []},
    ],
    ids=str,
)
def test_wrong_types_are_refused(slip: dict[str, Any]) -> None:
    """Read as something else, a row would fail later, or count money wrongly."""
    assert as_json(from_json(TrackedOrder, WHOLE)) == WHOLE

    with pytest.raises(ValueError, match=r".+"):
        from_json(TrackedOrder, WHOLE | slip)


@pytest.mark.parametrize("field", ["local_id", "placement", "added_at"])
def test_a_missing_field_is_named(field: str) -> None:
    """The error is all there is to find the row by."""
    row = {name: value for name, value in WHOLE.items() if name != field}

    with pytest.raises(ValueError, match=f"TrackedOrder lacks {field}"):
        from_json(TrackedOrder, row)
