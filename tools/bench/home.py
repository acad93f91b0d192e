"""A real Home Assistant inside the process that is measured."""

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

# Almost every installation has them, so loading them is not a cost of an integration.
_BASE_PLATFORMS = ("binary_sensor", "button", "number", "sensor", "todo")

# Delayed saves are due after this time.
_SETTLED_SECONDS = 60.0


class AdvancingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be advanced, so that timers fire early."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    @override
    def time(self) -> float:
        return super().time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Advance the clock of the loop."""
        self._ahead += seconds


class Home:
    """A Home Assistant with or without the recorder."""

    def __init__(self, folder: Path, *, recorder: bool) -> None:
        self._folder = folder
        self._recorder = recorder
        self.hass: HomeAssistant

    async def start(self) -> None:
        """Start it without the integration that is measured."""
        # `todo` starts the HTTP server, which must listen on the loopback interface only.
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
        """Wait for all tasks, and until the recorder has written to its database."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        if self._recorder:
            await get_instance(self.hass).async_block_till_done()

    async def settle(self) -> None:
        """Let the timers of the next minute fire now, such as those that save to disk."""
        await self.wait()
        loop = asyncio.get_running_loop()
        if isinstance(loop, AdvancingLoop):
            loop.advance(_SETTLED_SECONDS)
            # The timers run in the next iteration of the loop, and their tasks after it.
            await asyncio.sleep(0.01)
        await self.wait()

    async def stop(self) -> None:
        """Stop it in the regular way, so that it saves everything."""
        await self.hass.async_stop(force=True)


class KeyWatch(logging.Handler):
    """Searches warnings and errors in the log for the API key."""

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
