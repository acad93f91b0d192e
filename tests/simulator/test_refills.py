"""Refills."""

import pytest

from custom_components.smm_panel.simulator import Odds
from tests.helpers.simulated_orders import (
    ALWAYS_CANCELED,
    ALWAYS_PARTIAL,
    LINK,
    WITH_REFILL,
    Panel,
    done,
    make_panel,
)


def refill_statuses(panel: Panel, refill: str) -> list[str]:
    """The statuses a refill goes through within a quarter of an hour, each once."""
    seen = []
    for _ in range(15 * 12):
        status = panel.ask("refill_status", refill=refill)["status"]
        if status not in seen:
            seen.append(status)
        panel.clock.advance(seconds=5)
    return seen


def test_refill_of_one() -> None:
    """The single form answers with text, as the document has it."""
    panel = make_panel()

    assert panel.ask("refill", order=done(panel)) == {"refill": "4001"}
    assert panel.ask("refill_status", refill="4001") == {"status": "Pending"}


def test_refill_of_many() -> None:
    """The multiple form answers with rows of numbers, refusals in their place."""
    panel = make_panel()
    first, second = done(panel), done(panel, link=f"{LINK}2")

    assert panel.ask("refill", orders=f"{first},{second},3") == [
        {"order": int(first), "refill": 4001},
        {"order": int(second), "refill": 4002},
        {"order": 3, "refill": {"error": "Incorrect order ID"}},
    ]
    assert panel.ask("refill_status", refills="4002,4003") == [
        {"refill": 4002, "status": "Pending"},
        {"refill": 4003, "status": {"error": "Refill not found"}},
    ]


@pytest.mark.parametrize(
    ("rejected", "end"),
    [(0.0, "Completed"), (1.0, "Rejected")],
)
def test_refill_steps(rejected: float, end: str) -> None:
    """A refill takes its steps while somebody watches."""
    panel = make_panel(odds=Odds(partial=0, canceled=0, refill_rejected=rejected))
    refill = panel.ask("refill", order=done(panel))["refill"]

    assert refill_statuses(panel, refill) == ["Pending", "In progress", end]


@pytest.mark.parametrize("refill", ["", "4001", "x", "9" * 5000])
def test_wrong_refill_id(refill: str) -> None:
    """A refill that was never requested has no status."""
    assert make_panel().ask("refill_status", refill=refill) == {"error": "Refill not found"}


def test_partial_order_can_be_refilled() -> None:
    """What was delivered of a partial order can drop too."""
    panel = make_panel(odds=ALWAYS_PARTIAL)

    assert panel.ask("refill", order=done(panel)) == {"refill": "4001"}


def test_refill_refused_while_open() -> None:
    """Nothing has dropped of an order that is not delivered yet."""
    panel = make_panel()
    order = panel.add(service=WITH_REFILL)

    assert panel.ask("refill", order=order) == {"error": "The order is not completed"}


def test_refill_refused_when_canceled() -> None:
    """A canceled order was paid back."""
    panel = make_panel(odds=ALWAYS_CANCELED)

    assert panel.ask("refill", order=done(panel)) == {"error": "Order not eligible for refill."}


def test_refill_refused_by_service() -> None:
    """Only services sold with refill give one."""
    panel = make_panel()

    assert panel.ask("refill", order=done(panel, service="101")) == {
        "error": "Refill is disabled for this service"
    }


def test_refill_refused_when_the_service_is_gone() -> None:
    """A panel drops services with orders still about."""
    panel = make_panel()
    order = done(panel)
    del panel.services[102]

    assert panel.ask("refill", order=order) == {"error": "Refill is disabled for this service"}


def test_one_refill_at_a_time() -> None:
    """A second refill waits for the end of the first."""
    panel = make_panel()
    order = done(panel)
    panel.ask("refill", order=order)
    refused = {"error": "Order not eligible for refill."}

    assert panel.ask("refill", order=order) == refused
    panel.clock.advance(minutes=15)
    assert panel.ask("refill", order=order) == {"refill": "4002"}


def test_refill_costs_nothing() -> None:
    """A refill is part of what was paid."""
    panel = make_panel()
    order = done(panel)
    before = panel.balance

    panel.ask("refill", order=order)

    assert panel.balance == before
