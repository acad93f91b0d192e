"""The tracked orders of an account.

`OrderBook` holds the orders and is the only place that changes them. What precedes or follows
an operation at the panel is on disk when its method returns. `TrackedOrder` is one order, with
its `Refill` and `Cancel` requests, the `Evidence` on an unconfirmed one, and its `Initiator`: the
user, automation or script that placed it. `OrderChange` is an order before and after a change.
`expense` computes what an order has cost, `assign_slots` which order each slot shows.
"""

from .book_store import BACKUP_UNDER_WAY, OrderBookSaveError
from .cost import expense
from .initiator import Initiator, async_follow_initiators, async_get_initiator
from .order import (
    ATTENTION,
    ORDER_STATES,
    Evidence,
    OrderChange,
    Placement,
    ServiceTerms,
    TrackedOrder,
)
from .order_book import OrderBook
from .polling import next_interval
from .requests import Cancel, Refill, RequestState
from .slots import assign_slots

__all__ = [
    "ATTENTION",
    "BACKUP_UNDER_WAY",
    "ORDER_STATES",
    "Cancel",
    "Evidence",
    "Initiator",
    "OrderBook",
    "OrderBookSaveError",
    "OrderChange",
    "Placement",
    "Refill",
    "RequestState",
    "ServiceTerms",
    "TrackedOrder",
    "assign_slots",
    "async_follow_initiators",
    "async_get_initiator",
    "expense",
    "next_interval",
]
