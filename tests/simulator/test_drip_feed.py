"""Drip-feeds: several runs of one order."""

from decimal import Decimal

from tests.helpers.simulated_orders import ALWAYS_PARTIAL, DRIP_FEED, make_panel


def test_drip_feed_runs_one_after_the_other() -> None:
    """Each run is an ordinary order that appears when its turn has come."""
    panel = make_panel()
    parent = panel.add(**DRIP_FEED)
    assert panel.status(parent) == {"status": "Active", "runs": "1", "orders": ["23502"]}
    assert panel.status("23502")["remains"] == "1000"
    assert panel.status("23503") == {"error": "Incorrect order ID"}

    panel.clock.advance(minutes=40)
    assert panel.status(parent) == {"status": "Active", "runs": "2", "orders": ["23502", "23503"]}
    assert panel.status("23502")["status"] == "Completed"
    assert panel.status("23503")["status"] == "Pending"

    panel.clock.advance(minutes=40)
    assert panel.status(parent)["status"] == "Active"
    panel.clock.advance(minutes=30)
    assert panel.status(parent) == {
        "status": "Completed",
        "runs": "3",
        "orders": ["23502", "23503", "23504"],
    }


def test_drip_feed_is_charged_at_once() -> None:
    """The runs of a drip-feed are paid before they begin."""
    panel = make_panel()
    panel.add(**DRIP_FEED)

    assert panel.ask("balance")["balance"] == "97.30000"
    panel.clock.advance(hours=3)
    assert panel.ask("balance")["balance"] == "97.30000"


def test_partial_runs_are_given_back() -> None:
    """A run that ends partial gives its rest back like any order."""
    panel = make_panel(odds=ALWAYS_PARTIAL)
    parent = panel.add(**DRIP_FEED)
    panel.clock.advance(hours=3)

    runs = [panel.status(order) for order in panel.status(parent)["orders"]]

    assert [run["status"] for run in runs] == ["Partial"] * 3
    assert panel.balance == 100 - sum(Decimal(run["charge"]) for run in runs)


def test_canceled_drip_feed_stops() -> None:
    """The run under way goes on, the others never begin and are paid back."""
    panel = make_panel()
    parent = panel.add(**DRIP_FEED)
    assert panel.ask("cancel", orders=parent) == [{"order": int(parent), "cancel": 1}]
    assert panel.status(parent)["status"] == "Active"

    panel.clock.advance(hours=3)

    assert panel.status(parent) == {"status": "Canceled", "runs": "1", "orders": ["23502"]}
    assert panel.status("23502")["status"] == "Completed"
    assert panel.ask("balance")["balance"] == "99.10000"


def test_drip_feed_with_nothing_left_to_begin_cannot_be_canceled() -> None:
    """Accepting such a cancel would promise what cannot happen."""
    panel = make_panel()
    parent = panel.add(runs="2", interval="1")
    panel.clock.advance(minutes=1)

    assert panel.status(parent)["status"] == "Active"
    assert panel.ask("cancel", orders=parent) == [
        {"order": int(parent), "cancel": {"error": "Order already completed"}}
    ]


def test_a_run_can_be_canceled_by_itself() -> None:
    """The order of one run has an id of its own, and only that run is given back."""
    panel = make_panel()
    panel.add(**DRIP_FEED)

    assert panel.ask("cancel", orders="23502") == [{"order": 23502, "cancel": 1}]
    panel.clock.advance(hours=3)
    run = panel.status("23502")

    assert run["status"] == "Canceled"
    assert panel.balance == Decimal("98.2") - Decimal(run["charge"])


def test_next_order_does_not_take_the_ids_of_runs() -> None:
    """An id that named two orders would show one as the other."""
    panel = make_panel()
    panel.add(**DRIP_FEED)
    later = panel.add(service="102")

    panel.clock.advance(hours=3)

    assert later not in panel.status("23501")["orders"]
    assert panel.status(later)["charge"] == "1.74000"
