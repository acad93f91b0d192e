"""The panel's service list: searching it, and what the panel changes of services in use.

The list itself is read by `CatalogCoordinator`. `WatchedServices` keeps the services of presets
and open orders as last seen, so that a change is reported once.
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
