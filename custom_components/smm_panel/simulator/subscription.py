"""A subscription: an order for every new post of a user."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, Self, override

from .order import Cancels
from .parent_order import ParentOrder

POST_EVERY: Final = timedelta(minutes=20)
"""At speed 1 the simulated user publishes one post in each such period."""

OLD_POST_EVERY: Final = timedelta(seconds=5)

MOST_POSTS: Final = 1000
"""New posts after which a subscription without a number of posts is completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(ParentOrder):
    """Orders between min and max of a service for each new post, and for some old ones.

    Each order is charged when it appears, even if that makes the balance negative: with a pause,
    every order would depend on every other.
    """

    min: int
    max: int
    posts: int
    """New posts, 0 for no limit."""
    old_posts: int
    delay: timedelta
    expiry: date | None

    @property
    @override
    def count(self) -> int:
        return self.old_posts + (self.posts or MOST_POSTS)

    @property
    @override
    def price(self) -> Decimal:
        return self.child_charge(self.max)

    @override
    def placed_at(self, index: int) -> datetime:
        if index < self.old_posts:
            since = index * OLD_POST_EVERY
        else:
            published = index - self.old_posts + self.child_random(index, "post").random()
            since = self.old_posts * OLD_POST_EVERY + published * POST_EVERY
        return self.added + (since + self.delay) / self.speed

    @override
    def child_quantity(self, random: Random) -> int:
        return random.randint(self.min, self.max)

    @property
    @override
    def expires(self) -> datetime | None:
        return None if self.expiry is None else datetime.combine(self.expiry, time.max, UTC)

    @override
    def answer(self, now: datetime, cancels: Cancels, currency: str) -> dict[str, object]:
        orders = self.child_ids(now, cancels)
        return {
            "status": self.status(now, cancels),
            "expiry": None if self.expiry is None else self.expiry.isoformat(),
            "posts": str(len(orders)),
            "orders": orders,
        }

    @override
    def as_dict(self) -> dict[str, Any]:
        return ParentOrder.as_dict(self) | {
            "min": self.min,
            "max": self.max,
            "posts": self.posts,
            "old_posts": self.old_posts,
            "delay": self.delay.total_seconds(),
            "expiry": None if self.expiry is None else self.expiry.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        return cls(
            **cls.fields_from_dict(data),
            min=int(data["min"]),
            max=int(data["max"]),
            posts=int(data["posts"]),
            old_posts=int(data["old_posts"]),
            delay=timedelta(seconds=data["delay"]),
            expiry=date.fromisoformat(data["expiry"]) if data["expiry"] else None,
        )
