"""The panel served by hand: scripts/panel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import sys
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.helpers.simulated_orders import FIELDS
from tools.panel.server import main

pytestmark = pytest.mark.usefixtures("socket_enabled")

ROOT = Path(__file__).parents[2]
ADD = {"action": "add", "service": "101"} | FIELDS["Default"]


@asynccontextmanager
async def serving(*arguments: str) -> AsyncIterator[str]:
    """Address of a panel served by hand, ended the hard way."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.panel.server", "--port", "0", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert line.startswith("Simulated panel: http://127.0.0.1:"), line
        yield line.split()[-1]
    finally:
        process.kill()
        await process.communicate()


async def ask(url: str, form: dict[str, str]) -> Any:  # noqa: ANN401  # whatever JSON there is
    """Answer to a form, parsed."""
    async with ClientSession() as session, session.post(url, data=form) as response:
        return json.loads(await response.text())


@pytest.mark.long("the panel in a process of its own")
async def test_state_survives_a_kill(tmp_path: Path) -> None:
    """An order that was answered must be there after the process was killed."""
    arguments = ("--key", "by-hand", "--balance", "50", "--state", str(tmp_path / "state.json"))
    key = {"key": "by-hand"}
    async with serving(*arguments) as url:
        assert await ask(url, ADD) == {"error": "Invalid API key"}
        assert await ask(url, ADD | key) == {"order": 23501}

    async with serving(*arguments) as url:
        status = await ask(url, {"action": "status", "order": "23501"} | key)
        assert status["charge"] == "0.90000"
        balance = await ask(url, {"action": "balance"} | key)
        assert balance["balance"] == "49.10000"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--speed", "0"),
        ("--latency", "-1"),
        ("--latency", "soon"),
        ("--balance", "much"),
        ("--balance", "NaN"),
        ("--port", "65536"),
        ("--state", __file__),
    ],
)
def test_wrong_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """A typing error is reported in a line, not in a traceback, and nothing is served."""
    monkeypatch.setattr(sys, "argv", ["panel_server", *arguments])

    with pytest.raises(SystemExit) as end:
        main()

    printed = f"{end.value}" + "".join(capsys.readouterr())
    assert "scripts/panel: " in printed
    assert "Simulated panel" not in printed
