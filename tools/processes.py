"""Start and stop other processes, wait for what they do, and find free ports."""

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
_POLL_INTERVAL = 0.1  # seconds


class ChildProcess:
    """A Python module that runs in another process; its output is appended to a log."""

    def __init__(
        self,
        name: str,
        module: str,
        *arguments: str,
        log_path: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the process in `folder`; `environment` is added to that of this process."""
        self.name = name
        self.log_path = log_path
        command = [sys.executable, "-m", module, *arguments]
        if setpriv := shutil.which("setpriv"):
            # The kernel stops it even if this process is killed.
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C must not reach it directly
            )

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended, for whatever reason."""
        return self._process.poll() is not None

    async def stop(self) -> None:
        """Terminate it. Raises TimeoutError if it did not end in time and was killed."""
        self._process.terminate()
        try:
            await poll(f"{self.name} stops", self._ended, within=_STOP_SECONDS)
        except TimeoutError:
            await self.kill()
            raise

    async def kill(self) -> None:
        """Kill it: it cannot save or clean up anything."""
        self._process.kill()
        await poll(f"{self.name} is dead", self._ended, within=_STOP_SECONDS)

    async def _ended(self) -> bool | None:
        return self.has_ended or None


class ServerProcess(ABC):
    """A module of this repository that serves HTTP; use it as an async context manager.

    Entering the context waits until the server answers. It raises RuntimeError with the log if the
    server ends, and TimeoutError if it does not answer in time.
    """

    def __init__(self, name: str, module: str, *arguments: str, log_path: Path) -> None:
        self._name = name
        self._module = module
        self._arguments = arguments
        self._log_path = log_path
        self._process: ChildProcess | None = None

    @abstractmethod
    async def probe(self) -> object:
        """Send a request; raises aiohttp.ClientConnectionError while nothing listens."""

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
            await self.probe()
        except aiohttp.ClientConnectionError:
            return None
        return True


async def poll[T](what: str, look: Callable[[], Awaitable[T | None]], *, within: float) -> T:
    """Call `look` until it returns something other than None, and return that.

    Args:
        what: What is awaited, for the error message.
        look: Returns None while it has to be called again.
        within: Seconds after which TimeoutError is raised.
    """
    deadline = time.monotonic() + within
    while (seen := await look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} s")
        await asyncio.sleep(_POLL_INTERVAL)
    return seen


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Return whether a server can listen on this port of 127.0.0.1 at the moment."""
    with socket.socket() as probe:
        # Without it, the port of a server that has just ended would count as used.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
