"""A real Home Assistant on a folder of its own, inside the process that is measured."""

import asyncio
import logging
from pathlib import Path
from typing import Any, Self, override

from homeassistant import loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

from tools.home_assistant.process import prepare
from tools.processes import free_port

from .panel import API_KEY

# Almost every home has them, so loading them is not what an integration costs.
_BASE_PLATFORMS = ("binary_sensor", "button", "number", "sensor", "todo")

# Whatever waits to be saved is due by then.
_SETTLED_SECONDS = 60.0


class AdvancingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be put forward, so that timers come early."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    @override
    def time(self) -> float:
        return super().time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let timers come that many seconds early."""
        self._ahead += seconds


class Home:
    """A Home Assistant, with the recorder or without."""

    def __init__(self, folder: Path, *, recorder: bool) -> None:
        self._folder = folder
        self._recorder = recorder
        self.hass: HomeAssistant

    async def start(self) -> None:
        """Start it, all but the integration that is measured."""
        # `todo` brings the HTTP server, which is to listen on the loopback interface only.
        prepare(self._folder, free_port())
        hass = HomeAssistant(str(self._folder))
        self.hass = hass
        hass.config.skip_pip = True
        loader.async_setup(hass)
        hass.config_entries = ConfigEntries(hass, {})
        await async_load_base_functionality(hass)
        hass.auth = await auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
        if self._recorder:
            async_initialize_recorder(hass)
            await self.set_up("recorder", {})
        for platform in _BASE_PLATFORMS:
            await self.set_up(platform, {})
        await hass.async_start()
        await self.settle()

    async def set_up(self, domain: str, config: Any) -> None:  # noqa: ANN401  # YAML
        """Set up an integration. Raises RuntimeError if it fails."""
        if not await async_setup_component(self.hass, domain, {domain: config}):
            raise RuntimeError(f"{domain} does not set up")

    async def wait(self) -> None:
        """Wait for all that was begun, until the recorder has it in its database."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        if self._recorder:
            await get_instance(self.hass).async_block_till_done()

    async def settle(self) -> None:
        """Do now what would be done in a minute, such as saving to disk."""
        await self.wait()
        loop = asyncio.get_running_loop()
        if isinstance(loop, AdvancingLoop):
            loop.advance(_SETTLED_SECONDS)
            # Timers that are due run in the next turn of the loop, what they begin after it.
            await asyncio.sleep(0.01)
        await self.wait()

    async def stop(self) -> None:
        """Stop it, so that it saves everything."""
        await self.hass.async_stop(force=True)


class KeyWatch(logging.Handler):
    """Looks for the API key in what is logged as a warning or an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen = False

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.seen = self.seen or API_KEY in self.format(record)
