"""A simulated panel over HTTP: a process of its own, with a state that outlives it."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import aiohttp

from .child_process import ChildProcess
from .polling import poll

PANEL_KEY = "demo-key-6d1f0c2b9a7e"
"""Unlike any other text, so that one can look for it where it must not be."""

_REPOSITORY = Path(__file__).parents[2]
_START_SECONDS = 60


class PanelProcess:
    """Serves a simulated panel on a port of 127.0.0.1; use it as an async context manager.

    It keeps its account in `panel.json` in the folder, and writes what it prints to `panel.log`
    there.
    """

    def __init__(self, folder: Path, *, port: int, speed: float, mishaps: bool) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v2"
        self._folder = folder
        self._options = (
            *("--port", str(port)),
            *("--key", PANEL_KEY),
            *("--speed", str(speed)),
            *("--state", str(folder / "panel.json")),
            *(() if mishaps else ("--no-mishaps",)),
        )
        self._process: ChildProcess | None = None

    async def ask(self, action: str, **fields: str) -> Any:  # noqa: ANN401  # see the API document
        """Answer of one request, made as the panel's website would: behind the integration."""
        form = {"key": PANEL_KEY, "action": action, **fields}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=form) as response,
        ):
            return await response.json(content_type=None)

    async def balance(self) -> Decimal:
        """Balance of the account."""
        return Decimal((await self.ask("balance"))["balance"])

    async def __aenter__(self) -> Self:
        self._process = ChildProcess(
            "The simulated panel",
            "scripts.support.panel_server",
            *self._options,
            log_path=self._folder / "panel.log",
            folder=_REPOSITORY,
        )
        try:
            await poll("The simulated panel answers", self._answers, within=_START_SECONDS)
        except BaseException:
            await self._process.kill()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._process is not None:
            await self._process.stop()

    async def _answers(self) -> bool | None:
        if self._process is None or self._process.has_ended:
            log = (self._folder / "panel.log").read_text()
            raise RuntimeError(f"The simulated panel ended at its start:\n{log}")
        try:
            await self.balance()
        except aiohttp.ClientConnectionError:
            return None
        return True
