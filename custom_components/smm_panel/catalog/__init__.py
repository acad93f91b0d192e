"""The panel's service list: searching it, and detecting changes of the services in use.

`CatalogCoordinator` reads the list; `search_services` filters it. `WatchedServices` stores a
`ServiceSnapshot` of each service that a preset or an open order uses. It compares the snapshots
with a new list and returns a `ServiceEvent` for each service that changed: a `ServiceChange`
with the `FieldChange`s. The snapshots are on disk, so that a change is reported only once.
"""

from .search import search_services
from .snapshots import FieldChange, ServiceChange, ServiceEvent, ServiceSnapshot
from .watched_services import WatchedServices

__all__ = [
    "FieldChange",
    "ServiceChange",
    "ServiceEvent",
    "ServiceSnapshot",
    "WatchedServices",
    "search_services",
]
