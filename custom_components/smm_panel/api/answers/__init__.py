"""From the answer of a panel to models or an error.

`interpret` decides between a result and an error: the body first, the HTTP status last.
For the result it calls one of the readers, one per action, each tolerant of every known
form of its answer (`readers`; `confirmations` for operations). Below them, `rows` finds the
row of each id, `values` and `statuses` read single values. `verdict` decides what an error
means for the request: `error_texts` knows what it is about, `outcome_texts` whether it says
that something was done, `retry_after` when the panel accepts the next request. Nothing here
sends anything or keeps any state.
"""

from .confirmations import read_cancels, read_placed_order, read_refills
from .error_texts import read_batch_limit
from .interpret import interpret
from .items import LEFT_OUT
from .readers import (
    read_balance,
    read_listed_orders,
    read_order_reports,
    read_refill_statuses,
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
    "read_batch_limit",
    "read_cancels",
    "read_listed_orders",
    "read_order_reports",
    "read_pause",
    "read_placed_order",
    "read_refill_statuses",
    "read_refills",
    "read_services",
]
