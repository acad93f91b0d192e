"""A subject's process, as the bench tells it what to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from multiprocessing import get_context
from pathlib import Path
from socket import socketpair
from typing import Any, Final

from .meter import Cost

# Each is forked from one process that has imported everything: importing takes seconds.
_PROCESSES: Final = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tools.bench.worker"])

_STOP_SECONDS = 60


class SubjectProcess:
    """Tells a subject what to do, and what it is to measure meanwhile."""

    def __init__(
        self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.name = name
        self._reader = reader
        self._writer = writer

    async def do(self, task: str, **arguments: Any) -> Any:  # noqa: ANN401  # what the task tells
        """Let it do a task; return what it tells. Raises RuntimeError with its traceback."""
        answer = await self._ask(task, arguments)
        return answer["told"]

    async def cost(self, task: str, *, heartbeat: bool, **arguments: Any) -> Cost:
        """Let it do a task; return what that cost. Raises as `do`."""
        answer = await self._ask(task, arguments, heartbeat=heartbeat)
        return Cost(**answer["cost"])

    async def profile(self, task: str, **arguments: Any) -> str:
        """Let it do a task; return where the time went. Raises as `do`."""
        answer = await self._ask(task, arguments, profile=True)
        text: str = answer["told"]
        return text

    async def _ask(
        self,
        task: str,
        arguments: dict[str, Any],
        *,
        heartbeat: bool | None = None,
        profile: bool = False,
    ) -> dict[str, Any]:
        asked = {"task": task, "arguments": arguments, "heartbeat": heartbeat, "profile": profile}
        self._writer.write(f"{json.dumps(asked)}\n".encode())
        line = await self._reader.readline()
        answer: dict[str, Any] = json.loads(line or '{"error": "It has ended; see its log"}')
        if "error" in answer:
            raise RuntimeError(f"{self.name} cannot {task}:\n{answer['error']}")
        return answer


def _serve(*arguments: Any) -> None:
    from .worker import serve  # noqa: PLC0415  # the bench itself can do without Home Assistant

    serve(*arguments)


@asynccontextmanager
async def running_subject(
    name: str, folder: Path, url: str, *, recorder: bool = False
) -> AsyncIterator[SubjectProcess]:
    """Run a subject on a folder, which may have been another's before: started and waiting."""
    ours, its = socketpair()
    options = (name, folder, url, recorder, its)
    process = _PROCESSES.Process(target=_serve, args=options, daemon=True)
    process.start()
    its.close()
    reader, writer = await asyncio.open_connection(sock=ours)
    subject = SubjectProcess(name, reader, writer)
    try:
        await subject.do("start")
        yield subject
        await subject.do("stop")
    finally:
        # It serves until the connection ends.
        writer.close()
        await asyncio.to_thread(process.join, _STOP_SECONDS)
        if process.is_alive():
            process.kill()
