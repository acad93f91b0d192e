"""An order that places further orders over time."""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, override

from .chance import Dice, Odds
from .delivery import CANCELED, COMPLETED, Delivery
from .order import AnyOrder, Cancels, Order
from .protocol import FIVE_PLACES

ACTIVE = "Active"
EXPIRED = "Expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentOrder(AnyOrder):
    """A drip-feed or a subscription.

    Its child orders are never stored: the ids after its own are reserved for them, and each child
    is drawn from the parent's seed, so that it is the same at every request.
    """

    unit_price: Decimal
    added: datetime
    seed: int
    speed: float
    odds: Odds

    @property
    @abstractmethod
    def count(self) -> int:
        """The most child orders that there can be."""

    @abstractmethod
    def placed_at(self, index: int) -> datetime:
        """Moment at which a child order appears; never decreases with the index."""

    @abstractmethod
    def child_quantity(self, random: Random) -> int:
        """Quantity of one child order."""

    def child_charge(self, quantity: int) -> Decimal:
        """Price of one child order."""
        return (self.unit_price * quantity).quantize(FIVE_PLACES)

    @property
    def expires(self) -> datetime | None:
        """Moment after which no child order appears any more."""
        return None

    def child(self, index: int) -> Order:
        """Build one child order."""
        random = self.child_random(index)
        dice = Dice(random=random, speed=self.speed, odds=self.odds)
        quantity = self.child_quantity(random)
        return Order(
            id=self.id + 1 + index,
            service=self.service,
            target=self.target,
            charge=self.child_charge(quantity),
            delivery=Delivery.draw(dice, added=self.placed_at(index), quantity=quantity),
        )

    def child_random(self, index: int, what: str = "order") -> Random:
        """Random source of one child order, always the same for it."""
        return Random(f"{self.seed}/{index}/{what}")  # noqa: S311  # simulated deliveries, not keys

    def placed(self, now: datetime, cancels: Cancels) -> int:
        """Return the number of child orders that have appeared."""
        ends = (now, cancels.get(self.id), self.expires)
        until = min(end for end in ends if end is not None)
        return bisect_right(range(self.count), until, key=self.placed_at)

    def children(self, now: datetime, cancels: Cancels) -> Iterator[Order]:
        """Yield the child orders that have appeared, oldest first."""
        return map(self.child, range(self.placed(now, cancels)))

    def status(self, now: datetime, cancels: Cancels) -> str:
        """Active until every child order is final, unless it was canceled or has expired."""
        last = self.placed_at(self.count - 1)
        ends = (
            (cancels.get(self.id), CANCELED),
            (self.expires, EXPIRED),
        )
        cut_short = [(end, status) for end, status in ends if end is not None and end < last]
        if cut_short:
            end, status = min(cut_short)
            return status if now >= end else ACTIVE
        if now < last:
            return ACTIVE
        all_final = all(child.is_final(now, cancels) for child in self.children(now, cancels))
        return COMPLETED if all_final else ACTIVE

    @override
    def is_final(self, now: datetime, cancels: Cancels) -> bool:
        return self.status(now, cancels) != ACTIVE

    @override
    def can_be_canceled(self, now: datetime, cancels: Cancels) -> bool:
        all_placed = self.placed(now, cancels) == self.count
        return not all_placed and not self.is_final(now, cancels)

    @override
    def can_be_refilled(self, now: datetime, cancels: Cancels) -> bool:
        return False

    @override
    def spent(self, now: datetime, cancels: Cancels) -> Decimal:
        children = self.children(now, cancels)
        return sum((child.spent(now, cancels) for child in children), Decimal(0))

    def child_ids(self, now: datetime, cancels: Cancels) -> list[str]:
        """Ids of the child orders that have appeared."""
        return [str(self.id + 1 + index) for index in range(self.placed(now, cancels))]

    @override
    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "service": self.service,
            "target": self.target,
            "unit_price": str(self.unit_price),
            "added": self.added.isoformat(),
            "seed": self.seed,
            "speed": self.speed,
            "odds": asdict(self.odds),
        }

    @staticmethod
    def fields_from_dict(data: dict[str, Any]) -> dict[str, Any]:
        """Read the fields every parent has from what `as_dict` wrote."""
        return {
            "id": int(data["id"]),
            "service": int(data["service"]),
            "target": str(data["target"]),
            "unit_price": Decimal(data["unit_price"]),
            "added": datetime.fromisoformat(data["added"]),
            "seed": int(data["seed"]),
            "speed": float(data["speed"]),
            "odds": Odds(**data["odds"]),
        }
