"""Home Assistant killed at a chosen moment of placing orders."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from custom_components.smm_panel.simulator import SimulatedAnswer, SimulatedPanel
from tools.home_assistant.process import HomeAssistantProcess


class Event(StrEnum):
    """What a moment is measured from."""

    STARTED = "started"
    """The stream of calls has begun."""

    CALLED = "called"
    """Home Assistant is being asked to place an order."""

    RECEIVED = "received"
    """The panel has an order before it and has not acted."""

    ANSWERED = "answered"
    """The panel has acted, and is about to say so."""

    TOLD = "told"
    """A caller has the id of an order."""


_LONGEST_DELAY: Final = {
    Event.STARTED: 1.0,  # from the catalogue being fetched to calls long settled
    Event.CALLED: 0.03,  # until the intent is on disk and the request under way
    Event.RECEIVED: 0.0,
    Event.ANSWERED: 0.03,  # until the outcome is on disk and the caller told
    Event.TOLD: 0.0,
}
_HIGHEST_NUMBER: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Some seconds after the n-th event of a kind; at 0, nothing can happen in between."""

    event: Event
    number: int
    delay: float

    @classmethod
    def draw(cls, event: Event, random: Random) -> Moment:
        """Draw a moment around an event."""
        return cls(
            event=event,
            number=1 if event is Event.STARTED else random.randint(1, _HIGHEST_NUMBER),
            delay=random.uniform(0, _LONGEST_DELAY[event]),
        )


class Trap:
    """Kills Home Assistant at one moment."""

    def __init__(self, home_assistant: HomeAssistantProcess, moment: Moment) -> None:
        self._home_assistant = home_assistant
        self._moment = moment
        self._seen = 0
        self._kill: asyncio.Task[None] | None = None

    def has_sprung(self) -> bool:
        """Return whether Home Assistant was killed."""
        return self._kill is not None

    def saw(self, event: Event) -> None:
        """Count an event; if the moment is this very one, the kill is done on return."""
        if event is not self._moment.event:
            return
        self._seen += 1
        if self._seen != self._moment.number:
            return
        if self._moment.delay:
            asyncio.get_running_loop().call_later(self._moment.delay, self._spring)
        else:
            self._spring()

    def _spring(self) -> None:
        # Eager, so that the signal is sent before this returns.
        self._kill = asyncio.create_task(self._home_assistant.kill(), eager_start=True)

    async def closed(self) -> None:
        """Wait until the killed Home Assistant is gone."""
        if self._kill is not None:
            await self._kill


class WatchedPanel:
    """A panel that tells a trap of the orders it is sent."""

    def __init__(self, panel: SimulatedPanel) -> None:
        self.trap: Trap | None = None
        self._panel = panel

    def handle(self, form: Mapping[str, str]) -> SimulatedAnswer:
        """Answer one request."""
        trap = self.trap if form.get("action") == "add" else None
        if trap:
            trap.saw(Event.RECEIVED)
        answer = self._panel.handle(form)
        if trap:
            trap.saw(Event.ANSWERED)
        return answer
