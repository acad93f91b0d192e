"""What was asked of an order after it was placed: refills and a cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ..api import ItemError, Outcome, RefillStatus


class RequestState(StrEnum):
    """What is known of our asking. A request that was refused leaves nothing behind."""

    INTENDED = "intended"
    """On disk, about to be sent: found at start-up, it was interrupted."""

    ACCEPTED = "accepted"
    """The panel took the request; what came of it is another matter."""

    UNCONFIRMED = "unconfirmed"
    """Sent, but the answer was lost: the panel may have taken it or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A cancel that was asked for; only the order's status tells whether it was done."""

    requested_at: datetime
    request: RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A refill that was asked for; `panel_id` is the panel's id of it, once it has one.

    `error` is what the panel says in the place of a status.
    """

    requested_at: datetime
    request: RequestState
    panel_id: str | None = None
    status: RefillStatus | None = None
    error: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the panel is to be asked about the refill."""
        is_final = self.status is not None and self.status.is_final
        return self.panel_id is not None and not is_final

    @property
    def state(self) -> str | None:
        """What the refill's status entity shows; None while unknown."""
        if self.request is not RequestState.ACCEPTED:
            # It is shown only once the call has ended, and then it is one or the other.
            return RequestState.UNCONFIRMED
        return None if self.status is RefillStatus.UNKNOWN else self.status

    def reported(self, statuses: Mapping[str, RefillStatus | ItemError]) -> Refill:
        """Return the refill as of a new answer; equal to this one if it is not in there."""
        told = None if self.panel_id is None else statuses.get(self.panel_id)
        if told is None or not self.is_open:
            return self
        if isinstance(told, ItemError):
            is_asked = told.outcome is not Outcome.NOT_SENT
            return replace(self, error=told.message) if is_asked else self
        return replace(self, status=told, error=None)
