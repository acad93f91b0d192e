"""How many requests a panel accepts: derived from its answers, kept per action."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
import time

from .answers import read_pause
from .exceptions import PanelRateLimitError

# After refusals that name no time: 1, 2, 4 ... seconds, then once a minute.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0

# Seconds that an operation waits for its turn; a longer wait is an error that the user sees.
_LONGEST_WAIT_FOR_TURN = 60.0


class RateLimiter:
    """The rate limits of one account.

    Panels limit each action separately: `services` by the hour, `add` by the second.
    """

    def __init__(self) -> None:
        self._limiters: defaultdict[str, _ActionLimiter] = defaultdict(_ActionLimiter)

    async def wait_for_turn(self, action: str) -> None:
        """Wait until an operation may be sent.

        Raises `PanelRateLimitError` if that takes longer than a minute.
        """
        wait = self._limiters[action].seconds_until_turn()
        if wait > _LONGEST_WAIT_FOR_TURN:
            raise PanelRateLimitError(retry_after=wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def begin(self, action: str) -> None:
        """Record that a request is sent; raises `PanelRateLimitError` if it is too early."""
        limiter = self._limiters[action]
        if (wait := limiter.seconds_blocked()) > 0:
            raise PanelRateLimitError(retry_after=wait)
        limiter.note_sent()

    def has_limited(self, action: str) -> bool:
        """Return whether the panel has refused an action for its rate."""
        return self._limiters[action].has_limited

    def note_answer(self, action: str, headers: Mapping[str, str]) -> None:
        """Record an answer: its headers may say that no further request is allowed for now."""
        self._limiters[action].note_answer(read_pause(headers))

    def note_refusal(self, action: str, err: PanelRateLimitError) -> None:
        """Record a refusal, and set the time to wait in it if the panel named none."""
        self._limiters[action].note_refusal(err)


class _ActionLimiter:
    """When the next request of an action may be sent, in seconds of the monotonic clock.

    A refusal also sets the gap that operations keep from then on: of a queue of orders one
    is refused, not every second one.
    """

    def __init__(self) -> None:
        self._free_at = 0.0
        self._sent_at = 0.0
        self._gap = 0.0
        self._refusals = 0

    @property
    def has_limited(self) -> bool:
        """Whether there was a refusal."""
        return self._gap > 0

    def seconds_blocked(self) -> float:
        """Return for how many seconds the panel refuses every request."""
        return max(0.0, self._free_at - time.monotonic())

    def seconds_until_turn(self) -> float:
        """Return in how many seconds the next operation may be sent."""
        return max(self.seconds_blocked(), self._sent_at + self._gap - time.monotonic())

    def note_sent(self) -> None:
        """Record that a request is sent now."""
        self._sent_at = time.monotonic()

    def note_answer(self, wait: float | None) -> None:
        """Record an answer, after which no request is allowed for some seconds."""
        self._refusals = 0
        if wait is not None:
            self._block(wait)

    def note_refusal(self, err: PanelRateLimitError) -> None:
        """Record a refusal, and set the time to wait in it if there is none."""
        if err.retry_after is None and (blocked := self.seconds_blocked()) > 0:
            # Requests under way at the same time are all refused, for the same reason.
            err.retry_after = blocked
            return
        if err.retry_after is None:
            err.retry_after = min(_FIRST_WAIT * 2**self._refusals, _LONGEST_WAIT)
        self._refusals += 1
        self._gap = min(max(_FIRST_WAIT, 2 * self._gap), _LONGEST_WAIT)
        self._block(err.retry_after)

    def _block(self, wait: float) -> None:
        self._free_at = max(self._free_at, time.monotonic() + wait)
