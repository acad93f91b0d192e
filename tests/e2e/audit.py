"""The books of both sides held against each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """An order in the order book; without an id it is unconfirmed."""

    link: str
    order: str | None


@dataclass(slots=True, kw_only=True)
class Audit:
    """What both sides have said so far; links stand for orders, each is asked for once."""

    panel: dict[str, str] = field(default_factory=dict)
    """The panel's orders: link by id."""

    book: Sequence[BookRow] = ()
    sent: Counter[str] = field(default_factory=Counter)
    """How often the panel was sent an order."""

    answered: dict[str, str] = field(default_factory=dict)
    """What callers were told: id by link."""

    remembered: set[str] = field(default_factory=set)
    """Links that were unconfirmed before."""

    @property
    def placed(self) -> dict[str, str]:
        """The placed orders of the book: link by id."""
        return {row.order: row.link for row in self.book if row.order is not None}

    @property
    def unconfirmed(self) -> set[str]:
        """The links of the unconfirmed orders of the book."""
        return {row.link for row in self.book if row.order is None}

    def lost(self) -> Iterator[str]:
        """Tell of orders that one side, or a caller, knows of and another does not."""
        placed, unconfirmed = self.placed, self.unconfirmed
        for order, link in self.panel.items():
            if placed.get(order) != link and link not in unconfirmed:
                yield f"the panel has {order} for {link}, the book does not"
        for order, link in placed.items():
            if self.panel.get(order) != link:
                yield f"the book has {order} for {link}, the panel does not"
        for link, order in self.answered.items():
            if self.panel.get(order) != link or placed.get(order) != link:
                yield f"the caller was told of {order} for {link}, one side does not have it"
        for link in self.remembered - unconfirmed - set(placed.values()):
            yield f"{link} was unconfirmed and is gone"

    def doubled(self) -> Iterator[str]:
        """Tell of orders that were sent, taken or written down more than once."""
        counts = {
            "sent": self.sent,
            "taken": Counter(self.panel.values()),
            "in the book": Counter(row.link for row in self.book),
        }
        for what, count in counts.items():
            yield from (
                f"{link} {what} {times} times" for link, times in count.items() if times > 1
            )
