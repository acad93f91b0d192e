"""Tracked orders as tests need them."""

from datetime import UTC, datetime, timedelta

from custom_components.smm_panel.api import OrderReport, OrderStatus
from custom_components.smm_panel.tracked_order import Placement, TrackedOrder

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def report(status: OrderStatus = OrderStatus.PENDING, **values: object) -> OrderReport:
    """Return a report whose text is the status itself."""
    return OrderReport(status=status, status_text=str(status), **values)  # type: ignore[arg-type]  # as given by the test


def tracked(number: str, status: OrderStatus | None = None, **values: object) -> TrackedOrder:
    """Return a placed order with this id, the key "key <id>", added <id> minutes after noon."""
    defaults: dict[str, object] = {
        "key": f"key {number}",
        "order": number,
        "placement": Placement.PLACED,
        "added_at": NOON + timedelta(minutes=int(number)),
        "report": None if status is None else report(status),
    }
    return TrackedOrder(**(defaults | values))  # type: ignore[arg-type]  # as given by the test
