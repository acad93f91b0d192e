"""A drip-feed: one order in several runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Self, override

from .order import Cancels
from .parent_order import ParentOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class DripFeed(ParentOrder):
    """An order with `runs` and `interval`: the same quantity again and again.

    All runs are charged at once; a cancel refunds the runs that have not begun.
    """

    quantity: int
    runs: int
    interval: timedelta

    @property
    @override
    def count(self) -> int:
        return self.runs

    @property
    @override
    def price(self) -> Decimal:
        return self.runs * self.child_charge(self.quantity)

    @override
    def placed_at(self, index: int) -> datetime:
        return self.added + index * self.interval / self.speed

    @override
    def child_quantity(self, random: Random) -> int:
        return self.quantity

    @override
    def spent(self, now: datetime, cancels: Cancels) -> Decimal:
        placed_spent = ParentOrder.spent(self, now, cancels)
        canceled = cancels.get(self.id)
        if canceled is not None and now >= canceled:
            return placed_spent
        to_come = self.runs - self.placed(now, cancels)
        return placed_spent + to_come * self.child_charge(self.quantity)

    @override
    def answer(self, now: datetime, cancels: Cancels, currency: str) -> dict[str, object]:
        orders = self.child_ids(now, cancels)
        return {
            "status": self.status(now, cancels),
            "runs": str(len(orders)),
            "orders": orders,
        }

    @override
    def as_dict(self) -> dict[str, Any]:
        return ParentOrder.as_dict(self) | {
            "quantity": self.quantity,
            "runs": self.runs,
            "interval": self.interval.total_seconds(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        return cls(
            **cls.fields_from_dict(data),
            quantity=int(data["quantity"]),
            runs=int(data["runs"]),
            interval=timedelta(seconds=data["interval"]),
        )
