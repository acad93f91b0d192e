"""Operations on orders: what spends or changes something at a panel is sent once.

`quote` checks an order and sends nothing, `place` places it, `refill_cancel` requests refills
and cancels, `settle` settles an unconfirmed order, `track` adds and forgets orders. `execution`
has the rule for all: the intent is on disk before the request is sent, and the outcome is
recorded even if the caller is cancelled. No request is repeated.

Each operation works on the runtime data of one load of the account. After an unload or a reload
it changes nothing and sends nothing; it raises a translated error.
"""

from .place import async_place_order
from .quote import CallLimits, Quote, async_check, async_quote, async_quote_preset
from .refill_cancel import async_cancel_orders, async_refill_orders
from .settle import (
    NotSettledError,
    async_find_matches,
    async_settle_as_not_placed,
    async_settle_as_placed,
)
from .track import async_track, async_untrack

__all__ = [
    "CallLimits",
    "NotSettledError",
    "Quote",
    "async_cancel_orders",
    "async_check",
    "async_find_matches",
    "async_place_order",
    "async_quote",
    "async_quote_preset",
    "async_refill_orders",
    "async_settle_as_not_placed",
    "async_settle_as_placed",
    "async_track",
    "async_untrack",
]
