"""The words that panels use for a status."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from custom_components.smm_panel.api import OrderReport, OrderStatus, RefillStatus
from tests.helpers.fake_transport import client_answered


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Pending", OrderStatus.PENDING),
        ("QUEUED", OrderStatus.PENDING),
        ("Новый", OrderStatus.PENDING),
        ("0", OrderStatus.PENDING),
        ("Process", OrderStatus.PROCESSING),
        ("In progress", OrderStatus.IN_PROGRESS),
        ("in_progress", OrderStatus.IN_PROGRESS),
        ("In-Progress", OrderStatus.IN_PROGRESS),
        ("Inprogress", OrderStatus.IN_PROGRESS),
        ("Complete", OrderStatus.COMPLETED),
        ("Success", OrderStatus.COMPLETED),
        ("Partial", OrderStatus.PARTIAL),
        ("Cancelled", OrderStatus.CANCELED),
        ("Отменён", OrderStatus.CANCELED),
        ("Refund", OrderStatus.REFUNDED),
        ("Error", OrderStatus.FAILED),
        ("Fail", OrderStatus.FAILED),
        ("Active", OrderStatus.ACTIVE),
        ("Paused", OrderStatus.PAUSED),
        ("Expired", OrderStatus.EXPIRED),
        ("In review", OrderStatus.UNKNOWN),
        ("Refill", OrderStatus.UNKNOWN),
    ],
)
async def test_order_status_words(text: str, status: OrderStatus) -> None:
    """A word misread as final would stop an order from being followed."""
    client = client_answered({"status": text, "charge": "1"})

    assert await client.status(["1"]) == {
        "1": OrderReport(status=status, status_text=text, charge=Decimal(1))
    }


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("pending", RefillStatus.PENDING),
        ("Awaiting", RefillStatus.PENDING),
        ("In progress", RefillStatus.IN_PROGRESS),
        ("COMPLETED", RefillStatus.COMPLETED),
        ("Rejected", RefillStatus.REJECTED),
        ("Cancelled", RefillStatus.CANCELED),
        ("Error", RefillStatus.FAILED),
        ("Partial", RefillStatus.UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: {"status": text},
        lambda text: [{"refill": 7, "status": text}],
        lambda text: {"7": {"status": text}},
        lambda text: {"7": text},
        lambda text: {"status": "success", "data": {"status": text}},
    ],
)
async def test_refill_status_words(
    text: str, status: RefillStatus, wrap: Callable[[str], object]
) -> None:
    """A refill shown as done that is not would never be complained about."""
    assert await client_answered(wrap(text)).refill_status(["7"]) == {"7": status}
