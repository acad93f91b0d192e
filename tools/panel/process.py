"""A simulated panel over HTTP: a process of its own, with a state that outlives it."""

from decimal import Decimal
from pathlib import Path
from typing import Any, override

import aiohttp

from tools.processes import ServerProcess

PANEL_KEY = "demo-key-6d1f0c2b9a7e"
"""Unlike any other text, so that one can look for it where it must not be."""


class PanelProcess(ServerProcess):
    """Serves a simulated panel on a port of 127.0.0.1; use it as an async context manager.

    It keeps its account in `panel.json` in the folder, and writes what it prints to `panel.log`
    there.
    """

    def __init__(self, folder: Path, *, port: int, speed: float, mishaps: bool) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v2"
        super().__init__(
            "The simulated panel",
            "tools.panel.server",
            *("--port", str(port)),
            *("--key", PANEL_KEY),
            *("--speed", str(speed)),
            *("--state", str(folder / "panel.json")),
            *(() if mishaps else ("--no-mishaps",)),
            log_path=folder / "panel.log",
        )

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

    @override
    async def knock(self) -> Decimal:
        return await self.balance()
