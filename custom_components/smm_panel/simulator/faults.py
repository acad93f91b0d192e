"""Faults of the panel server that a test can request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Answer late.

    With `accepted` the panel processes the request at once and delays the answer. Without it, the
    panel receives the request after the delay, and not at all if the client has closed the
    connection by then.
    """

    seconds: float
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Process the request, send half of the answer and close the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Close the connection, before or (`accepted`) after the request was processed."""

    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Send another answer, before or (`accepted`) after the request was processed."""

    status: int = 200
    text: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False

    @classmethod
    def html(cls, *, status: int = 200, accepted: bool = False) -> Self:
        """Send a page instead of JSON, as bot checks and overloaded web servers do."""
        page = "<!DOCTYPE html><html><body><h1>Just a moment...</h1></body></html>"
        return cls(status=status, text=page, content_type="text/html", accepted=accepted)

    @classmethod
    def redirect(cls, to: str, *, status: int = 302) -> Self:
        """Redirect the client."""
        return cls(status=status, headers={"Location": to})

    @classmethod
    def too_many_requests(cls, *, retry_after: int) -> Self:
        """Refuse for the rate, for some seconds."""
        text = '{"error": "Rate limit exceeded"}'
        return cls(status=429, text=text, headers={"Retry-After": str(retry_after)})

    @classmethod
    def oversized(cls, size: int, *, accepted: bool = False) -> Self:
        """Send valid JSON of this many bytes."""
        return cls(text='"' + "x" * (size - 2) + '"', accepted=accepted)


type Fault = Delay | Cut | Drop | Reply


@dataclass(slots=True)
class _Entry:
    fault: Fault
    action: str | None
    times: int | None


class FaultScript:
    """Queued faults; each request gets the first one for its action."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, fault: Fault, *, action: str | None = None, times: int | None = 1) -> None:
        """Queue a fault for requests of an action, or of any; `times` None: for all of them."""
        self._entries.append(_Entry(fault, action, times))

    def clear(self) -> None:
        """Remove all faults."""
        self._entries.clear()

    def __len__(self) -> int:
        """Return the number of queued faults, so that a test can assert that all were used."""
        return len(self._entries)

    def use(self, action: str) -> Fault | None:
        """Return the first fault for this action, and count its use."""
        for entry in self._entries:
            if entry.action not in {None, action}:
                continue
            if entry.times is not None:
                entry.times -= 1
                if not entry.times:
                    self._entries.remove(entry)
            return entry.fault
        return None
