"""What makes tests mind neither a busy machine nor the time that a time-out takes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import logging
from typing import Final
from unittest.mock import patch

from homeassistant.util.async_ import get_scheduled_timer_handles

from custom_components.smm_panel.api import HttpLimits
from custom_components.smm_panel.simulator.faults import Delay, Fault, FaultScript

# aiohttp rounds time-outs up.
TIMED_OUT: Final = HttpLimits().read + 5
"""Seconds after which no request of ours waits any more, but for the services."""

ALL_TIMED_OUT: Final = HttpLimits().read_services + 5
"""Seconds after which none does."""

TURNS: Final = 50
"""Of the event loop: more than it takes for what a server has written to be read."""


def is_no_stopwatch(record: logging.LogRecord) -> bool:
    """Tell whether a record is about what was done, rather than how long it took here.

    asyncio in its debug mode, in which all tests run, warns of each step of 0.1 seconds.
    """
    return record.name != "asyncio" or record.msg != "Executing %s took %.3f seconds"


def leave_out_stopwatch() -> None:
    """Keep asyncio's stopwatch out of every log that a test looks at."""
    logging.getLogger("asyncio").addFilter(is_no_stopwatch)


def let_pass(seconds: float) -> None:
    """Let all that the running event loop would do within some seconds be due now."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    for timer in get_scheduled_timer_handles(loop):
        if not timer.cancelled() and timer.when() <= until:
            timer._run()  # noqa: SLF001 - as Home Assistant's own tests do
            timer.cancel()


async def time_out[T](
    request: asyncio.Task[T], is_received: Callable[[], bool], *, seconds: float = ALL_TIMED_OUT
) -> asyncio.Task[T]:
    """Let a request run into its time-out once a server of this process has taken it."""
    while not is_received():  # noqa: ASYNC110 - servers tell by what they keep
        await asyncio.sleep(0)
    for _ in range(TURNS):
        await asyncio.sleep(0)
    let_pass(seconds)
    await asyncio.wait([request])
    return request


@contextmanager
def endless_delays(timed_out: float = TIMED_OUT) -> Iterator[None]:
    """Let every `Delay` of a panel outlast the patience of its client, at once.

    A time-out so short that tests could wait for it would also end what only takes long here.
    """
    use = FaultScript.use

    def use_and_let_pass(script: FaultScript, action: str) -> Fault | None:
        fault = use(script, action)
        if isinstance(fault, Delay):
            assert fault.seconds > timed_out
            asyncio.get_running_loop().call_soon(let_pass, timed_out)  # once the delay has begun
        return fault

    with patch.object(FaultScript, "use", use_and_let_pass):
        yield
