"""The panel's service list: the copy at hand, searching it, and the services in use.

`ServiceCatalog` fetches the list on demand and keeps it for hours. `WatchedServices` keeps the
services of presets and open orders as last seen, so that a change is reported once.
"""

from .catalog import ServiceCatalog
from .search import search_services
from .snapshots import FieldChange, ServiceChange, ServiceFacts, ServiceNews
from .watched_services import KnownServices

__all__ = [
    "FieldChange",
    "KnownServices",
    "ServiceCatalog",
    "ServiceChange",
    "ServiceFacts",
    "ServiceNews",
    "search_services",
]
