"""The cost of orders, and running sums of what was spent."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain

from .amounts import is_same_currency

# No current day in any time zone began longer ago: within it, the time of an expense matters.
KEPT_APART = timedelta(days=2)

# Long enough to average the days of the week, short enough to follow a change in spending.
RATE_DAYS = 7

_A_DAY = timedelta(days=1)

# Today's, yesterday's until all entities have passed midnight, and that of the rate.
_MOST_WINDOWS = 3
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The estimate of orders, what was charged for them, and what was refunded."""

    estimate: Decimal = _NOTHING
    charge: Decimal = _NOTHING
    given_back: Decimal = _NOTHING

    @property
    def cost(self) -> Decimal:
        """The charge less the refund."""
        return self.charge - self.given_back

    def plus(self, other: Amounts) -> Amounts:
        """Return the sum of both."""
        return Amounts(
            estimate=self.estimate + other.estimate,
            charge=self.charge + other.charge,
            given_back=self.given_back + other.given_back,
        )

    def less(self, other: Amounts) -> Amounts:
        """Return the difference of both."""
        return Amounts(
            estimate=self.estimate - other.estimate,
            charge=self.charge - other.charge,
            given_back=self.given_back - other.given_back,
        )


NOTHING_SPENT = Amounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """The cost of one order: when it was sent, the currency, the amounts."""

    at: datetime
    currency: str | None = None
    amounts: Amounts


def _rate_start(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=RATE_DAYS)


class Spending:
    """Running sums of what the orders of one account cost.

    Orders that were removed stay counted: each by itself for two days, then in one sum for
    each day of the last week, and finally in one sum for all the time before.
    """

    def __init__(self) -> None:
        self.forgotten: list[Expense] = []
        self.days: list[Expense] = []
        """One for each day and currency; `at` is that of the newest expense in it."""

        self.before: list[Expense] = []
        """One for each currency; `at` is that of the newest expense in it."""

        self._expenses: dict[str, Expense] = {}
        self._totals: dict[str | None, Amounts] = {}
        self._windows: dict[datetime, dict[str | None, Amounts]] = {}
        """What was spent since certain times, kept up to date after the first request."""

        self._first: dict[str | None, datetime | None] = {}

    def put(self, key: str, new: Expense | None) -> None:
        """Count the current cost of an order; None counts nothing."""
        if new == self._expenses.get(key):
            return
        self.drop(key)
        if new is not None:
            self._expenses[key] = new
            self._add(new)

    def drop(self, key: str) -> None:
        """Stop counting an order that was not placed or is counted elsewhere."""
        if (old := self._expenses.pop(key, None)) is not None:
            for amounts in self._sums_with(old):
                amounts[old.currency] = amounts[old.currency].less(old.amounts)
            if any(first is not None and old.at <= first for first in self._first.values()):
                self._first.clear()

    def forget(self, key: str) -> Expense | None:
        """Keep counting the current cost of an order, but without its key; return the cost."""
        if (old := self._expenses.pop(key, None)) is not None:
            self.forgotten.append(old)
        return old

    def restore(
        self, forgotten: Iterable[Expense], days: Iterable[Expense], before: Iterable[Expense]
    ) -> None:
        """Count the orders that were removed before a restart."""
        self.forgotten, self.days, self.before = list(forgotten), list(days), list(before)
        self._forget_windows()
        for old in (*self.forgotten, *self.days, *self.before):
            self._add(old)

    def sum_up(self, now: datetime) -> bool:
        """Add up removed orders older than two days; return whether a sum changed."""
        start = _rate_start(now)
        old = [item for item in self.forgotten if now - item.at > KEPT_APART]
        over = [item for item in (*self.days, *old) if item.at < start]
        if not old and not over:
            return False
        self.forgotten = [item for item in self.forgotten if now - item.at <= KEPT_APART]
        self.days = _sums(
            (item for item in (*self.days, *old) if item.at >= start),
            lambda item: (item.at.astimezone(UTC).date(), item.currency),
        )
        self.before = _sums((*self.before, *over), lambda item: item.currency)
        self._forget_windows()
        return True

    def rate(self, now: datetime, currency: str | None) -> Decimal | None:
        """Return the average spending per day in a currency, computed from the last days.

        This is the cost of the orders placed today and on the seven days before (days in UTC,
        so that the sum of a day is included or excluded as a whole), divided by the time since
        those days began, or since the first order if that is later. The time of a sum is that
        of its newest order: the rate is then too high rather than too low. None if the time is
        less than a day, or nothing was spent: then there is not enough data.
        """
        start = _rate_start(now)
        cost = self.since(start, currency).cost
        elapsed = now - max(start, self._first_in(currency) or now)
        if elapsed < _A_DAY or cost <= 0:
            return None
        return cost / Decimal(str(elapsed / _A_DAY))

    def total(self, currency: str | None) -> Amounts:
        """Return everything that was spent in a currency."""
        return _sum(
            amounts for other, amounts in self._totals.items() if is_same_currency(other, currency)
        )

    def since(self, start: datetime, currency: str | None) -> Amounts:
        """Return what was spent in a currency since a moment within the last week.

        It is exact since a moment within the last two days; since an earlier one, it is as
        exact as the sums of days.
        """
        if (window := self._windows.get(start)) is None:
            window = self._open_window(start)
        # Sums are newer than two days only if the clock was set back: rather count too much then.
        return _sum(
            amounts for other, amounts in window.items() if is_same_currency(other, currency)
        )

    def _open_window(self, start: datetime) -> dict[str | None, Amounts]:
        """Compute a window once; `put` and `drop` keep it up to date from then on."""
        while len(self._windows) >= _MOST_WINDOWS:
            del self._windows[next(iter(self._windows))]
        window = self._windows[start] = {}
        for item in self._all():
            if item.at >= start:
                window[item.currency] = window.get(item.currency, NOTHING_SPENT).plus(item.amounts)
        return window

    def _forget_windows(self) -> None:
        self._windows.clear()
        self._first.clear()

    def _first_in(self, currency: str | None) -> datetime | None:
        """Return when the first order in a currency was placed."""
        if currency not in self._first:
            times = (item.at for item in self._all() if is_same_currency(item.currency, currency))
            self._first[currency] = min(times, default=None)
        return self._first[currency]

    def _all(self) -> Iterator[Expense]:
        """Return all expenses; each sum is one expense."""
        return chain(self._expenses.values(), self.forgotten, self.days, self.before)

    def _sums_with(self, item: Expense) -> Iterator[dict[str | None, Amounts]]:
        """Yield the sums that an expense is part of."""
        yield self._totals
        for start, window in self._windows.items():
            if item.at >= start:
                yield window

    def _add(self, item: Expense) -> None:
        for amounts in self._sums_with(item):
            amounts[item.currency] = amounts.get(item.currency, NOTHING_SPENT).plus(item.amounts)
        if any(first is None or item.at < first for first in self._first.values()):
            self._first.clear()


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    return reduce(Amounts.plus, amounts, NOTHING_SPENT)


def _sums(items: Iterable[Expense], group: Callable[[Expense], Hashable]) -> list[Expense]:
    """Add up the expenses of each group; a group has one currency."""
    sums: dict[Hashable, Expense] = {}
    for item in items:
        known = sums.get(group(item))
        sums[group(item)] = (
            item
            if known is None
            else Expense(
                at=max(item.at, known.at),
                currency=item.currency,
                amounts=known.amounts.plus(item.amounts),
            )
        )
    return list(sums.values())
