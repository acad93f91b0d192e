"""Which order is shown in which slot: a pure function of the orders and the last assignment."""

from collections.abc import Iterator, Mapping

from .order import Placement, TrackedOrder


def assign_slots(
    last: Mapping[int, str], orders: Mapping[str, TrackedOrder], limit: int
) -> dict[int, str]:
    """Return the key of the order that each of the slots 1 to `limit` shows.

    An order keeps its slot for as long as it is tracked, unless a newer one needs it:
    then final orders give way first, the oldest of them before the others, and after
    them the oldest order. Newcomers take the lowest free slots in the order of their age.
    """
    age = {key: position for position, key in enumerate(orders)}
    shown = {slot: key for slot, key in last.items() if key in age and slot <= limit}
    newcomers: list[str] = []
    for key in _waiting(orders, set(shown.values())):
        if len(shown) + len(newcomers) >= limit and not _give_way(shown, orders, age, key):
            break
        newcomers.append(key)
    free = (slot for slot in range(1, limit + 1) if slot not in shown)
    return shown | dict(zip(free, sorted(newcomers, key=age.__getitem__), strict=False))


def _waiting(orders: Mapping[str, TrackedOrder], taken: set[str]) -> Iterator[str]:
    """Give the orders without a slot, in the order in which they are to get one."""
    # Not sorted: of thousands of orders hardly more are looked at than get a slot.
    for is_final in (False, True):
        for key in reversed(list(orders)):
            order = orders[key]
            if (
                order.is_final is is_final
                and key not in taken
                and order.placement is not Placement.INTENDED
            ):
                yield key


def _give_way(
    shown: dict[int, str],
    orders: Mapping[str, TrackedOrder],
    age: Mapping[str, int],
    newcomer: str,
) -> bool:
    """Free the slot of an order that gives way to the newcomer, if there is one."""
    if orders[newcomer].is_final:
        return False
    older = [slot for slot, key in shown.items() if age[key] < age[newcomer]]
    if not older:
        return False
    del shown[min(older, key=lambda slot: (not orders[shown[slot]].is_final, age[shown[slot]]))]
    return True
