"""The process of a subject: runs its tasks on request, and measures them.

A request is a line of JSON with a task and its arguments; the answer is a line of JSON, too.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
import json
import os
from pathlib import Path
from socket import socket
import traceback
from typing import Any, Final, Protocol

from .floor import Floor
from .home import AdvancingLoop
from .integration import Integration
from .meter import measure, profiled
from .rest import RestCommand, RestPerHundred, RestPerOrder
from .subjects import FLOOR, REST_COMMAND, REST_PER_100, REST_PER_ORDER, SMM_PANEL, Tasks


class Subject(Protocol):
    """What is measured."""

    @property
    def tasks(self) -> Tasks:
        """The tasks of the subject by name."""


SUBJECTS: Final[dict[str, Callable[[Path, str, bool], Subject]]] = {
    SMM_PANEL: Integration,
    REST_PER_ORDER: RestPerOrder,
    REST_PER_100: RestPerHundred,
    REST_COMMAND: RestCommand,
    FLOOR: Floor,
}


def serve(name: str, folder: Path, url: str, recorder: bool, connection: socket) -> None:  # noqa: FBT001  # as subject_process.py passes them
    """Serve until the connection is closed; the output goes to a log in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "subject.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    with asyncio.Runner(loop_factory=AdvancingLoop) as runner:
        runner.run(_serve(SUBJECTS[name](folder, url, recorder), connection))
    # Threads of Home Assistant may still run.
    os._exit(0)


async def _serve(subject: Subject, connection: socket) -> None:
    reader, writer = await asyncio.open_connection(sock=connection)
    while line := await reader.readline():
        try:
            answer = await _answer(subject, json.loads(line))
        except Exception:  # noqa: BLE001  # the bench raises it
            answer = {"error": traceback.format_exc()}
        writer.write(f"{json.dumps(answer)}\n".encode())
        await writer.drain()


async def _answer(subject: Subject, request: Mapping[str, Any]) -> dict[str, Any]:
    work = partial(subject.tasks[request["task"]], **request["arguments"])
    if request["profile"]:
        return {"result": await profiled(work)}
    if request["heartbeat"] is None:
        return {"result": await work()}
    result, cost = await measure(work, heartbeat=request["heartbeat"])
    return {"result": result, "cost": asdict(cost)}
