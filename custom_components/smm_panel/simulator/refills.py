"""The refills of an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from .chance import Dice
from .delivery import COMPLETED, IN_PROGRESS, PENDING

REJECTED: Final = "Rejected"

PENDING_SECONDS: Final = (30.0, 120.0)
IN_PROGRESS_SECONDS: Final = (120.0, 600.0)
"""At speed 1."""

FIRST_REFILL: Final = 4001


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """One refill: its steps and its end are drawn when it is requested."""

    id: int
    order: int
    in_progress: datetime
    end: datetime
    end_status: str

    def status(self, now: datetime) -> str:
        """Refill status at a moment, in the document's words."""
        if now >= self.end:
            return self.end_status
        return IN_PROGRESS if now >= self.in_progress else PENDING

    def as_dict(self) -> dict[str, Any]:
        """State as JSON values."""
        return {
            "id": self.id,
            "order": self.order,
            "in_progress": self.in_progress.isoformat(),
            "end": self.end.isoformat(),
            "end_status": self.end_status,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        return cls(
            id=int(data["id"]),
            order=int(data["order"]),
            in_progress=datetime.fromisoformat(data["in_progress"]),
            end=datetime.fromisoformat(data["end"]),
            end_status=str(data["end_status"]),
        )


class Refills:
    """Every refill of the account, at most one of an order at a time."""

    def __init__(self) -> None:
        self._refills: dict[int, Refill] = {}
        self._latest: dict[int, Refill] = {}

    def find(self, refill_id: int) -> Refill | None:
        """Return the refill with an id."""
        return self._refills.get(refill_id)

    def is_busy(self, order_id: int, now: datetime) -> bool:
        """Whether the order has a refill that is not over."""
        latest = self._latest.get(order_id)
        return latest is not None and now < latest.end

    def create(self, order_id: int, *, now: datetime, dice: Dice) -> Refill:
        """Create a refill that begins now."""
        in_progress = now + dice.duration(PENDING_SECONDS)
        rejected = dice.random.random() < dice.odds.refill_rejected
        refill = Refill(
            id=FIRST_REFILL + len(self._refills),
            order=order_id,
            in_progress=in_progress,
            end=in_progress + dice.duration(IN_PROGRESS_SECONDS),
            end_status=REJECTED if rejected else COMPLETED,
        )
        self._add(refill)
        return refill

    def _add(self, refill: Refill) -> None:
        self._refills[refill.id] = refill
        self._latest[refill.order] = refill

    def as_list(self) -> list[dict[str, Any]]:
        """State as JSON values."""
        return [refill.as_dict() for refill in self._refills.values()]

    @classmethod
    def from_list(cls, data: list[dict[str, Any]]) -> Self:
        """Read what `as_list` wrote."""
        refills = cls()
        for row in data:
            refills._add(Refill.from_dict(row))
        return refills
