"""How fast a panel lets itself be asked: learned from its answers."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
import time

from .answers import read_pause
from .exceptions import PanelRateLimitError

# A panel that refuses without saying for how long: 1, 2, 4 ... seconds, then once a minute.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0

# Seconds that a write waits for its turn; whoever waits longer wants to know.
_PATIENCE = 60.0


class Paces:
    """The pace of each action of one account.

    Panels limit each by itself: `services` by the hour, `add` by the second.
    """

    def __init__(self) -> None:
        """Know of no limit."""
        self._paces: defaultdict[str, _Pace] = defaultdict(_Pace)

    async def turn(self, action: str) -> None:
        """Wait until it is a write's turn.

        Raises `PanelRateLimitError` if that takes longer than a minute.
        """
        wait = self._paces[action].turn()
        if wait > _PATIENCE:
            raise PanelRateLimitError(retry_after=wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def begin(self, action: str) -> None:
        """Note that a request goes out; raises `PanelRateLimitError` if it comes too early."""
        pace = self._paces[action]
        if (wait := pace.pause()) > 0:
            raise PanelRateLimitError(retry_after=wait)
        pace.note_sent()

    def has_limited(self, action: str) -> bool:
        """Tell whether the panel has refused an action for its rate."""
        return self._paces[action].has_limited

    def note_answer(self, action: str, headers: Mapping[str, str]) -> None:
        """Take in an answer: its headers may say that it was the last one for a while."""
        self._paces[action].note_answer(read_pause(headers))

    def note_refusal(self, action: str, err: PanelRateLimitError) -> None:
        """Take in a refusal, and complete it with the time to wait if the panel told none."""
        self._paces[action].note_refusal(err)


class _Pace:
    """When the next request of an action may be sent, in seconds of the monotonic clock.

    A refusal also teaches the gap that writes keep from then on: of a queue of orders one
    is refused, not every second one.
    """

    def __init__(self) -> None:
        """Know of no limit."""
        self._free_at = 0.0
        self._sent_at = 0.0
        self._gap = 0.0
        self._refusals = 0

    @property
    def has_limited(self) -> bool:
        """Whether there was a refusal."""
        return self._gap > 0

    def pause(self) -> float:
        """Return for how many seconds the panel wants to be left alone."""
        return max(0.0, self._free_at - time.monotonic())

    def turn(self) -> float:
        """Return in how many seconds it is the next write's turn."""
        return max(self.pause(), self._sent_at + self._gap - time.monotonic())

    def note_sent(self) -> None:
        """Note that a request goes out now."""
        self._sent_at = time.monotonic()

    def note_answer(self, wait: float | None) -> None:
        """Take in an answer, after which the panel wants to be left alone for so long."""
        self._refusals = 0
        if wait is not None:
            self._hold(wait)

    def note_refusal(self, err: PanelRateLimitError) -> None:
        """Take in a refusal, and complete it."""
        if err.retry_after is None and (held := self.pause()) > 0:
            # Of requests under way at once each is refused, for one and the same reason.
            err.retry_after = held
            return
        if err.retry_after is None:
            err.retry_after = min(_FIRST_WAIT * 2**self._refusals, _LONGEST_WAIT)
        self._refusals += 1
        self._gap = min(max(_FIRST_WAIT, 2 * self._gap), _LONGEST_WAIT)
        self._hold(err.retry_after)

    def _hold(self, wait: float) -> None:
        self._free_at = max(self._free_at, time.monotonic() + wait)
