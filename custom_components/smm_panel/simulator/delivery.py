"""The course of an order: drawn once when it is added, then a function of the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from .chance import Dice

PENDING: Final = "Pending"
PROCESSING: Final = "Processing"
IN_PROGRESS: Final = "In progress"
COMPLETED: Final = "Completed"
PARTIAL: Final = "Partial"
CANCELED: Final = "Canceled"
FINAL: Final = frozenset({COMPLETED, PARTIAL, CANCELED})

PENDING_SECONDS: Final = (20.0, 60.0)
PROCESSING_SECONDS: Final = (20.0, 60.0)
IN_PROGRESS_SECONDS: Final = (180.0, 1500.0)
"""At speed 1: a user sees a step within a minute and the end within half an hour."""

PARTIAL_SHARE: Final = (0.3, 0.9)
HIGHEST_START_COUNT: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of an order at one moment."""

    status: str
    delivered: int = 0
    start_count: int | None = None
    """None until the delivery begins."""

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The course of one order: the moment of every step, and its end unless it is canceled."""

    quantity: int
    start_count: int
    added: datetime
    processing: datetime
    in_progress: datetime
    end: datetime
    end_status: str
    end_delivered: int

    @classmethod
    def draw(cls, dice: Dice, *, added: datetime, quantity: int) -> Self:
        """Decide the course of an order that is added now."""
        processing = added + dice.duration(PENDING_SECONDS)
        in_progress = processing + dice.duration(PROCESSING_SECONDS)
        end = in_progress + dice.duration(IN_PROGRESS_SECONDS)
        random, odds = dice.random, dice.odds
        start_count = random.randrange(HIGHEST_START_COUNT)
        lot, share = random.random(), random.uniform(*PARTIAL_SHARE)
        status, delivered = COMPLETED, quantity
        if lot < odds.canceled:
            status, delivered, end = CANCELED, 0, in_progress
        elif lot < odds.canceled + odds.partial and quantity > 1:
            status, delivered = PARTIAL, min(max(int(quantity * share), 1), quantity - 1)
        return cls(
            quantity=quantity,
            start_count=start_count,
            added=added,
            processing=processing,
            in_progress=in_progress,
            end=end,
            end_status=status,
            end_delivered=delivered,
        )

    def at(self, now: datetime, canceled: datetime | None) -> Progress:
        """Progress at a moment; `canceled` is when a cancel becomes effective, perhaps too late."""
        if canceled is not None and canceled < self.end and now >= canceled:
            return self._progress(CANCELED, canceled)
        if now >= self.end:
            return self._progress(self.end_status, self.end)
        if now >= self.in_progress:
            return self._progress(IN_PROGRESS, now)
        return Progress(status=PROCESSING if now >= self.processing else PENDING)

    def _progress(self, status: str, until: datetime) -> Progress:
        """Progress of a delivery that ran until a moment."""
        if until < self.in_progress or self.in_progress == self.end:
            return Progress(status=status)
        # Whole microseconds: a float could round up to the end too early.
        ran = until - self.in_progress
        delivered = self.end_delivered * ran // (self.end - self.in_progress)
        return Progress(status=status, delivered=delivered, start_count=self.start_count)

    def as_dict(self) -> dict[str, Any]:
        """State as JSON values, times as ISO 8601."""
        return {
            "quantity": self.quantity,
            "start_count": self.start_count,
            "added": self.added.isoformat(),
            "processing": self.processing.isoformat(),
            "in_progress": self.in_progress.isoformat(),
            "end": self.end.isoformat(),
            "end_status": self.end_status,
            "end_delivered": self.end_delivered,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        return cls(
            quantity=int(data["quantity"]),
            start_count=int(data["start_count"]),
            added=datetime.fromisoformat(data["added"]),
            processing=datetime.fromisoformat(data["processing"]),
            in_progress=datetime.fromisoformat(data["in_progress"]),
            end=datetime.fromisoformat(data["end"]),
            end_status=str(data["end_status"]),
            end_delivered=int(data["end_delivered"]),
        )
