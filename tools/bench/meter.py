"""What a piece of work costs the process it runs in."""

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


def traced_memory() -> int:
    """Return the bytes that Python objects take which were made since tracing began."""
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    return size


def written_bytes() -> int:
    """Return the bytes this process has written to files since its start.

    Sockets are not in it: what asyncio sends is no write to the kernel.
    """
    fields = dict(line.split(": ") for line in _IO.read_text().splitlines())
    return int(fields["wchar"])


async def profiled(work: Callable[[], Awaitable[object]]) -> str:
    """Run some work; return our functions by all they took, and any by what it took itself."""
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
    """Return the date and what of the machine matters."""
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
