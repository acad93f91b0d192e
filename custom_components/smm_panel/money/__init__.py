"""Amounts of money, what was spent, and the limits an owner sets.

It knows no order: what an order costs is worked out in `orders.cost`. Amounts are `Decimal`,
made from text, in the account's currency.
"""

from .amounts import (
    amount_selector,
    amount_text,
    currency_unit,
    is_iso_unit,
    is_same_currency,
    money_text,
    price_text,
)
from .forecast import days_left
from .limits import (
    LIMITS,
    Funds,
    LimitExceededError,
    Limits,
    Remaining,
    UnknownPriceError,
    check_limits,
)
from .spending import KEPT_APART, NOTHING_SPENT, Amounts, Expense, Spending

__all__ = [
    "KEPT_APART",
    "LIMITS",
    "NOTHING_SPENT",
    "Amounts",
    "Expense",
    "Funds",
    "LimitExceededError",
    "Limits",
    "Remaining",
    "Spending",
    "UnknownPriceError",
    "amount_selector",
    "amount_text",
    "check_limits",
    "currency_unit",
    "days_left",
    "is_iso_unit",
    "is_same_currency",
    "money_text",
    "price_text",
]
