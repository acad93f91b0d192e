"""The faults a test asks the panel server for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Answer late.

    With `taken` false the panel hears of the request only after the delay, and never if the client
    has hung up by then; with `taken` true it acts at once and keeps the client waiting.
    """

    seconds: float
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Let the panel act, promise its whole answer, send half of it and hang up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Hang up without a word, before or (`taken`) after the panel has acted."""

    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Answer with something else, whether or not (`taken`) the panel has acted."""

    status: int = 200
    text: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: bool = False

    @classmethod
    def html(cls, *, status: int = 200, taken: bool = False) -> Self:
        """Page instead of JSON, as bot checks and overloaded web servers send."""
        page = "<!DOCTYPE html><html><body><h1>Just a moment...</h1></body></html>"
        return cls(status=status, text=page, content_type="text/html", taken=taken)

    @classmethod
    def redirect(cls, to: str, *, status: int = 302) -> Self:
        """Send the client elsewhere."""
        return cls(status=status, headers={"Location": to})

    @classmethod
    def too_many_requests(cls, *, retry_after: int) -> Self:
        """Rate limit, to be tried again after some seconds."""
        text = '{"error": "Rate limit exceeded"}'
        return cls(status=429, text=text, headers={"Retry-After": str(retry_after)})

    @classmethod
    def oversized(cls, size: int, *, taken: bool = False) -> Self:
        """Valid JSON of this many bytes."""
        return cls(text='"' + "x" * (size - 2) + '"', taken=taken)


type Fault = Delay | Cut | Drop | Reply


@dataclass(slots=True)
class _Entry:
    fault: Fault
    action: str | None
    times: int | None


class FaultScript:
    """Faults waiting for their requests; each request meets the first that fits its action."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, fault: Fault, *, action: str | None = None, times: int | None = 1) -> None:
        """Queue a fault for requests of an action, or of any; `times` None: without end."""
        self._entries.append(_Entry(fault, action, times))

    def clear(self) -> None:
        """Forget all faults."""
        self._entries.clear()

    def __len__(self) -> int:
        """Count the queued faults that are not used up; a test can assert that all were met."""
        return len(self._entries)

    def take(self, action: str) -> Fault | None:
        """Use up one turn of the first fault for this action."""
        for entry in self._entries:
            if entry.action not in {None, action}:
                continue
            if entry.times is not None:
                entry.times -= 1
                if not entry.times:
                    self._entries.remove(entry)
            return entry.fault
        return None
