"""Where the time of a piece of work goes."""

from collections.abc import Awaitable, Callable
import cProfile
import io
import pstats
from typing import Final

_FUNCTIONS: Final = 15


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
