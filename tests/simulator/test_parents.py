"""Drip-feeds and subscriptions."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, strategies as st

from custom_components.smm_panel.simulator import Odds

from .common import ALWAYS_PARTIAL, FIELDS, START, UNHURRIED, make_panel

DRIP_FEED = {"runs": "3", "interval": "40"}


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
    """The last day counts whole; after it no post is taken any more."""
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


def test_parent_cannot_be_refilled() -> None:
    """A parent delivers nothing itself; its orders can be refilled."""
    panel = make_panel()
    parent = panel.add(service="102", **DRIP_FEED)
    panel.clock.advance(days=1)

    assert panel.ask("refill", order=parent) == {"error": "Order not eligible for refill."}
    assert panel.ask("refill", order="23502") == {"refill": "4001"}


PARENTS = st.one_of(
    st.builds(
        lambda runs, interval: ("Default", {"runs": str(runs), "interval": str(interval)}),
        st.integers(2, 9),
        st.integers(1, 60),
    ),
    st.builds(
        lambda posts, old, delay: (
            "Subscriptions",
            {"posts": str(posts), "old_posts": str(old), "delay": delay},
        ),
        st.integers(1, 9),
        st.integers(0, 5),
        st.sampled_from(["0", "5", "600"]),
    ),
)


@UNHURRIED
@given(
    st.integers(0, 2**32),
    PARENTS,
    st.lists(st.floats(0, 900), min_size=1),
    st.none() | st.floats(0, 300),
)
def test_parents_only_grow(
    seed: int,
    parent: tuple[str, dict[str, str]],
    looks: list[float],
    cancel: float | None,
) -> None:
    """Orders of a parent appear, stay, and never once it is final; looking changes nothing."""
    kind, fields = parent
    panel = make_panel(seed=seed, odds=Odds(partial=0.3, canceled=0.3))
    order = panel.add(kind, **fields)
    if cancel is not None:
        panel.clock.advance(minutes=cancel)
        panel.ask("cancel", orders=order)
    begun = panel.clock.now
    seen = []
    for minutes in sorted(looks):
        panel.clock.now = begun + timedelta(minutes=minutes)
        seen.append(panel.status(order))
    for earlier, later in pairwise(seen):
        assert later["orders"][: len(earlier["orders"])] == earlier["orders"]
        if earlier["status"] != "Active":
            assert later == earlier
    panel.clock.now = begun + timedelta(days=7)
    assert panel.status(order)["status"] != "Active"
    assert all(panel.status(child)["status"] != "Pending" for child in seen[-1]["orders"])
