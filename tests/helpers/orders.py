"""Tracked orders as tests need them."""

from datetime import UTC, datetime, timedelta
import json

from custom_components.smm_panel.api import OrderReport, OrderStatus
from custom_components.smm_panel.orders import Placement, TrackedOrder
from custom_components.smm_panel.simulator import SimulatedPanel

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def report(status: OrderStatus = OrderStatus.PENDING, **values: object) -> OrderReport:
    """Return a report whose text is the status itself."""
    return OrderReport(status=status, status_text=str(status), **values)  # type: ignore[arg-type]  # as given by the test


def tracked(number: str, status: OrderStatus | None = None, **values: object) -> TrackedOrder:
    """Return a placed order with this id and local id "key <id>", added <id> minutes after noon."""
    defaults: dict[str, object] = {
        "local_id": f"key {number}",
        "panel_id": number,
        "placement": Placement.PLACED,
        "added_at": NOON + timedelta(minutes=int(number)),
        "report": None if status is None else report(status),
    }
    return TrackedOrder(**(defaults | values))  # type: ignore[arg-type]  # as given by the test


FOLLOWERS = "101"
"""A service of the simulated panel: type Default, 50 to 10 000, cancel but no refill."""

REFILLABLE = "102"
"""The same with refill, 10 to 50 000."""


def placed_elsewhere(
    simulated: SimulatedPanel, link: str = "https://example.com/p", service: str = FOLLOWERS
) -> str:
    """Place an order of 100 behind Home Assistant's back; return its id."""
    answer = simulated.handle(
        {
            "key": simulated.api_key or "",
            "action": "add",
            "service": service,
            "link": link,
            "quantity": "100",
        }
    )
    return str(json.loads(answer.text)["order"])
