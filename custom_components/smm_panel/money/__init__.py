"""Amounts of money, what was spent, and the limits that the user sets.

Amounts are `Decimal`, made from text, in the account's currency. `check_limits` checks the price
of an order against the `Limits` and `Funds` of an account. `Spending` adds up `Expense`s, and
`days_left` computes how long a balance lasts. `money_text` and `amount_text` format amounts for
answers and for storage, `price_text` for display. This package knows no orders: `orders.cost`
computes what an order costs.
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
