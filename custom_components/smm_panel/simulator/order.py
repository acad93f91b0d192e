"""One ordinary order of the simulated panel."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self, override

from .delivery import COMPLETED, PARTIAL, Delivery, Progress
from .protocol import FIVE_PLACES, money_text

type Cancels = Mapping[int, datetime]
"""Order id to the moment at which its cancel becomes effective."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOrder(ABC):
    """Anything with an order id: an ordinary order, a drip-feed or a subscription.

    Nothing here changes with time: every answer is a function of the order, the cancels and the
    clock.
    """

    id: int
    service: int
    target: str
    """The link, or the username of a subscription."""

    @property
    @abstractmethod
    def price(self) -> Decimal:
        """The balance needed for the order to be accepted."""

    @abstractmethod
    def is_final(self, now: datetime, cancels: Cancels) -> bool:
        """Whether nothing will change any more."""

    @abstractmethod
    def can_be_canceled(self, now: datetime, cancels: Cancels) -> bool:
        """Whether anything is left to cancel."""

    @abstractmethod
    def can_be_refilled(self, now: datetime, cancels: Cancels) -> bool:
        """Whether the order has delivered anything that can be refilled."""

    @abstractmethod
    def spent(self, now: datetime, cancels: Cancels) -> Decimal:
        """Charges less refunds, up to a moment."""

    @abstractmethod
    def answer(self, now: datetime, cancels: Cancels, currency: str) -> dict[str, object]:
        """Order status as in the API document."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """State as JSON values, money as text, times as ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(AnyOrder):
    """An order that delivers a quantity."""

    charge: Decimal
    delivery: Delivery

    @property
    def may_be_refunded(self) -> bool:
        """Whether part of the charge will be refunded even without a cancel."""
        return self.delivery.end_status != COMPLETED

    @property
    @override
    def price(self) -> Decimal:
        return self.charge

    @override
    def is_final(self, now: datetime, cancels: Cancels) -> bool:
        return self._progress(now, cancels).is_final

    @override
    def can_be_canceled(self, now: datetime, cancels: Cancels) -> bool:
        return not self.is_final(now, cancels)

    @override
    def can_be_refilled(self, now: datetime, cancels: Cancels) -> bool:
        return self._progress(now, cancels).status in {COMPLETED, PARTIAL}

    @override
    def spent(self, now: datetime, cancels: Cancels) -> Decimal:
        progress = self._progress(now, cancels)
        if not progress.is_final:
            return self.charge
        share = self.charge * progress.delivered / self.delivery.quantity
        return share.quantize(FIVE_PLACES)

    @override
    def answer(self, now: datetime, cancels: Cancels, currency: str) -> dict[str, object]:
        progress = self._progress(now, cancels)
        start_count = progress.start_count
        return {
            "charge": money_text(self.spent(now, cancels)),
            "start_count": None if start_count is None else str(start_count),
            "status": progress.status,
            "remains": str(self.delivery.quantity - progress.delivered),
            "currency": currency,
        }

    @override
    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "service": self.service,
            "target": self.target,
            "charge": str(self.charge),
            "delivery": self.delivery.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        return cls(
            id=int(data["id"]),
            service=int(data["service"]),
            target=str(data["target"]),
            charge=Decimal(data["charge"]),
            delivery=Delivery.from_dict(data["delivery"]),
        )

    def _progress(self, now: datetime, cancels: Cancels) -> Progress:
        return self.delivery.at(now, cancels.get(self.id))
