"""What an order has cost so far."""

from decimal import Decimal

from ..api import OrderStatus
from ..money import Amounts, Expense
from .order import REFUND_STATUSES, Placement, TrackedOrder

_NOTHING = Decimal(0)


def expense(order: TrackedOrder) -> Expense | None:
    """Return what an order has cost so far; None for one that was placed elsewhere.

    From its intent until the panel reports a charge, an order costs its estimate, or its
    `max_charge` if there is no estimate.
    """
    if not order.is_own:
        return None
    planned = order.max_charge if order.estimate is None else order.estimate
    planned = planned or _NOTHING
    charge = planned if order.charge is None else order.charge
    reported = order.reported_charge(order.report)
    if order.placement is Placement.PLACED and reported is not None:
        charge = max(charge, reported) if order.status in REFUND_STATUSES else reported
    return Expense(
        at=order.added_at,
        currency=order.currency,
        amounts=Amounts(estimate=planned, charge=charge, given_back=_given_back(order, charge)),
    )


def _given_back(order: TrackedOrder, charge: Decimal) -> Decimal:
    """Return how much of a charge was refunded.

    Some panels lower the reported charge by the refund. Others go on reporting the whole
    charge: then the refund is in proportion to what was not delivered. If the panel reports
    neither, no refund is assumed.
    """
    if order.status not in REFUND_STATUSES:
        return _NOTHING
    reported = order.reported_charge(order.report)
    if reported is not None and reported < charge:
        return charge - max(reported, _NOTHING)
    if order.status is OrderStatus.REFUNDED:
        return charge
    share = order.delivered_share
    if share is None and order.parts and order.report is not None:
        share = Decimal(min(len(order.report.orders), order.parts)) / order.parts
    return _NOTHING if share is None else charge * (1 - share)
