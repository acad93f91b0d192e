"""The tracked orders of an account: what is known of each, on disk before it matters.

`OrderBook` is the only place that changes an order: what precedes or follows an operation at
the panel is saved when its method returns. `TrackedOrder` is one order, `expense` what it has
cost, `assign_slots` which slot shows it, `Origin` who placed it.
"""

from .book_store import BACKUP_UNDER_WAY, OrderBookWriteError
from .cost import expense
from .initiator import Origin, async_origin, async_setup_origins
from .order import (
    ATTENTION,
    ORDER_STATES,
    Evidence,
    OrderChange,
    Placement,
    ServiceUse,
    TrackedOrder,
)
from .order_book import OrderBook
from .requests import Asking, Cancel, Refill
from .slots import assign_slots

__all__ = [
    "ATTENTION",
    "BACKUP_UNDER_WAY",
    "ORDER_STATES",
    "Asking",
    "Cancel",
    "Evidence",
    "OrderBook",
    "OrderBookWriteError",
    "OrderChange",
    "Origin",
    "Placement",
    "Refill",
    "ServiceUse",
    "TrackedOrder",
    "assign_slots",
    "async_origin",
    "async_setup_origins",
    "expense",
]
