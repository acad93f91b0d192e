"""The orders of a book, with indexes of those that are open, unsettled or need attention."""

from collections import Counter
from itertools import chain

from .order import Placement, ServiceTerms, TrackedOrder


class OrderIndex:
    """Orders by their local id, oldest first, with indexes: there may be thousands of them.

    The indexes are derived from `orders`; an update costs only as much as the orders that change.
    """

    def __init__(self) -> None:
        self.orders: dict[str, TrackedOrder] = {}
        self.open: dict[str, TrackedOrder] = {}
        """The orders that have to be polled, oldest first."""

        self.with_open_refills: dict[str, TrackedOrder] = {}
        """The orders with an unfinished refill."""

        self.unsettled: dict[str, TrackedOrder] = {}
        """The orders that are being sent, or whose outcome is unknown."""

        self.terms_in_use: Counter[ServiceTerms] = Counter()
        """The number of open orders for each service and its terms."""

        self.needing_attention: set[str] = set()
        """The local ids of the orders that a person should look at."""

        self.slots_are_stale = True
        """Whether an order was added, removed or became final since this was last set to False."""

        self._keys: dict[str, str] = {}
        self._last_of: dict[str, str] = {}

    def find(self, order: str) -> TrackedOrder | None:
        """Return the order with this panel id."""
        key = self._keys.get(order)
        return None if key is None else self.orders[key]

    def find_open(
        self, service: str, target: str | None, network: str | None
    ) -> TrackedOrder | None:
        """Return the newest order for a service and target that is not final.

        `target` is a canonical form, made with `network` (see `links`).
        """
        return max(
            (
                order
                for order in chain(self.open.values(), self.unsettled.values())
                if order.service == service and order.target(network) == target
            ),
            key=lambda order: order.added_at,
            default=None,
        )

    def last_of(self, preset: str) -> TrackedOrder | None:
        """Return the newest order that was placed from the preset with this id."""
        key = self._last_of.get(preset)
        return None if key is None else self.orders[key]

    def put(self, order: TrackedOrder) -> None:
        """Add an order, or replace the one with its local id; no other order has its panel id."""
        key, old = order.local_id, self.orders.get(order.local_id)
        if old is not None and old.panel_id is not None and old.panel_id != order.panel_id:
            self._keys.pop(old.panel_id, None)
        if order.panel_id is not None:
            self._keys[order.panel_id] = key
        self._update_counters(old, order)
        self.orders[key] = order
        for index, belongs in (
            (self.unsettled, order.placement is not Placement.PLACED),
            (self.open, order.is_open),
            (self.with_open_refills, order.refills and order.open_refills),
        ):
            if belongs:
                self._insert(index, order)
            else:
                index.pop(key, None)

    def adopt(self, order: TrackedOrder) -> None:
        """Replace an order by an equal one that holds another report object."""
        for index in (self.orders, self.unsettled, self.open, self.with_open_refills):
            if order.local_id in index:
                index[order.local_id] = order

    def pop(self, key: str) -> None:
        """Remove an order if it is there."""
        if (order := self.orders.pop(key, None)) is None:
            return
        self._update_counters(order, None)
        for index in (self.unsettled, self.open, self.with_open_refills):
            index.pop(key, None)
        if order.panel_id is not None:
            self._keys.pop(order.panel_id, None)
        if order.preset is not None and self._last_of.get(order.preset) == key:
            self._find_last_of(order.preset)

    def _update_counters(self, old: TrackedOrder | None, new: TrackedOrder | None) -> None:
        """Update the counters."""
        if old is None or new is None or _slot_priority(old) != _slot_priority(new):
            self.slots_are_stale = True
        for order, number in ((old, -1), (new, 1)):
            if order is not None and (use := order.terms) is not None:
                self.terms_in_use[use] += number
                if not self.terms_in_use[use]:
                    del self.terms_in_use[use]
        if new is not None and new.needs_attention:
            self.needing_attention.add(new.local_id)
        elif old is not None:
            self.needing_attention.discard(old.local_id)
        if new is not None and old is None and new.preset is not None:
            self._last_of[new.preset] = new.local_id

    def _insert(self, index: dict[str, TrackedOrder], order: TrackedOrder) -> None:
        """Insert an order, keeping the index sorted from oldest to newest."""
        is_in_place = order.local_id in index or order.local_id == next(reversed(self.orders))
        index[order.local_id] = order
        if not is_in_place:
            age = {key: number for number, key in enumerate(self.orders)}
            in_order = sorted(index.items(), key=lambda item: age[item[0]])
            index.clear()
            index.update(in_order)

    def _find_last_of(self, preset: str) -> None:
        """Find the newest remaining order of a preset."""
        self._last_of.pop(preset, None)
        for key, order in self.orders.items():
            if order.preset == preset:
                self._last_of[preset] = key


def _slot_priority(order: TrackedOrder) -> tuple[bool, bool]:
    """Return what decides which of two orders gets a slot first."""
    return order.is_final, order.placement is Placement.INTENDED
