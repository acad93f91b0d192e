"""The command scripts/demo itself."""

import asyncio
from asyncio.subprocess import PIPE
import os
from pathlib import Path
import signal
import sys

import pytest

from tools.processes import poll

REPOSITORY = Path(__file__).parents[2]
SECONDS = 60


def processes_below(folder: Path) -> set[str]:
    """Command lines of the running processes that work in a folder."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has just ended
        if str(folder) in command:
            found.add(command)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    """A panel or a Home Assistant would be left behind, and be in the way of the next run."""
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.demo.demo", "--check"),
        cwd=REPOSITORY,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=PIPE,
        stderr=PIPE,
    )

    async def both_run() -> bool | None:
        return len(processes_below(tmp_path)) == 2 or None

    try:
        await poll("Panel and Home Assistant run", both_run, within=SECONDS)
        demo.send_signal(number)
        output, errors = await asyncio.wait_for(demo.communicate(), SECONDS)
    finally:
        if demo.returncode is None:
            demo.kill()

    assert demo.returncode == 130
    assert output.decode().endswith("Stopped.\n")
    assert errors == b""
    assert processes_below(tmp_path) == set()
    assert not [*tmp_path.iterdir()]  # noqa: ASYNC240  # nothing else is waiting
