"""What happened: fired as events on the bus and handed to the event entities.

`orders` fires the activity of orders, `catalog` reads the service list in time and reports what
the panel changed of services in use.
"""

from .catalog import (
    ATTR_CHANGE,
    ATTR_CHANGES,
    EVENT_SERVICE_CHANGED,
    async_watch_catalog,
    service_news_signal,
)
from .orders import (
    ATTR_ACTIVITY,
    ATTR_NEW_STATUS,
    EVENT_ORDER_ACTIVITY,
    REFILL_FINISHED,
    Activity,
    activity_signal,
    async_fire_activity,
    async_tell_change,
    async_tell_changes,
    context_of,
)

__all__ = [
    "ATTR_ACTIVITY",
    "ATTR_CHANGE",
    "ATTR_CHANGES",
    "ATTR_NEW_STATUS",
    "EVENT_ORDER_ACTIVITY",
    "EVENT_SERVICE_CHANGED",
    "REFILL_FINISHED",
    "Activity",
    "activity_signal",
    "async_fire_activity",
    "async_tell_change",
    "async_tell_changes",
    "async_watch_catalog",
    "context_of",
    "service_news_signal",
]
