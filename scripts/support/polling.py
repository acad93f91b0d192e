"""Waiting for what another process does in its own time."""

import asyncio
from collections.abc import Awaitable, Callable
import time

INTERVAL = 0.1  # seconds between two looks


async def poll[T](what: str, look: Callable[[], Awaitable[T | None]], *, within: float) -> T:
    """Look again and again until there is something to see, and return it.

    Args:
        what: What is waited for, as it stands in the error.
        look: Returns None as long as it is not there.
        within: Seconds until TimeoutError is raised.
    """
    deadline = time.monotonic() + within
    while (seen := await look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} s")
        await asyncio.sleep(INTERVAL)
    return seen
