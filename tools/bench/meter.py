"""Measure work in the process that does it: time, memory, disk, profile, and on which machine."""

import asyncio
from collections.abc import Awaitable, Callable
import cProfile
from dataclasses import dataclass
from datetime import UTC, datetime
import gc
import io
import os
from pathlib import Path
import platform
import pstats
import time
import tracemalloc
from typing import Final, Self

from homeassistant.const import __version__ as home_assistant

_BEAT: Final = 0.001
_FUNCTIONS: Final = 15
_IO: Final = Path("/proc/self/io")
_CPU: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds of processor time (all threads), of wall time, and of the longest block.

    The block is the longest time for which the event loop did not run, None without a heartbeat. A
    heartbeat itself takes about 2 % of the processor.
    """

    cpu: float
    wall: float
    block: float | None


class Heartbeat:
    """Runs every millisecond and records its longest delay, in seconds."""

    def __init__(self) -> None:
        self.latest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(2 * _BEAT)
        self.latest = 0.0
        return self

    async def __aexit__(self, *_error: object) -> None:
        # If the work ended with a block, the beat that it delayed has not run yet.
        await asyncio.sleep(2 * _BEAT)
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            due = time.perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            self.latest = max(self.latest, time.perf_counter() - due)


async def measure[T](work: Callable[[], Awaitable[T]], *, heartbeat: bool) -> tuple[T, Cost]:
    """Run some work; return its result and its cost, which has a block if `heartbeat` is set."""
    # A full garbage collection of Home Assistant's heap blocks for up to 250 ms at a random time.
    # Collect the existing objects now and exclude them from later collections.
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


def traced_memory() -> int:
    """Return the bytes of all Python objects created since tracemalloc was started."""
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    return size


def written_bytes() -> int:
    """Return the bytes this process has written to files since its start.

    It does not include sockets, as asyncio does not send with write().
    """
    fields = dict(line.split(": ") for line in _IO.read_text().splitlines())
    return int(fields["wchar"])


async def profiled(work: Callable[[], Awaitable[object]]) -> str:
    """Run some work; return our functions by cumulative time and all functions by own time."""
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        await work()
    finally:
        profiler.disable()
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    stats.sort_stats("cumulative").print_stats("custom_components", _FUNCTIONS)
    stats.strip_dirs().sort_stats("tottime").print_stats(_FUNCTIONS)
    return text.getvalue()


def describe_machine() -> dict[str, str]:
    """Return the date and the properties of the machine that matter."""
    load, _, _ = os.getloadavg()
    return {
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Processor": _processor(),
        "Cores": str(os.process_cpu_count()),
        "Load before the run": f"{load:.1f}",
        "Python": platform.python_version(),
        "Home Assistant": home_assistant,
    }


def _processor() -> str:
    lines = _CPU.read_text().splitlines() if _CPU.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
