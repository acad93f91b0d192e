"""What was asked of an order after it was placed: refills and a cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ..api import ItemError, Outcome, RefillStatus


class Asking(StrEnum):
    """What is known of our asking. A request that was refused leaves nothing behind."""

    INTENDED = "intended"
    """On disk, about to be sent: found at start-up, it was interrupted."""

    TAKEN = "taken"
    """The panel took the request; what came of it is another matter."""

    UNCONFIRMED = "unconfirmed"
    """Sent, but the answer was lost: the panel may have taken it or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A cancel that was asked for; only the order's status tells whether it was done."""

    asked_at: datetime
    asking: Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A refill that was asked for; `refill` is the panel's id of it, once it has one.

    `error` is what the panel says in the place of a status.
    """

    asked_at: datetime
    asking: Asking
    refill: str | None = None
    status: RefillStatus | None = None
    error: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the panel is to be asked about the refill."""
        is_final = self.status is not None and self.status.is_final
        return self.refill is not None and not is_final

    @property
    def state(self) -> str | None:
        """What the refill's status entity shows; None while unknown."""
        if self.asking is not Asking.TAKEN:
            # It is shown only once the call has ended, and then it is one or the other.
            return Asking.UNCONFIRMED
        return None if self.status is RefillStatus.UNKNOWN else self.status

    def reported(self, statuses: Mapping[str, RefillStatus | ItemError]) -> Refill:
        """Return the refill as of a new answer; equal to this one if it is not in there."""
        told = None if self.refill is None else statuses.get(self.refill)
        if told is None or not self.is_open:
            return self
        if isinstance(told, ItemError):
            is_asked = told.outcome is not Outcome.NOT_SENT
            return replace(self, error=told.message) if is_asked else self
        return replace(self, status=told, error=None)
