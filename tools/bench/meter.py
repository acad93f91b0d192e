"""What a piece of work costs the process it runs in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import gc
import time
from typing import Final, Self

_BEAT: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds: of the processor in all threads, by the clock, longest block of the loop.

    The block is None where no heartbeat ran; a heartbeat itself costs the processor some 2 %
    of the time it runs.
    """

    cpu: float
    wall: float
    block: float | None


class Heartbeat:
    """Wants to run every millisecond, and knows how late it came at worst, in seconds."""

    def __init__(self) -> None:
        self.latest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(2 * _BEAT)
        self.latest = 0.0
        return self

    async def __aexit__(self, *_error: object) -> None:
        # The beat that the last block has delayed is yet to come.
        await asyncio.sleep(2 * _BEAT)
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            due = time.perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            self.latest = max(self.latest, time.perf_counter() - due)


async def measure[T](work: Callable[[], Awaitable[T]], *, heartbeat: bool) -> tuple[T, Cost]:
    """Run some work and tell what it cost; with the block of the loop if a heartbeat is to run."""
    # A full collection of Home Assistant's heap blocks for up to 250 ms and strikes at random:
    # what is there already is collected now and left out of the collections to come.
    gc.collect()
    gc.freeze()
    if not heartbeat:
        result, cpu, wall = await _timed(work)
        return result, Cost(cpu=cpu, wall=wall, block=None)
    async with Heartbeat() as heart:
        result, cpu, wall = await _timed(work)
    return result, Cost(cpu=cpu, wall=wall, block=heart.latest * 1000)


async def _timed[T](work: Callable[[], Awaitable[T]]) -> tuple[T, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = await work()
    return result, (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
