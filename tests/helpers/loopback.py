"""A web server on loopback with prepared answers that records its requests."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl

FIXTURES = Path(__file__).parents[1] / "fixtures"


def fixture(name: str) -> str:
    """Read an example of the API document, verbatim."""
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer, whole or broken."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Sent instead of all the above; the connection is closed after it."""
    stalls: bool = False
    """Whether the rest never comes after what is there."""
    trickles: bool = False
    """Whether blanks follow, one by one, for ever."""

    @classmethod
    def json(
        cls, data: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Self:
        """Answer with JSON, as most panels do: labelled as a page."""
        body = data if isinstance(data, str) else json.dumps(data)
        return cls(body=body.encode(), status=status, headers=headers or {})


CUT = Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"order": 23')
DROPPED = Reply(raw=b"")
HTML = Reply(body=b"<html><title>Just a moment...</title></html>")
STALLED_HEAD = Reply(raw=b"", stalls=True)
TRICKLE = Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"or', trickles=True)
STALLED_BODY = Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"or', stalls=True)


class LoopbackServer:
    """Gives one reply for each request; the last one is repeated."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.heads: list[str] = []
        self.connections = 0
        self._replies: list[Reply] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def will_answer(self, *replies: Reply) -> None:
        """Set the replies to come."""
        self._replies = list(replies)

    @property
    def url(self) -> str:
        """Where the server is."""
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}/api/v2"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.forms.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        closes = headers.get("connection") == "close"
        writer.write(_bytes(reply, closes=closes) if reply.raw is None else reply.raw)
        await writer.drain()
        while reply.trickles:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)
        if reply.stalls:
            await asyncio.Event().wait()
        return reply.raw is None and not closes


def _bytes(reply: Reply, *, closes: bool) -> bytes:
    headers = {
        "Content-Type": "text/html",
        "Content-Length": str(len(reply.body)),
        "Connection": "close" if closes else "keep-alive",
        **reply.headers,
    }
    lines = [f"HTTP/1.1 {reply.status} Any", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body
