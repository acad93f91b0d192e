"""The requests made for a placed order: refills and a cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ..api import ItemError, Outcome, RefillStatus


class RequestState(StrEnum):
    """What is known of a request. A refused request is not kept."""

    INTENDED = "intended"
    """On disk, about to be sent. A request found in this state at start-up was interrupted."""

    ACCEPTED = "accepted"
    """The panel accepted the request; its result is not part of this state."""

    UNCONFIRMED = "unconfirmed"
    """Sent, but the answer was lost: the panel may have accepted the request or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A requested cancel; only the order's status shows whether it was carried out."""

    requested_at: datetime
    request: RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A requested refill; `panel_id` is the panel's id of the refill, None while unknown.

    `error` is the message that the panel returns instead of a status.
    """

    requested_at: datetime
    request: RequestState
    panel_id: str | None = None
    status: RefillStatus | None = None
    error: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the refill has to be polled."""
        is_final = self.status is not None and self.status.is_final
        return self.panel_id is not None and not is_final

    @property
    def state(self) -> str | None:
        """The state of the refill's status entity; None while unknown."""
        if self.request is not RequestState.ACCEPTED:
            # An intended request is not shown: when the call ends, it is accepted or unconfirmed.
            return RequestState.UNCONFIRMED
        return None if self.status is RefillStatus.UNKNOWN else self.status

    def reported(self, statuses: Mapping[str, RefillStatus | ItemError]) -> Refill:
        """Return the refill with its new status; equal to this one if the answer has none."""
        answer = None if self.panel_id is None else statuses.get(self.panel_id)
        if answer is None or not self.is_open:
            return self
        if isinstance(answer, ItemError):
            was_sent = answer.outcome is not Outcome.NOT_SENT
            return replace(self, error=answer.message) if was_sent else self
        return replace(self, status=answer, error=None)
