"""The panel's process, as the bench starts and steers it."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

import aiohttp

from tools.processes import ServerProcess, free_port

from .panel import API_PATH, CONTROL_PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of the panel: requests by action, and how many of them at once."""

    requests: Counter[str]
    at_once: int


class PanelControl(ServerProcess):
    """Starts the panel and steers it; use it as an async context manager."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self._origin = f"http://127.0.0.1:{port}"
        super().__init__("The panel", "tools.bench.panel", str(port), log_path=folder / "panel.log")

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

    @override
    async def knock(self) -> Asked:
        return await self.control()
