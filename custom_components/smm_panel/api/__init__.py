"""Client of the SMM panel API v2, free of Home Assistant.

`PanelClient` has one method per action and sends through a `Transport`. `OrderRequest` is
an order that was checked before it is sent; `answers` turns what a panel sends back into
frozen models or an error of one tree, whose root is `PanelError`. Money is `Decimal`, ids
are text, times are in seconds.

Import from here only; the modules inside may be rearranged.
"""

from .address import InvalidUrlError, UrlProblem, check_url
from .batches import LastAnswers
from .client import PanelClient
from .exceptions import (
    PanelAccessError,
    PanelAuthError,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRedirectError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnclearError,
    PanelUnreachableError,
    UnconfirmedIdError,
)
from .models import (
    Balance,
    ErrorKind,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderStatus,
    Outcome,
    PlacedOrder,
    RefillStatus,
    Service,
)
from .order_fields import InvalidOrderError, OrderProblem
from .order_request import OrderRequest
from .pacing import RateLimiter
from .service_types import SERVICE_TYPES, ServiceType, service_type
from .transport import Answer, HttpLimits, HttpTransport, Transport

__all__ = [
    "SERVICE_TYPES",
    "Answer",
    "Balance",
    "ErrorKind",
    "HttpLimits",
    "HttpTransport",
    "InvalidOrderError",
    "InvalidUrlError",
    "ItemError",
    "LastAnswers",
    "ListedOrder",
    "OrderProblem",
    "OrderReport",
    "OrderRequest",
    "OrderStatus",
    "Outcome",
    "PanelAccessError",
    "PanelAuthError",
    "PanelClient",
    "PanelConnectionError",
    "PanelError",
    "PanelRateLimitError",
    "PanelRedirectError",
    "PanelRejectedError",
    "PanelResponseError",
    "PanelUnclearError",
    "PanelUnreachableError",
    "PlacedOrder",
    "RateLimiter",
    "RefillStatus",
    "Service",
    "ServiceType",
    "Transport",
    "UnconfirmedIdError",
    "UrlProblem",
    "check_url",
    "service_type",
]
