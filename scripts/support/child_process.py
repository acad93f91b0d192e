"""Programs that run beside ours, and end when we do."""

from collections.abc import Mapping
import os
from pathlib import Path
import shutil
import subprocess
import sys

from .polling import poll

_STOP_SECONDS = 60


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
