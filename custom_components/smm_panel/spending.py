"""What orders cost: pure functions."""

from decimal import Decimal

from .api import OrderRequest, Service

# Rates are per 1000 (API document, section "Service list").
RATE_UNIT = 1000


def estimate(request: OrderRequest, service: Service) -> Decimal | None:
    """Return the price to expect of an order, in the account's currency.

    None if it cannot be known beforehand: the type is unknown, or the order has no
    fixed quantity (a subscription without a number of posts).
    """
    if request.per_order:
        return service.rate
    if request.count is None or not request.known_type:
        return None
    return service.rate * request.count / RATE_UNIT
