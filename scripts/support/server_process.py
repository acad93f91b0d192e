"""Servers that run beside ours, and are ready once they answer."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

import aiohttp

from .child_process import ChildProcess
from .polling import poll

_REPOSITORY = Path(__file__).parents[2]
_START_SECONDS = 60


class ServerProcess(ABC):
    """A module of this repository that serves HTTP; use it as an async context manager.

    Entering it raises RuntimeError with its log if it ends instead, TimeoutError if it does not
    answer in time.
    """

    def __init__(self, name: str, module: str, *arguments: str, log_path: Path) -> None:
        self._name = name
        self._module = module
        self._arguments = arguments
        self._log_path = log_path
        self._process: ChildProcess | None = None

    @abstractmethod
    async def knock(self) -> object:
        """Ask it something; raises aiohttp.ClientConnectionError while nobody listens."""

    async def __aenter__(self) -> Self:
        self._process = ChildProcess(
            self._name,
            self._module,
            *self._arguments,
            log_path=self._log_path,
            folder=_REPOSITORY,
        )
        try:
            await poll(f"{self._name} answers", self._answers, within=_START_SECONDS)
        except BaseException:
            await self._process.kill()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._process is not None:
            await self._process.stop()

    async def _answers(self) -> bool | None:
        if self._process is None or self._process.has_ended:
            raise RuntimeError(f"{self._name} ended at its start:\n{self._log_path.read_text()}")
        try:
            await self.knock()
        except aiohttp.ClientConnectionError:
            return None
        return True
