"""Client of the SMM panel API v2, free of Home Assistant.

Import from here only; the modules inside may be rearranged.
"""

from .exceptions import (
    PanelAuthError,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRedirectError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnreachableError,
)
from .models import (
    Balance,
    ErrorKind,
    ItemError,
    OrderReport,
    OrderStatus,
    Outcome,
    PlacedOrder,
    RefillStatus,
    Service,
)
from .order_fields import InvalidOrderError, OrderProblem
from .requests import OrderRequest
from .service_types import SERVICE_TYPES, ServiceType, service_type

__all__ = [
    "SERVICE_TYPES",
    "Balance",
    "ErrorKind",
    "InvalidOrderError",
    "ItemError",
    "OrderProblem",
    "OrderReport",
    "OrderRequest",
    "OrderStatus",
    "Outcome",
    "PanelAuthError",
    "PanelConnectionError",
    "PanelError",
    "PanelRateLimitError",
    "PanelRedirectError",
    "PanelRejectedError",
    "PanelResponseError",
    "PanelUnreachableError",
    "PlacedOrder",
    "RefillStatus",
    "Service",
    "ServiceType",
    "service_type",
]
