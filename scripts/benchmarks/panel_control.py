"""The panel's process, as the bench starts and steers it."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from scripts.support.child_process import ChildProcess
from scripts.support.polling import poll
from scripts.support.ports import free_port

from .panel import API_PATH, CONTROL_PATH

_REPOSITORY = Path(__file__).parents[2]
_START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of the panel: requests by action, and how many of them at once."""

    requests: Counter[str]
    at_once: int


class PanelControl:
    """Starts the panel and steers it; use it as an async context manager."""

    def __init__(self, folder: Path) -> None:
        self._origin = f"http://127.0.0.1:{(port := free_port())}"
        self._port = port
        self._folder = folder
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"{self._origin}{API_PATH}"

    async def control(self, **changes: float) -> Asked:
        """Change what `BenchPanel.control` names; return what was asked since the last call."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._origin}{CONTROL_PATH}", json=changes) as response,
        ):
            told: dict[str, Any] = await response.json()
        return Asked(requests=Counter(told["requests"]), at_once=told["at_once"])

    async def __aenter__(self) -> Self:
        self._process = ChildProcess(
            "The panel",
            "scripts.benchmarks.panel",
            str(self._port),
            log_path=self._folder / "panel.log",
            folder=_REPOSITORY,
        )
        try:
            await poll("The panel answers", self._answers, within=_START_SECONDS)
        except BaseException:
            await self._process.kill()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._process is not None:
            await self._process.stop()

    async def _answers(self) -> Asked | None:
        if self._process is None or self._process.has_ended:
            log = (self._folder / "panel.log").read_text()
            raise RuntimeError(f"The panel ended at its start:\n{log}")
        try:
            return await self.control()
        except aiohttp.ClientConnectionError:
            return None
