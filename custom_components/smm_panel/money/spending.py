"""What orders cost, and what was spent: sums over the order book."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain

from .amounts import is_same_currency

# No day in any time zone began longer ago; until then it matters when money was spent.
KEPT_APART = timedelta(days=2)

# Long enough to level out the days of the week, short enough to follow a new habit.
RATE_DAYS = 7


_A_DAY = timedelta(days=1)

# Today's, yesterday's until it is over in all entities, and that of the rate.
_MOST_WINDOWS = 3
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What orders were estimated at, what was charged for them, and what came back of it."""

    estimate: Decimal = _NOTHING
    charge: Decimal = _NOTHING
    given_back: Decimal = _NOTHING

    @property
    def cost(self) -> Decimal:
        """The charge less what came back."""
        return self.charge - self.given_back

    def plus(self, other: Amounts) -> Amounts:
        """Return both added up."""
        return Amounts(
            estimate=self.estimate + other.estimate,
            charge=self.charge + other.charge,
            given_back=self.given_back + other.given_back,
        )

    def less(self, other: Amounts) -> Amounts:
        """Return what is left without the other ones."""
        return Amounts(
            estimate=self.estimate - other.estimate,
            charge=self.charge - other.charge,
            given_back=self.given_back - other.given_back,
        )


NOTHING_SPENT = Amounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What one order cost: when it was sent, in which currency, how much."""

    at: datetime
    currency: str | None = None
    amounts: Amounts


def _rate_start(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=RATE_DAYS)


class Spending:
    """Running sums of what the orders of one account cost.

    Orders that were forgotten stay counted: each by itself for two days, then in one sum for
    each day of the last week, and in the end in one sum for all the time before.
    """

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.forgotten: list[Expense] = []
        self.days: list[Expense] = []
        """One for each day and currency; `at` is that of the youngest in it."""

        self.before: list[Expense] = []
        """One for each currency; `at` is that of the youngest in it."""

        self._expenses: dict[str, Expense] = {}
        self._totals: dict[str | None, Amounts] = {}
        self._windows: dict[datetime, dict[str | None, Amounts]] = {}
        """What was spent from some moments on, kept up to date once it was asked for."""

        self._first: dict[str | None, datetime | None] = {}

    def put(self, key: str, new: Expense | None) -> None:
        """Count what an order costs now; None counts nothing."""
        if new == self._expenses.get(key):
            return
        self.drop(key)
        if new is not None:
            self._expenses[key] = new
            self._add(new)

    def drop(self, key: str) -> None:
        """Count an order no more: it was not placed, or is counted elsewhere."""
        if (old := self._expenses.pop(key, None)) is not None:
            for amounts in self._sums_with(old):
                amounts[old.currency] = amounts[old.currency].less(old.amounts)
            if any(first is not None and old.at <= first for first in self._first.values()):
                self._first.clear()

    def forget(self, key: str) -> Expense | None:
        """Count an order on as it is now, without knowing which it was; return its cost."""
        if (old := self._expenses.pop(key, None)) is not None:
            self.forgotten.append(old)
        return old

    def restore(
        self, forgotten: Iterable[Expense], days: Iterable[Expense], before: Iterable[Expense]
    ) -> None:
        """Count what was forgotten before a restart."""
        self.forgotten, self.days, self.before = list(forgotten), list(days), list(before)
        self._forget_windows()
        for old in (*self.forgotten, *self.days, *self.before):
            self._add(old)

    def sum_up(self, now: datetime) -> bool:
        """Put what was forgotten into sums, except of the last two days; tell if any changed."""
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
        """Return what is spent in a day in a currency, by what was spent in the last ones.

        That is what the orders placed today and on the seven days before cost (days in UTC,
        so that sums of a day are in or out as a whole), divided by the time since those days
        began; or since the first of all orders, if that was later (of a sum, its youngest:
        rather too high a rate than too low). None if that was less than a day ago, or nothing
        was spent: then there is too little to go by.
        """
        start = _rate_start(now)
        cost = self.since(start, currency).cost
        elapsed = now - max(start, self._first_in(currency) or now)
        if elapsed < _A_DAY or cost <= 0:
            return None
        return cost / Decimal(str(elapsed / _A_DAY))

    def total(self, currency: str | None) -> Amounts:
        """Return what was spent in a currency in all."""
        return _sum(
            amounts for other, amounts in self._totals.items() if is_same_currency(other, currency)
        )

    def since(self, start: datetime, currency: str | None) -> Amounts:
        """Return what was spent in a currency from a moment within the last week on.

        From one within the last two days on it is exact; before, as far as the sums of days are.
        """
        if (window := self._windows.get(start)) is None:
            window = self._open_window(start)
        # Sums are younger than that only if the clock was set back: better too much.
        return _sum(
            amounts for other, amounts in window.items() if is_same_currency(other, currency)
        )

    def _open_window(self, start: datetime) -> dict[str | None, Amounts]:
        """Add up once what `put` and `drop` keep up to date from then on."""
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
        """Return when the first order was placed."""
        if currency not in self._first:
            times = (item.at for item in self._all() if is_same_currency(item.currency, currency))
            self._first[currency] = min(times, default=None)
        return self._first[currency]

    def _all(self) -> Iterator[Expense]:
        """Everything that was spent, the sums as one expense each."""
        return chain(self._expenses.values(), self.forgotten, self.days, self.before)

    def _sums_with(self, item: Expense) -> Iterator[dict[str | None, Amounts]]:
        """The sums that an expense is part of."""
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
    """Add up the expenses of each group, which are in one currency."""
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
