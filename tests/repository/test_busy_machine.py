"""A slow step of the event loop is nobody's fault here."""

import asyncio
import logging
import time

from homeassistant.core import HomeAssistant
import pytest


async def test_asyncio_s_stopwatch_is_no_problem_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Any test may be held up on a busy machine; asyncio warns of it, naming our functions."""
    asyncio.get_running_loop().slow_callback_duration = 0
    for _ in range(3):
        await asyncio.sleep(0)

    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_what_asyncio_has_to_say_otherwise_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    """A task that nobody waits for any more hides its error."""
    logging.getLogger("asyncio").warning("It broke")

    assert [record.message for record in caplog.records] == ["It broke"]


async def test_calls_from_another_thread_are_found(hass: HomeAssistant) -> None:
    """They are what asyncio's debug mode is on for, with or without tracebacks."""
    loop = asyncio.get_running_loop()

    with pytest.raises(RuntimeError, match="Non-thread-safe"):
        await asyncio.to_thread(loop.call_soon, time.monotonic)
