"""Refills and cancels."""

from decimal import Decimal

import pytest

from custom_components.smm_panel.simulator import Odds

from .common import ALWAYS_CANCELED, ALWAYS_PARTIAL, LINK, Panel, make_panel

WITH_REFILL = "102"
WITHOUT_CANCEL = "104"


def done(panel: Panel, **fields: str) -> str:
    """Id of an order that has come to its end."""
    order = panel.add(**{"service": WITH_REFILL} | fields)
    panel.clock.advance(hours=1)
    return order


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
    """A refill that was never asked for has no status."""
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


def test_cancel_means_asked() -> None:
    """An accepted cancel shows only in a later status, with what was not delivered paid back."""
    panel = make_panel()
    order = panel.add()
    panel.clock.advance(minutes=3)

    assert panel.ask("cancel", orders=order) == [{"order": int(order), "cancel": 1}]
    assert panel.status(order)["status"] == "In progress"
    panel.clock.advance(minutes=4)

    status = panel.status(order)
    delivered = 1000 - int(status["remains"])
    assert status["status"] == "Canceled"
    assert 0 < delivered < 1000
    assert status["charge"] == f"{0.9 * delivered / 1000:.5f}"
    panel.clock.advance(hours=1)
    assert panel.status(order) == status


def test_cancel_before_the_delivery_begins() -> None:
    """Nothing was delivered: everything comes back, and nobody has counted."""
    in_time = []
    for seed in range(30):  # chance decides which of the two is quicker
        panel = make_panel(seed=seed)
        order = panel.add()
        panel.ask("cancel", orders=order)
        panel.clock.advance(hours=1)
        status = panel.status(order)
        if status["remains"] == "1000":
            in_time.append((status["status"], status["start_count"], panel.balance))

    assert in_time
    assert set(in_time) == {("Canceled", None, Decimal(100))}


def test_cancel_may_come_too_late() -> None:
    """An order may be completed before its cancel takes effect."""
    panel = make_panel()
    order = panel.add()
    while int(panel.status(order)["remains"]) > 5:
        panel.clock.advance(seconds=1)

    assert panel.ask("cancel", orders=order) == [{"order": int(order), "cancel": 1}]
    panel.clock.advance(hours=1)

    assert panel.status(order)["status"] == "Completed"
    assert panel.status(order)["charge"] == "0.90000"


@pytest.mark.parametrize("again", [False, True])
def test_cancel_refused(again: bool) -> None:  # noqa: FBT001  # pytest passes it by name
    """Services without cancel, and a second cancel of the same order, are refused."""
    panel = make_panel()
    order = panel.add() if again else panel.add(service=WITHOUT_CANCEL)
    if again:
        panel.ask("cancel", orders=order)

    assert panel.ask("cancel", orders=order) == [
        {
            "order": int(order),
            "cancel": {"error": "You are not eligible to cancel this order."},
        }
    ]


def test_cancel_of_a_final_order() -> None:
    """What is delivered cannot be canceled."""
    panel = make_panel()

    assert panel.ask("cancel", orders=done(panel)) == [
        {"order": 23501, "cancel": {"error": "Order already completed"}}
    ]
