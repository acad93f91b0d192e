"""What follows from the values of a model."""

from custom_components.smm_panel.api import OrderStatus


def test_final_statuses() -> None:
    """An order that is not final must go on being polled."""
    assert {status for status in OrderStatus if status.is_final} == {
        OrderStatus.COMPLETED,
        OrderStatus.PARTIAL,
        OrderStatus.CANCELED,
        OrderStatus.REFUNDED,
        OrderStatus.FAILED,
        OrderStatus.EXPIRED,
    }
