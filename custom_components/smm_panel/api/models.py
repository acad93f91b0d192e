"""The results of the client: frozen records, money as Decimal, ids as text."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ErrorKind(StrEnum):
    """What a panel's error text is about (the table is in `answers/error_texts.py`)."""

    AUTH = "auth"
    NOT_ENOUGH_FUNDS = "not_enough_funds"
    BAD_SERVICE = "bad_service"
    BAD_ORDER = "bad_order"
    RATE_LIMITED = "rate_limited"
    DUPLICATE_LINK = "duplicate_link"
    BAD_LINK = "bad_link"
    BAD_QUANTITY = "bad_quantity"
    BAD_REQUEST = "bad_request"
    NOT_ELIGIBLE = "not_eligible"
    MAINTENANCE = "maintenance"
    PANEL_FAULT = "panel_fault"
    OTHER = "other"


class OrderStatus(StrEnum):
    """The status of an order; the panel's own text is `OrderReport.status_text`."""

    PENDING = "pending"
    PROCESSING = "processing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    PARTIAL = "partial"
    CANCELED = "canceled"
    REFUNDED = "refunded"
    FAILED = "failed"
    ACTIVE = "active"
    PAUSED = "paused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected of the order; never for an unknown status."""
        return self in _FINAL_ORDER_STATUSES


_FINAL_ORDER_STATUSES = frozenset(
    {
        OrderStatus.COMPLETED,
        OrderStatus.PARTIAL,
        OrderStatus.CANCELED,
        OrderStatus.REFUNDED,
        OrderStatus.FAILED,
        OrderStatus.EXPIRED,
    }
)


class RefillStatus(StrEnum):
    """The status of a refill."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected of the refill."""
        return self in _FINAL_REFILL_STATUSES


_FINAL_REFILL_STATUSES = frozenset(
    {
        RefillStatus.COMPLETED,
        RefillStatus.REJECTED,
        RefillStatus.CANCELED,
        RefillStatus.FAILED,
    }
)


class Outcome(StrEnum):
    """The outcome of the request for one id that has no result."""

    REFUSED = "refused"
    """The panel answered with an error for this id: nothing was done."""
    NOT_SENT = "not_sent"
    """The id never reached the panel: nothing was done, another request is safe."""
    UNKNOWN = "unknown"
    """The answer is lost, unreadable or incomplete: an operation may have been accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemError:
    """One id of a batch without a result: data, not an exception."""

    message: str
    kind: ErrorKind
    outcome: Outcome = Outcome.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Money on the account; `currency` is as the panel writes it, not always ISO 4217."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One row of the service list.

    `rate` is the price of 1000, or of one order where the type is priced per order
    (`ServiceType.per_order`). `dripfeed` and `description` are None where the panel does
    not send them; stock panels send neither.
    """

    id: str
    name: str
    type: str
    category: str
    rate: Decimal
    min: int
    max: int
    refill: bool
    cancel: bool
    dripfeed: bool | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """What the panel reports of one order.

    A value that the panel leaves out, or that is not a number, is None. `remains` is negative
    after over-delivery. `orders` (those a subscription or drip-feed has made so far),
    `posts`, `runs` and `expiry` are for those two kinds only.
    """

    status: OrderStatus
    status_text: str
    charge: Decimal | None = None
    start_count: int | None = None
    remains: int | None = None
    currency: str | None = None
    orders: tuple[str, ...] = ()
    posts: int | None = None
    runs: int | None = None
    expiry: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrder:
    """One row of the panel's own list of the account's orders.

    Few panels have such a list, each with fields of its own: all but the id may be None.
    `created_at` is the panel's text, whatever its calendar and time zone.
    """

    order: str
    service: str | None
    link: str | None
    quantity: int | None
    charge: Decimal | None
    created_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """An order that the panel accepted: its id and, where the panel sends it, the charge."""

    order: str
    charge: Decimal | None
