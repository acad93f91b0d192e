"""From the answer of a panel to models or an error.

`interpret` decides between a result and an error: the body first, the HTTP status last.
For the result it calls one of the readers, one per action, each tolerant of every known
form of its answer. Below them, `rows` finds the row of each id, `values` and `statuses`
read single values, `error_texts` knows what an error is about, and `retry_after` when the
panel accepts the next request. Nothing here sends anything or keeps any state.
"""

from .interpret import interpret
from .readers import (
    LEFT_OUT,
    read_balance,
    read_cancels,
    read_listed_orders,
    read_order_reports,
    read_placed_order,
    read_refill_statuses,
    read_refills,
    read_services,
)
from .retry_after import read_pause
from .values import Json, is_usable_id

__all__ = [
    "LEFT_OUT",
    "Json",
    "interpret",
    "is_usable_id",
    "read_balance",
    "read_cancels",
    "read_listed_orders",
    "read_order_reports",
    "read_pause",
    "read_placed_order",
    "read_refill_statuses",
    "read_refills",
    "read_services",
]
