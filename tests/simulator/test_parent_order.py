"""What drip-feeds and subscriptions have in common."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from custom_components.smm_panel.simulator import Odds
from tests.helpers.simulated_orders import DRIP_FEED, UNHURRIED, make_panel


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
