"""The words that panels use for the status of an order or a refill."""

from functools import lru_cache

from ..models import OrderStatus, RefillStatus
from .values import Json, read_text

# As `_fold` returns them. The digits are codes that one family of panels sends for orders.
_ORDER_WORDS = {
    OrderStatus.PENDING: ("pending", "queued", "awaiting", "новый", "0"),
    OrderStatus.PROCESSING: ("processing", "process", "1"),
    OrderStatus.IN_PROGRESS: ("inprogress", "выполняется", "запускается"),
    OrderStatus.COMPLETED: ("completed", "complete", "success", "finished", "выполнен", "2"),
    OrderStatus.PARTIAL: ("partial", "partiallycompleted", "частично", "3"),
    OrderStatus.CANCELED: ("canceled", "cancelled", "cancel", "отменен", "4"),
    OrderStatus.REFUNDED: ("refunded", "refund", "refunds", "5"),
    OrderStatus.FAILED: ("error", "fail", "failed", "rejected"),
    OrderStatus.ACTIVE: ("active",),
    OrderStatus.PAUSED: ("paused",),
    OrderStatus.EXPIRED: ("expired",),
}
_REFILL_WORDS = {
    RefillStatus.PENDING: ("pending", "queued", "awaiting"),
    RefillStatus.IN_PROGRESS: ("inprogress", "processing", "process"),
    RefillStatus.COMPLETED: ("completed", "complete", "success", "finished"),
    RefillStatus.REJECTED: ("rejected",),
    RefillStatus.CANCELED: ("canceled", "cancelled", "cancel"),
    RefillStatus.FAILED: ("error", "fail", "failed"),
}
_ORDER_STATUSES = {word: status for status, words in _ORDER_WORDS.items() for word in words}
_REFILL_STATUSES = {word: status for status, words in _REFILL_WORDS.items() for word in words}


# The same few words occur in thousands of rows.
@lru_cache(maxsize=256)
def _fold(text: str | None) -> str:
    """Remove case and separators: "In progress", `in_progress` and `In-Progress` are equal."""
    return "".join(filter(str.isalnum, (text or "").lower())).replace("ё", "е")  # noqa: RUF001 - Russian


def read_order_status(value: Json) -> OrderStatus:
    """Read the status of an order; `unknown` for a word that is not in the table."""
    return _ORDER_STATUSES.get(_fold(read_text(value)), OrderStatus.UNKNOWN)


def read_refill_status(value: Json) -> RefillStatus:
    """Read the status of a refill; `unknown` for a word that is not in the table."""
    return _REFILL_STATUSES.get(_fold(read_text(value)), RefillStatus.UNKNOWN)
