"""Start the process of a subject (worker.py) and send it tasks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from multiprocessing import get_context
from pathlib import Path
from socket import socketpair
from typing import Any, Final

from .meter import Cost

# All are forked from one process that has imported everything, as importing takes seconds.
_PROCESSES: Final = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tools.bench.worker"])

_STOP_SECONDS = 60


class SubjectProcess:
    """Sends tasks to a subject, and says what to measure."""

    def __init__(
        self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.name = name
        self._reader = reader
        self._writer = writer

    async def do(self, task: str, **arguments: Any) -> Any:  # noqa: ANN401  # any JSON
        """Run a task; return its result. Raises RuntimeError with the traceback if it fails."""
        answer = await self._send(task, arguments)
        return answer["result"]

    async def cost(self, task: str, *, heartbeat: bool, **arguments: Any) -> Cost:
        """Run a task; return its cost. Raises as `do`."""
        answer = await self._send(task, arguments, heartbeat=heartbeat)
        return Cost(**answer["cost"])

    async def profile(self, task: str, **arguments: Any) -> str:
        """Run a task; return its profile. Raises as `do`."""
        answer = await self._send(task, arguments, profile=True)
        text: str = answer["result"]
        return text

    async def _send(
        self,
        task: str,
        arguments: dict[str, Any],
        *,
        heartbeat: bool | None = None,
        profile: bool = False,
    ) -> dict[str, Any]:
        request = {"task": task, "arguments": arguments, "heartbeat": heartbeat, "profile": profile}
        self._writer.write(f"{json.dumps(request)}\n".encode())
        line = await self._reader.readline()
        answer: dict[str, Any] = json.loads(line or '{"error": "It has ended; see its log"}')
        if "error" in answer:
            raise RuntimeError(f"{self.name} cannot {task}:\n{answer['error']}")
        return answer


def _serve(*arguments: Any) -> None:
    from .worker import serve  # noqa: PLC0415  # imports Home Assistant, which takes seconds

    serve(*arguments)


@asynccontextmanager
async def running_subject(
    name: str, folder: Path, url: str, *, recorder: bool = False
) -> AsyncIterator[SubjectProcess]:
    """Start a subject on a folder, which an earlier subject may have used; stop it at the end."""
    connection, worker_connection = socketpair()
    options = (name, folder, url, recorder, worker_connection)
    process = _PROCESSES.Process(target=_serve, args=options, daemon=True)
    process.start()
    worker_connection.close()
    reader, writer = await asyncio.open_connection(sock=connection)
    subject = SubjectProcess(name, reader, writer)
    try:
        await subject.do("start")
        yield subject
        await subject.do("stop")
    finally:
        # It serves until the connection is closed.
        writer.close()
        await asyncio.to_thread(process.join, _STOP_SECONDS)
        if process.is_alive():
            process.kill()
