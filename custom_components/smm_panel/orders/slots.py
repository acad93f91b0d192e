"""The order that each slot shows: a pure function of the orders and the last assignment."""

from collections.abc import Iterator, Mapping

from .order import Placement, TrackedOrder


def assign_slots(
    last: Mapping[int, str], orders: Mapping[str, TrackedOrder], limit: int
) -> dict[int, str]:
    """Return the local id of the order that each of the slots 1 to `limit` shows.

    An order keeps its slot for as long as it is tracked, unless a newer order that is not final
    needs the slot: then the oldest final order is replaced, or, without a final order, the
    oldest order. New orders get the lowest free slots, the oldest order first.
    """
    age = {key: position for position, key in enumerate(orders)}
    shown = {slot: key for slot, key in last.items() if key in age and slot <= limit}
    newcomers: list[str] = []
    for key in _waiting(orders, set(shown.values())):
        if len(shown) + len(newcomers) >= limit and not _free_slot(shown, orders, age, key):
            break
        newcomers.append(key)
    free = (slot for slot in range(1, limit + 1) if slot not in shown)
    return shown | dict(zip(free, sorted(newcomers, key=age.__getitem__), strict=False))


def _waiting(orders: Mapping[str, TrackedOrder], shown: set[str]) -> Iterator[str]:
    """Yield the orders without a slot, in the order in which they get one."""
    # No sorting: the caller stops after the last free slot, and there may be thousands of orders.
    for is_final in (False, True):
        for key in reversed(list(orders)):
            order = orders[key]
            if (
                order.is_final is is_final
                and key not in shown
                and order.placement is not Placement.INTENDED
            ):
                yield key


def _free_slot(
    shown: dict[int, str],
    orders: Mapping[str, TrackedOrder],
    age: Mapping[str, int],
    newcomer: str,
) -> bool:
    """Free a slot for the newcomer; return whether there was an order to replace."""
    if orders[newcomer].is_final:
        return False
    older = [slot for slot, key in shown.items() if age[key] < age[newcomer]]
    if not older:
        return False
    del shown[min(older, key=lambda slot: (not orders[shown[slot]].is_final, age[shown[slot]]))]
    return True
