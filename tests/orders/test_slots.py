"""Which order is shown in which slot."""

from collections.abc import Mapping

from hypothesis import given, strategies as st

from custom_components.smm_panel.api import OrderStatus
from custom_components.smm_panel.orders import Placement, TrackedOrder, assign_slots
from tests.helpers.orders import tracked

OPEN = OrderStatus.IN_PROGRESS
DONE = OrderStatus.COMPLETED


def book(*orders: TrackedOrder) -> dict[str, TrackedOrder]:
    """Return orders by key, oldest first."""
    return {order.local_id: order for order in orders}


def shown(assignment: Mapping[int, str]) -> dict[int, str]:
    """Return the order id each slot shows."""
    return {slot: key.removeprefix("key ") for slot, key in sorted(assignment.items())}


def last(**slots: str) -> dict[int, str]:
    """Return a former assignment: `last(s2="5")` showed order 5 in slot 2."""
    return {int(slot[1:]): f"key {order}" for slot, order in slots.items()}


def test_first_orders_take_the_slots_in_the_order_of_their_age() -> None:
    """A fresh account fills its dashboard from the top."""
    orders = book(tracked("1", OPEN), tracked("2", OPEN), tracked("3", OPEN))

    assert shown(assign_slots({}, orders, 5)) == {1: "1", 2: "2", 3: "3"}


def test_a_newcomer_takes_the_lowest_free_slot() -> None:
    """A gap left by a forgotten order is used before the dashboard grows."""
    orders = book(tracked("1", OPEN), tracked("3", OPEN), tracked("4", OPEN))

    assert shown(assign_slots(last(s1="1", s2="2", s3="3"), orders, 5)) == {
        1: "1",
        2: "4",
        3: "3",
    }


def test_a_final_order_keeps_its_slot_while_there_is_room() -> None:
    """The status "completed" must be seen, by people and by triggers."""
    orders = book(tracked("1", DONE), tracked("2", OPEN))

    assert shown(assign_slots(last(s1="1"), orders, 2)) == {1: "1", 2: "2"}


def test_final_orders_give_way_first_the_oldest_of_them() -> None:
    """An open order is not pushed off by a newer one while a finished one has a slot."""
    orders = book(tracked("1", OPEN), tracked("2", DONE), tracked("3", DONE), tracked("4", OPEN))

    assert shown(assign_slots(last(s1="1", s2="3", s3="2"), orders, 3)) == {
        1: "1",
        2: "3",
        3: "4",
    }


def test_then_the_oldest_order_gives_way() -> None:
    """The newest orders are what people look at."""
    orders = book(tracked("1", OPEN), tracked("2", OPEN), tracked("3", OPEN))

    assert shown(assign_slots(last(s1="2", s2="1"), orders, 2)) == {1: "2", 2: "3"}


def test_an_older_order_never_pushes_off_a_shown_one() -> None:
    """An order that just completed must not vanish because others wait for a slot."""
    orders = book(tracked("1", OPEN), tracked("2", OPEN), tracked("3", DONE))

    assert shown(assign_slots(last(s1="3"), orders, 1)) == {1: "3"}


def test_an_intent_takes_no_slot() -> None:
    """A slot whose order is refused a moment later would flicker."""
    orders = book(tracked("1", panel_id=None, placement=Placement.INTENDED))

    assert assign_slots({}, orders, 5) == {}


def test_fewer_slots_show_the_newest() -> None:
    """Lowering the option leaves the orders people look at."""
    orders = book(tracked("1", OPEN), tracked("2", OPEN))

    assert shown(assign_slots(last(s1="1", s2="2"), orders, 1)) == {1: "2"}


STATUSES = st.sampled_from([OPEN, DONE])


@given(
    statuses=st.lists(STATUSES, max_size=12),
    former=st.permutations(range(12)),
    limit=st.integers(0, 8),
)
def test_every_assignment_is_sound(
    statuses: list[OrderStatus], former: list[int], limit: int
) -> None:
    """Slots stay in range, show each order once, and are not left empty for nothing."""
    orders = book(*(tracked(str(number), status) for number, status in enumerate(statuses)))
    before = {slot: f"key {number}" for slot, number in enumerate(former[:6], start=1)}

    after = assign_slots(before, orders, limit)

    assert set(after) <= set(range(1, limit + 1))
    assert len(set(after.values())) == len(after) == min(limit, len(orders))
    assert set(after.values()) <= set(orders)
    assert assign_slots(after, orders, limit) == after
