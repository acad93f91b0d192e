"""How orders move."""

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.smm_panel.simulator import Odds
from tests.helpers.simulated_orders import (
    ALWAYS_CANCELED,
    ALWAYS_COMPLETED,
    ALWAYS_PARTIAL,
    LINK,
    START,
    UNHURRIED,
    Panel,
    make_panel,
)

STEPS = ["Pending", "Processing", "In progress", "Completed", "Partial", "Canceled"]
FINAL = {"Completed", "Partial", "Canceled"}

SEEDS = st.integers(0, 2**32)
MINUTES = st.floats(0, 40)


def statuses(panel: Panel, order: str) -> list[str]:
    """The statuses an order goes through within half an hour, each once."""
    seen = []
    for _ in range(30 * 12):
        status = panel.status(order)["status"]
        if status not in seen:
            seen.append(status)
        panel.clock.advance(seconds=5)
    return seen


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        (ALWAYS_COMPLETED, ["Pending", "Processing", "In progress", "Completed"]),
        (ALWAYS_PARTIAL, ["Pending", "Processing", "In progress", "Partial"]),
        (ALWAYS_CANCELED, ["Pending", "Processing", "Canceled"]),
    ],
)
def test_steps(odds: Odds, expected: list[str]) -> None:
    """An order takes every step, and at speed 1 somebody watching sees it within half an hour."""
    panel = make_panel(odds=odds)

    assert statuses(panel, panel.add()) == expected


def test_status_has_the_shape_of_the_document() -> None:
    """Amounts and counts are text in the document."""
    panel = make_panel(odds=ALWAYS_PARTIAL)
    order = panel.add()
    assert panel.status(order) == {
        "charge": "0.90000",
        "start_count": None,
        "status": "Pending",
        "remains": "1000",
        "currency": "USD",
    }

    panel.clock.advance(hours=1)
    status = panel.status(order)
    assert status.keys() == {"charge", "start_count", "status", "remains", "currency"}
    assert all(isinstance(value, str) for value in status.values())
    assert panel.ask("status", orders=order) == {order: status}


def test_completed_delivers_all() -> None:
    """A completed order has nothing left and keeps its charge."""
    panel = make_panel()
    order = panel.add()
    panel.clock.advance(hours=1)

    status = panel.status(order)

    assert (status["status"], status["remains"], status["charge"]) == ("Completed", "0", "0.90000")
    assert int(status["start_count"]) >= 0


def test_partial_gives_back_what_remains() -> None:
    """The rest of a partial order is paid back in proportion."""
    panel = make_panel(odds=ALWAYS_PARTIAL)
    order = panel.add()
    panel.clock.advance(hours=1)

    status = panel.status(order)
    remains = int(status["remains"])

    assert 0 < remains < 1000
    assert status["charge"] == f"{0.9 * (1000 - remains) / 1000:.5f}"
    assert panel.ask("balance")["balance"] == f"{100 - float(status['charge']):.5f}"


def test_canceled_by_the_panel_costs_nothing() -> None:
    """An order the panel gives up is paid back whole."""
    panel = make_panel(odds=ALWAYS_CANCELED)
    order = panel.add()
    panel.clock.advance(hours=1)

    assert panel.status(order) == {
        "charge": "0.00000",
        "start_count": None,
        "status": "Canceled",
        "remains": "1000",
        "currency": "USD",
    }
    assert panel.balance == 100


def test_package_is_never_partial() -> None:
    """One package cannot be delivered in part."""
    panel = make_panel(odds=ALWAYS_PARTIAL)
    order = panel.add("Package")
    panel.clock.advance(hours=1)

    assert panel.status(order)["status"] == "Completed"


def test_most_orders_are_completed() -> None:
    """Somebody trying the panel should see all ends, the good one most often."""
    panel = make_panel(odds=Odds())
    orders = [panel.add(link=f"{LINK}/{number}", quantity="50") for number in range(400)]
    panel.clock.advance(hours=1)

    ends = [panel.status(order)["status"] for order in orders]

    assert set(ends) == FINAL
    assert ends.count("Completed") > 300


@pytest.mark.parametrize("speed", [0.5, 60, 1000])
def test_speed(speed: float) -> None:
    """The same order takes the speed-th part of the time, to the microseconds of rounding."""
    slow, fast = make_panel(), make_panel(speed=speed)
    slow.add()
    order = fast.add()

    for minutes in range(30):
        slow.clock.now = START + timedelta(minutes=minutes)
        fast.clock.now = START + timedelta(minutes=minutes) / speed
        assert fast.status(order)["status"] == slow.status(order)["status"]


@pytest.mark.parametrize("speed", [0, -1])
def test_speed_must_be_above_zero(speed: float) -> None:
    """A panel that stands still or runs backwards is a mistake of the caller."""
    with pytest.raises(ValueError, match="speed"):
        make_panel(speed=speed)


@UNHURRIED
@given(SEEDS, st.lists(MINUTES, min_size=1), MINUTES)
def test_progress_is_a_function_of_order_and_clock(
    seed: int, looks: list[float], last: float
) -> None:
    """Looking often, seldom or out of order must not change what is seen."""
    watched, unwatched = make_panel(seed=seed, odds=Odds()), make_panel(seed=seed, odds=Odds())
    order = watched.add()
    unwatched.add()
    for minutes in looks:
        watched.clock.now = START + timedelta(minutes=minutes)
        watched.status(order)

    watched.clock.now = unwatched.clock.now = START + timedelta(minutes=last)

    assert watched.status(order) == unwatched.status(order)
    assert watched.balance == unwatched.balance


@UNHURRIED
@given(SEEDS, st.lists(MINUTES, min_size=2), st.none() | MINUTES)
def test_progress_never_goes_back(seed: int, looks: list[float], cancel: float | None) -> None:
    """A step, a remaining count or a final answer that moves backwards is no progress."""
    panel = make_panel(seed=seed, odds=Odds(partial=0.3, canceled=0.3))
    order = panel.add(quantity="777")
    if cancel is not None:
        panel.clock.advance(minutes=cancel)
        panel.ask("cancel", orders=order)
    seen = []
    for minutes in sorted(looks):
        panel.clock.now = START + timedelta(minutes=(cancel or 0) + minutes)
        seen.append(panel.status(order))

    steps = [STEPS.index(status["status"]) for status in seen]
    remains = [int(status["remains"]) for status in seen]
    finals = [status for status in seen if status["status"] in FINAL]
    assert steps == sorted(steps)
    assert remains == sorted(remains, reverse=True)
    assert all(status == finals[0] for status in finals)
