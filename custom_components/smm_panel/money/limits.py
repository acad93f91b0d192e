"""The limits an owner sets, and what they leave for the next order: pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from ..const import CONF_DAILY_BUDGET, CONF_KEEP_BALANCE, CONF_MAX_CHARGE

_NOTHING = Decimal(0)

LIMITS = (CONF_MAX_CHARGE, CONF_DAILY_BUDGET, CONF_KEEP_BALANCE)
"""The options that hold a limit, an amount of money as text; those not set are not there."""


class Limit(StrEnum):
    """What an order can be refused for."""

    MAX_CHARGE = "max_charge"
    """The largest charge of one order, of the account."""

    CALL_MAX_CHARGE = "call_max_charge"
    """The same of one call."""

    DAILY_BUDGET = "daily_budget"
    KEEP_BALANCE = "keep_balance"


class LimitExceededError(ValueError):
    """An order that would exceed a limit.

    `allowed` is the limit itself, `left` what may still be spent under it.
    """

    def __init__(self, limit: Limit, *, price: Decimal, allowed: Decimal, left: Decimal) -> None:
        """Name the limit and the amounts."""
        super().__init__(f"{limit}: {price} of {left} left ({allowed})")
        self.limit = limit
        self.price = price
        self.allowed = allowed
        self.left = left


class UnknownPriceError(ValueError):
    """An order whose price cannot be known, while there is a limit to hold it against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of an account in its currency; None where there is none."""

    max_charge: Decimal | None = None
    daily_budget: Decimal | None = None
    keep_balance: Decimal | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of a config entry, which hold money as text."""
        return cls(**{name: Decimal(options[name]) for name in LIMITS if name in options})

    def budget_left(self, spent_today: Decimal) -> Decimal | None:
        """Return the budget per day less what was spent, negative if that is more."""
        return None if self.daily_budget is None else self.daily_budget - spent_today

    @property
    def is_any_set(self) -> bool:
        """Whether there is a limit at all."""
        return self != Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What there is to spend before an order.

    `balance` is what the account has less whatever may still be charged to it.
    """

    spent_today: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What the limits leave after an order; None where there is no such limit."""

    budget: Decimal | None = None
    balance: Decimal | None = None


def check_limits(
    limits: Limits,
    means: Funds,
    *,
    estimate: Decimal | None,
    max_charge: Decimal | None = None,
) -> Remaining:
    """Hold an order against the limits and the call's own `max_charge`.

    An order without an estimate counts as much as the call allows for it. Raises
    LimitExceededError for the first limit it exceeds, UnknownPriceError if there is
    nothing to go by.
    """
    price = max_charge if estimate is None else estimate
    if price is None:
        if limits.is_any_set:
            raise UnknownPriceError
        return Remaining()
    budget = limits.budget_left(means.spent_today)
    balance = None
    if limits.keep_balance is not None:
        balance = means.balance - limits.keep_balance
    for limit, allowed, left in (
        (Limit.CALL_MAX_CHARGE, max_charge, max_charge),
        (Limit.MAX_CHARGE, limits.max_charge, limits.max_charge),
        (Limit.DAILY_BUDGET, limits.daily_budget, budget),
        (Limit.KEEP_BALANCE, limits.keep_balance, balance),
    ):
        if allowed is not None and left is not None and price > left:
            # A limit that was lowered may be exceeded already.
            raise LimitExceededError(limit, price=price, allowed=allowed, left=max(left, _NOTHING))
    return Remaining(
        budget=None if budget is None else budget - price,
        balance=None if balance is None else balance - price,
    )
