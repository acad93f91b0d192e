"""Processes beside ours: Python modules and servers that end when we do, waiting, free ports."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Mapping
import os
from pathlib import Path
import shutil
import socket
import subprocess
import sys
import time
from typing import Self

import aiohttp

_REPOSITORY = Path(__file__).parents[1]
_START_SECONDS = 60
_STOP_SECONDS = 60
_POLL_INTERVAL = 0.1  # seconds between two looks


class ChildProcess:
    """A Python module run as a process of its own; all it prints is appended to a log."""

    def __init__(
        self,
        name: str,
        module: str,
        *arguments: str,
        log_path: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it in `folder`; `environment` is added to ours."""
        self.name = name
        self.log_path = log_path
        command = [sys.executable, "-m", module, *arguments]
        if setpriv := shutil.which("setpriv"):
            # Nobody else would stop it if we were killed.
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches it through us only
            )

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self._process.poll() is not None

    async def stop(self) -> None:
        """End it as a service manager would. Raises TimeoutError once it had to be killed."""
        self._process.terminate()
        try:
            await poll(f"{self.name} stops", self._ended, within=_STOP_SECONDS)
        except TimeoutError:
            await self.kill()
            raise

    async def kill(self) -> None:
        """End it at once, like a power cut."""
        self._process.kill()
        await poll(f"{self.name} is dead", self._ended, within=_STOP_SECONDS)

    async def _ended(self) -> bool | None:
        return self.has_ended or None


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


async def poll[T](what: str, look: Callable[[], Awaitable[T | None]], *, within: float) -> T:
    """Look again and again until there is something to see, and return it.

    Args:
        what: What is waited for, as it stands in the error.
        look: Returns None as long as it is not there.
        within: Seconds until TimeoutError is raised.
    """
    deadline = time.monotonic() + within
    while (seen := await look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} s")
        await asyncio.sleep(_POLL_INTERVAL)
    return seen


def free_port() -> int:
    """Return a port nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nothing listens on a port at the moment, and we may."""
    with socket.socket() as probe:
        # A server that ended a moment ago is not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
