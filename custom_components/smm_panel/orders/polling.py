"""When the panel is asked about orders again: a pure function."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..const import OPEN_INTERVAL, SLOW_AFTER, SLOW_INTERVAL, WATCHED_FOR, WATCHED_INTERVAL
from .order import TrackedOrder


def next_interval(
    orders: Iterable[TrackedOrder], now: datetime, last_operation: datetime | None
) -> timedelta | None:
    """Return the time until the next poll; None if no order is open and no refill is polled."""
    youngest = max(
        (
            order.refills[-1].requested_at if order.refills else order.added_at
            for order in orders
            if order.is_open or order.polled_refills(now)
        ),
        default=None,
    )
    if youngest is None:
        return None
    if last_operation is not None and now - last_operation < WATCHED_FOR:
        return WATCHED_INTERVAL
    return SLOW_INTERVAL if now - youngest > SLOW_AFTER else OPEN_INTERVAL
