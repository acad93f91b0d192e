"""The tracked orders of an account: what is known of each, on disk before it matters.

`OrderBook` is the only place that changes an order: what precedes or follows an operation at
the panel is saved when its method returns. `TrackedOrder` is one order, `expense` what it has
cost, `assign_slots` which slot shows it, `Initiator` who placed it.
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
]
