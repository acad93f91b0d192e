"""The simulated panel over HTTP, on the loopback interface only."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from aiohttp import web

from .faults import Cut, Delay, Drop, Fault, FaultScript, Reply
from .protocol import SimulatedAnswer

HOST: Final = "127.0.0.1"
PATH: Final = "/api/v2"

SHUTDOWN_SECONDS: Final = 0.1
"""For requests under way when the server ends; aiohttp would wait without limit for 0."""

MOST_REMEMBERED: Final = 10_000
"""Requests. A server started manually may run for days."""


class Panel(Protocol):
    """Anything that the server can serve."""

    def handle(self, form: Mapping[str, str]) -> SimulatedAnswer:
        """Answer one request."""


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as it was received, with the form without the key."""

    action: str
    form: Mapping[str, str]


def create_app(
    panel: Panel, *, faults: FaultScript, received: Callable[[ReceivedRequest], None]
) -> web.Application:
    """Return the application that answers POST forms at /api/v2, and other methods with 405."""

    async def post(request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        form = {name: text for name, text in fields.items() if isinstance(text, str)}
        action = form.get("action", "")
        shown = {name: text for name, text in form.items() if name != "key"}
        received(ReceivedRequest(action, shown))
        if fault := faults.use(action):
            return await _answer_badly(fault, request, lambda: panel.handle(form))
        return _response(panel.handle(form))

    app = web.Application()
    app.router.add_post(PATH, post)
    return app


class PanelServer:
    """Serve a panel on 127.0.0.1 for as long as the context lasts.

    ```python
    async with PanelServer(panel) as server:
        server.faults.add(Drop(accepted=True), action="add")
        ...  # a client at server.url
        assert server.count("add") == 1
    ```
    """

    def __init__(self, panel: Panel, *, port: int = 0) -> None:
        """Port 0 selects a free one."""
        self.faults = FaultScript()
        self.requests: deque[ReceivedRequest] = deque(maxlen=MOST_REMEMBERED)
        self._counts: Counter[str] = Counter()
        self._port = port
        app = create_app(panel, faults=self.faults, received=self._received)
        # A request must not be processed if the client closes the connection during a Delay, and
        # a waiting Delay must not block the end of a test.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
        )

    @property
    def url(self) -> str:
        """Address of the panel."""
        return f"http://{HOST}:{self._port}{PATH}"

    def count(self, action: str | None = None) -> int:
        """Return the number of requests received, of one action or of all."""
        return self._counts.total() if action is None else self._counts[action]

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def _received(self, request: ReceivedRequest) -> None:
        self.requests.append(request)
        self._counts[request.action] += 1


def _response(answer: SimulatedAnswer) -> web.Response:
    return web.Response(status=answer.status, text=answer.text, headers=answer.headers)


async def _answer_badly(
    fault: Fault, request: web.Request, handle: Callable[[], SimulatedAnswer]
) -> web.StreamResponse:
    match fault:
        case Delay(seconds=seconds, accepted=accepted):
            early = handle() if accepted else None
            await asyncio.sleep(seconds)
            return _response(early or handle())
        case Cut():
            return await _cut(request, handle())
        case Drop(accepted=accepted):
            if accepted:
                handle()
            _hang_up(request)
            return web.Response()  # goes nowhere
        case Reply(accepted=accepted):
            if accepted:
                handle()
            return web.Response(
                status=fault.status,
                text=fault.text,
                content_type=fault.content_type,
                headers=fault.headers,
            )


async def _cut(request: web.Request, answer: SimulatedAnswer) -> web.StreamResponse:
    body = answer.text.encode()
    response = web.StreamResponse(headers=answer.headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _hang_up(request)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
