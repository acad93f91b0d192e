"""Running sums of what orders cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st

from custom_components.smm_panel.api import OrderStatus
from custom_components.smm_panel.money import Spending
from custom_components.smm_panel.orders import TrackedOrder, expense
from tests.helpers.orders import tracked

NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)
STARTS = [NOW - timedelta(days=days, hours=5) for days in (0, 1, 7, 9)]
CURRENCIES = [None, "USD", "usd", "EUR"]


@st.composite
def orders(draw: st.DrawFn) -> TrackedOrder:
    """Draw an order of up to ten days ago, one of five."""
    age = timedelta(hours=draw(st.integers(0, 240)))
    charge = draw(st.one_of(st.none(), st.decimals("0.00001", 9, places=5)))
    return tracked(
        str(draw(st.integers(1, 5))),
        draw(st.sampled_from([OrderStatus.PENDING, OrderStatus.PARTIAL, OrderStatus.REFUNDED])),
        added_at=NOW - age,
        service="101",
        quantity=100,
        estimate=Decimal("0.1"),
        charge=charge,
        currency=draw(st.sampled_from(CURRENCIES)),
    )


@given(st.lists(st.one_of(orders(), st.sampled_from(["drop", "forget", "ask"])), max_size=30))
def test_sums_kept_up_to_date_are_those_of_the_expenses(steps: list[Any]) -> None:
    """A limit is held against them: what is missing in one is overspent."""
    spending = Spending()
    key = "key 1"
    for step in steps:
        match step:
            case TrackedOrder():
                key = step.local_id
                spending.put(step.local_id, expense(step))
            case "drop":
                spending.drop(key)
            case "forget":
                spending.forget(key)
            case _:
                assert sums(spending) == sums(copied(spending))

    assert sums(spending) == sums(copied(spending))


def sums(spending: Spending) -> list[Any]:
    """Return what is asked of sums, twice where that changes what is remembered."""
    return [
        (
            spending.since(start, currency),
            spending.total(currency),
            spending.rate(NOW, currency),
        )
        for currency in CURRENCIES
        for start in STARTS
    ]


def copied(spending: Spending) -> Spending:
    """Return one that adds up the same expenses from the beginning."""
    copy = Spending()
    copy.restore([*spending.forgotten, *spending._expenses.values()], [], [])  # noqa: SLF001 - the only record of them
    return copy
