"""Subscriptions: an order for every post."""

from decimal import Decimal

from tests.helpers.simulated_orders import FIELDS, START, make_panel


def test_subscription_orders_for_each_post() -> None:
    """Posts appear over time; each is an order between min and max, charged when it appears."""
    panel = make_panel()
    parent = panel.add("Subscriptions", posts="3")
    assert panel.status(parent) == {"status": "Active", "expiry": None, "posts": "0", "orders": []}
    assert panel.balance == 100

    panel.clock.advance(hours=2)

    status = panel.status(parent)
    assert status == {
        "status": "Completed",
        "expiry": None,
        "posts": "3",
        "orders": ["23502", "23503", "23504"],
    }
    charges = [Decimal(panel.status(order)["charge"]) for order in status["orders"]]
    assert all(Decimal("0.072") <= charge <= Decimal("0.144") for charge in charges)
    assert len(set(charges)) == 3
    assert panel.balance == 100 - sum(charges)


def test_old_posts_come_first() -> None:
    """Posts from before the subscription are there at once."""
    panel = make_panel()
    parent = panel.add("Subscriptions", posts="1", old_posts="2")
    panel.clock.advance(seconds=10)

    assert panel.status(parent)["posts"] == "2"
    panel.clock.advance(hours=2)
    assert panel.status(parent)["posts"] == "3"
    assert panel.status(parent)["status"] == "Completed"


def test_delay() -> None:
    """The delay comes between a post and its order."""
    prompt, late = make_panel(), make_panel()
    prompt.add("Subscriptions", posts="1", delay="0")
    late.add("Subscriptions", posts="1", delay="60")
    prompt.clock.advance(minutes=20)
    late.clock.advance(minutes=59)

    assert prompt.status("23501")["posts"] == "1"
    assert late.status("23501")["posts"] == "0"
    late.clock.advance(minutes=21)
    assert late.status("23501")["posts"] == "1"


def test_subscription_expires() -> None:
    """The last day counts whole; after it no post counts any more."""
    panel = make_panel()
    parent = panel.add("Subscriptions", expiry="24/11/2026")
    panel.clock.now = START.replace(day=24, hour=23, minute=59)
    status = panel.status(parent)
    assert (status["status"], status["expiry"]) == ("Active", "2026-11-24")

    panel.clock.advance(minutes=1)
    posts = panel.status(parent)["posts"]
    panel.clock.advance(days=2)

    assert panel.status(parent)["status"] == "Expired"
    assert panel.status(parent)["posts"] == posts


def test_subscription_may_expire_today() -> None:
    """The last day is a day of the subscription, the first one too."""
    panel = make_panel()

    assert panel.status(panel.add("Subscriptions", expiry="23/11/2026"))["status"] == "Active"


def test_subscription_without_a_number_goes_on_until_canceled() -> None:
    """posts=0 and no posts both mean: as many as come."""
    panel = make_panel()
    parent = panel.add("Subscriptions", posts="0", old_posts="1")
    panel.clock.advance(days=1)
    assert panel.status(parent)["status"] == "Active"
    assert int(panel.status(parent)["posts"]) > 50

    panel.ask("cancel", orders=parent)
    panel.clock.advance(minutes=5)
    posts = panel.status(parent)["posts"]
    panel.clock.advance(days=1)

    assert panel.status(parent)["status"] == "Canceled"
    assert panel.status(parent)["posts"] == posts


def test_one_subscription_for_a_username() -> None:
    """A second subscription would order everything twice."""
    panel = make_panel()
    panel.add("Subscriptions")

    assert "active order" in panel.ask("add", service="121", **FIELDS["Subscriptions"])["error"]
    assert panel.add("Subscriptions", username="bob")
