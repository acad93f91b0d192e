"""Every order of the account, and its cost."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from .drip_feed import DripFeed
from .order import AnyOrder, Order
from .parent_order import ParentOrder
from .subscription import Subscription

FIRST_ORDER: Final = 23501
"""The id in the document's example of an added order."""


class Ledger:
    """The orders from oldest to newest, and the cancels requested.

    Nothing is ever removed: an order is about 400 bytes of saved state, and its cost is part of
    the balance.
    """

    def __init__(self) -> None:
        self._orders: dict[int, AnyOrder] = {}
        self._parent_ids: list[int] = []
        self._cancels: dict[int, datetime] = {}
        self._latest: dict[tuple[int, str], int] = {}
        self._next_id = FIRST_ORDER
        # Otherwise each balance would need a loop over all orders.
        self._settled = Decimal(0)
        self._unsettled: set[int] = set()

    @property
    def orders(self) -> Mapping[int, AnyOrder]:
        """Orders from oldest to newest, without child orders of drip-feeds and subscriptions."""
        return MappingProxyType(self._orders)

    @property
    def next_id(self) -> int:
        """Id of the next order."""
        return self._next_id

    @property
    def cancels(self) -> Mapping[int, datetime]:
        """Order id to the moment at which its cancel becomes effective."""
        return MappingProxyType(self._cancels)

    def add(self, order: AnyOrder) -> None:
        """Add an order; a parent also reserves the ids of its children."""
        self._orders[order.id] = order
        self._latest[order.service, order.target] = order.id
        self._next_id = order.id + 1
        if isinstance(order, ParentOrder):
            self._parent_ids.append(order.id)
            self._next_id += order.count
        if isinstance(order, Order) and not order.may_be_refunded:
            self._settled += order.charge
        else:
            self._unsettled.add(order.id)

    def cancel(self, order_id: int, effective: datetime) -> None:
        """Record that an order will be canceled, unless it is final before that moment."""
        self._cancels[order_id] = effective
        order = self._orders.get(order_id)
        if isinstance(order, Order) and order_id not in self._unsettled:
            self._settled -= order.charge
            self._unsettled.add(order_id)

    def find(self, order_id: int, now: datetime) -> AnyOrder | None:
        """Return the order with an id, including child orders that have appeared."""
        if order := self._orders.get(order_id):
            return order
        if not (position := bisect_right(self._parent_ids, order_id)):
            return None
        parent = self._orders[self._parent_ids[position - 1]]
        index = order_id - parent.id - 1
        if not isinstance(parent, ParentOrder) or index >= parent.placed(now, self._cancels):
            return None
        return parent.child(index)

    def is_busy(self, service: int, target: str, now: datetime) -> bool:
        """Whether an order of this service for this link is still open."""
        # A new one is accepted only if the one before is final, so the latest is enough.
        latest = self._latest.get((service, target))
        return latest is not None and not self._orders[latest].is_final(now, self._cancels)

    def spent(self, now: datetime) -> Decimal:
        """Charges of all orders less refunds, up to a moment."""
        unsettled = (
            self._orders[order_id].spent(now, self._cancels) for order_id in self._unsettled
        )
        return self._settled + sum(unsettled, Decimal(0))

    def as_dict(self) -> dict[str, Any]:
        """State as JSON values."""
        kinds: dict[str, type[AnyOrder]] = {
            "orders": Order,
            "drip_feeds": DripFeed,
            "subscriptions": Subscription,
        }
        found = self._orders.values()
        return {
            name: [order.as_dict() for order in found if isinstance(order, kind)]
            for name, kind in kinds.items()
        } | {"cancels": {str(key): moment.isoformat() for key, moment in self._cancels.items()}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Ledger:
        """Read what `as_dict` wrote."""
        orders: list[AnyOrder] = [
            *map(Order.from_dict, data["orders"]),
            *map(DripFeed.from_dict, data["drip_feeds"]),
            *map(Subscription.from_dict, data["subscriptions"]),
        ]
        ledger = cls()
        for order in sorted(orders, key=lambda order: order.id):
            ledger.add(order)
        for key, moment in data["cancels"].items():
            ledger.cancel(int(key), datetime.fromisoformat(moment))
        return ledger
