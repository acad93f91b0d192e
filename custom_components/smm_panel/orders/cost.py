"""What an order has cost so far."""

from decimal import Decimal

from ..api import OrderStatus
from ..money import Amounts, Expense
from .order import GIVING_BACK, Placement, TrackedOrder

_NOTHING = Decimal(0)


def expense(order: TrackedOrder) -> Expense | None:
    """Return what an order has cost so far; None for one that was placed elsewhere.

    An order costs its estimate, or where there is none what the caller allowed for it, from
    the moment it is intended until the panel tells a charge.
    """
    if not order.is_own:
        return None
    planned = order.max_charge if order.estimate is None else order.estimate
    planned = planned or _NOTHING
    charge = planned if order.charge is None else order.charge
    told = order.reported_charge(order.report)
    if order.placement is Placement.PLACED and told is not None:
        charge = max(charge, told) if order.status in GIVING_BACK else told
    return Expense(
        at=order.added_at,
        currency=order.currency,
        amounts=Amounts(estimate=planned, charge=charge, given_back=_given_back(order, charge)),
    )


def _given_back(order: TrackedOrder, charge: Decimal) -> Decimal:
    """Return how much of a charge came back.

    Some panels lower the charge they report by it, others go on reporting the whole
    charge; then it is in proportion to what was not delivered. Where the panel tells
    neither, nothing is taken to have come back.
    """
    if order.status not in GIVING_BACK:
        return _NOTHING
    told = order.reported_charge(order.report)
    if told is not None and told < charge:
        return charge - max(told, _NOTHING)
    if order.status is OrderStatus.REFUNDED:
        return charge
    share = order.delivered_share
    if share is None and order.parts and order.report is not None:
        share = Decimal(min(len(order.report.orders), order.parts)) / order.parts
    return _NOTHING if share is None else charge * (1 - share)
