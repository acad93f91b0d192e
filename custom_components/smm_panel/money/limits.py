"""The limits that the user sets, and what they leave for an order: pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from ..const import CONF_DAILY_BUDGET, CONF_KEEP_BALANCE, CONF_MAX_CHARGE

_NOTHING = Decimal(0)

LIMITS = (CONF_MAX_CHARGE, CONF_DAILY_BUDGET, CONF_KEEP_BALANCE)
"""The options that hold a limit: an amount of money as text, absent if not set."""


class Limit(StrEnum):
    """The limits that an order can exceed."""

    MAX_CHARGE = "max_charge"
    """The account's maximum charge of one order."""

    CALL_MAX_CHARGE = "call_max_charge"
    """The call's own maximum charge of its order."""

    DAILY_BUDGET = "daily_budget"
    KEEP_BALANCE = "keep_balance"


class LimitExceededError(ValueError):
    """The order would exceed a limit.

    `allowed` is the limit itself, `left` what may still be spent under it.
    """

    def __init__(self, limit: Limit, *, price: Decimal, allowed: Decimal, left: Decimal) -> None:
        super().__init__(f"{limit}: {price} of {left} left ({allowed})")
        self.limit = limit
        self.price = price
        self.allowed = allowed
        self.left = left


class UnknownPriceError(ValueError):
    """The price of the order is unknown, so that a limit cannot be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of an account in its currency; None if not set."""

    max_charge: Decimal | None = None
    daily_budget: Decimal | None = None
    keep_balance: Decimal | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of a config entry, which hold amounts as text."""
        return cls(**{name: Decimal(options[name]) for name in LIMITS if name in options})

    def budget_left(self, spent_today: Decimal) -> Decimal | None:
        """Return the daily budget less what was spent, negative if more was spent."""
        return None if self.daily_budget is None else self.daily_budget - spent_today

    @property
    def is_any_set(self) -> bool:
        """Whether any limit is set."""
        return self != Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What is available before an order.

    `balance` is the account's balance less what may still be charged to it.
    """

    spent_today: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What the limits leave after an order; None for a limit that is not set."""

    budget: Decimal | None = None
    balance: Decimal | None = None


def check_limits(
    limits: Limits,
    funds: Funds,
    *,
    estimate: Decimal | None,
    max_charge: Decimal | None = None,
) -> Remaining:
    """Check an order against the limits and the call's own `max_charge`.

    An order without an estimate counts as `max_charge`. Raises LimitExceededError for the
    first limit that the order exceeds, UnknownPriceError if a limit is set and there is
    neither an estimate nor a `max_charge`.
    """
    price = max_charge if estimate is None else estimate
    if price is None:
        if limits.is_any_set:
            raise UnknownPriceError
        return Remaining()
    budget = limits.budget_left(funds.spent_today)
    balance = None
    if limits.keep_balance is not None:
        balance = funds.balance - limits.keep_balance
    for limit, allowed, left in (
        (Limit.CALL_MAX_CHARGE, max_charge, max_charge),
        (Limit.MAX_CHARGE, limits.max_charge, limits.max_charge),
        (Limit.DAILY_BUDGET, limits.daily_budget, budget),
        (Limit.KEEP_BALANCE, limits.keep_balance, balance),
    ):
        if allowed is not None and left is not None and price > left:
            # After a limit was lowered, more may be spent already than it allows.
            raise LimitExceededError(limit, price=price, allowed=allowed, left=max(left, _NOTHING))
    return Remaining(
        budget=None if budget is None else budget - price,
        balance=None if balance is None else balance - price,
    )
