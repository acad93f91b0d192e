"""The server of the simulated panel in another process; its state is kept on disk."""

from decimal import Decimal
from pathlib import Path
from typing import Any, override

import aiohttp

from tools.processes import ServerProcess

PANEL_KEY = "demo-key-6d1f0c2b9a7e"
"""A text that appears nowhere else, so that tests can search for it where it must not be."""


class PanelProcess(ServerProcess):
    """Serves a simulated panel on a port of 127.0.0.1; use it as an async context manager.

    The folder contains its account (`panel.json`) and its output (`panel.log`).
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
        """Send one request to the panel, without the integration, and return the answer."""
        form = {"key": PANEL_KEY, "action": action, **fields}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=form) as response,
        ):
            return await response.json(content_type=None)

    async def balance(self) -> Decimal:
        """Return the balance of the account."""
        return Decimal((await self.ask("balance"))["balance"])

    @override
    async def probe(self) -> Decimal:
        return await self.balance()
