"""The panel over real HTTP, and its faults."""

import asyncio
from collections.abc import AsyncIterator, Mapping
import json
from typing import Any

from aiohttp import ClientPayloadError, ClientSession, ClientTimeout, ServerDisconnectedError
import pytest

from custom_components.smm_panel.simulator import SimulatedAnswer
from custom_components.smm_panel.simulator.faults import Cut, Delay, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.busy_machine import time_out
from tests.helpers.simulated_orders import FIELDS, Panel, make_panel

pytestmark = pytest.mark.usefixtures("socket_enabled")

KEY = "server-test-key"
ADD = {"action": "add", "service": "101"} | FIELDS["Default"]


@pytest.fixture
def panel() -> Panel:
    """Panel behind the server."""
    return make_panel(api_key=KEY)


@pytest.fixture
async def server(panel: Panel) -> AsyncIterator[PanelServer]:
    """Server of the panel."""
    async with PanelServer(panel) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Client session."""
    async with ClientSession() as session:
        yield session


class Answer:
    """What came back: status, headers and body."""

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status = status
        self.headers = headers
        self.text = text

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever JSON there is
        """Body, parsed."""
        return json.loads(self.text)


class NoticingPanel:
    """A panel that signals a request."""

    def __init__(self, panel: Panel) -> None:
        self.requested = asyncio.Event()
        self._panel = panel

    def handle(self, form: Mapping[str, str]) -> SimulatedAnswer:
        self.requested.set()
        return self._panel.handle(form)


async def post(
    server: PanelServer, session: ClientSession, form: dict[str, str], *, seconds: float = 10
) -> Answer:
    """Send a form the way a client does."""
    async with session.post(
        server.url,
        data={"key": KEY, **form},
        allow_redirects=False,
        timeout=ClientTimeout(total=seconds),
    ) as response:
        return Answer(response.status, dict(response.headers), await response.text())


async def test_answers_over_http(server: PanelServer, session: ClientSession, panel: Panel) -> None:
    """What the panel says must arrive as it is, as JSON."""
    answer = await post(server, session, {"action": "services"})

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.text == panel.handle({"key": KEY, "action": "services"}).text


async def test_only_post(server: PanelServer, session: ClientSession) -> None:
    """The document has one method; a client that sends the key in an address must fail."""
    async with session.get(server.url, params={"key": KEY, "action": "balance"}) as response:
        assert response.status == 405
    assert server.count() == 0


async def test_listens_on_loopback_only(server: PanelServer) -> None:
    """A practice panel must not be offered to the network."""
    assert server.url.startswith("http://127.0.0.1:")
    assert server.url.endswith("/api/v2")


async def test_same_port_again(session: ClientSession, panel: Panel) -> None:
    """A panel that goes away must be able to come back where it was."""
    async with PanelServer(panel) as first:
        url = first.url
    async with PanelServer(panel, port=int(url.split(":")[2].split("/")[0])) as second:
        assert second.url == url
        assert (await post(second, session, {"action": "balance"})).status == 200


async def test_requests_are_counted_and_kept_without_the_key(
    server: PanelServer, session: ClientSession
) -> None:
    """Tests count what a client sent; none of it may hold the key."""
    await post(server, session, ADD)
    await post(server, session, {"action": "balance"})
    await post(server, session, {"action": "balance"})

    assert (server.count(), server.count("add"), server.count("balance")) == (3, 1, 2)
    assert server.count("cancel") == 0
    assert server.requests[0].action == "add"
    assert server.requests[0].form == ADD
    assert KEY not in repr(server.requests)


async def test_drop_before(server: PanelServer, session: ClientSession, panel: Panel) -> None:
    """The client hears nothing and nothing has happened."""
    server.faults.add(Drop())

    with pytest.raises(ServerDisconnectedError):
        await post(server, session, ADD)

    assert server.count("add") == 1
    assert panel.orders == {}


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Drop(accepted=True), ServerDisconnectedError), (Cut(), ClientPayloadError)],
)
async def test_accepted_but_not_answered(
    server: PanelServer,
    session: ClientSession,
    panel: Panel,
    fault: Fault,
    error: type[Exception],
) -> None:
    """The client hears nothing of use, and the order is placed: the fault that doubles orders."""
    server.faults.add(fault)

    with pytest.raises(error):
        await post(server, session, ADD)

    assert list(panel.orders) == [23501]


async def test_short_delay(server: PanelServer, session: ClientSession, panel: Panel) -> None:
    """A late answer is still the right one, and the panel acts once."""
    server.faults.add(Delay(seconds=0.01))
    server.faults.add(Delay(seconds=0.01, accepted=True))

    for order in (23501, 23502):
        link = f"https://example.com/{order}"
        assert (await post(server, session, ADD | {"link": link})).json == {"order": order}
    assert len(panel.orders) == 2


@pytest.mark.parametrize(("accepted", "orders"), [(False, []), (True, [23501])])
async def test_long_delay(
    session: ClientSession,
    panel: Panel,
    accepted: bool,  # noqa: FBT001  # pytest passes it by name
    orders: list[int],
) -> None:
    """After a time-out the order is placed or never will be; the server need not be waited for."""
    async with asyncio.timeout(100):
        async with PanelServer(panel) as server:
            server.faults.add(Delay(seconds=3600, accepted=accepted))
            waiting = asyncio.create_task(post(server, session, ADD, seconds=10))
            await time_out(waiting, lambda: server.count("add") == 1, seconds=15)
            assert isinstance(waiting.exception(), TimeoutError)

    assert list(panel.orders) == orders


async def test_end_during_a_delay(session: ClientSession, panel: Panel) -> None:
    """A panel that is switched off while a client waits goes at once."""
    noticing = NoticingPanel(panel)
    async with asyncio.timeout(10):
        async with PanelServer(noticing) as server:
            server.faults.add(Delay(seconds=3600, accepted=True))
            waiting = asyncio.create_task(post(server, session, ADD))
            await noticing.requested.wait()
        with pytest.raises(ServerDisconnectedError):
            await waiting


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (Reply(status=500), 500, ""),
        (Reply(text='{"nope": 1}'), 200, '{"nope": 1}'),
        (Reply(text="[]", accepted=True), 200, "[]"),
        (Reply.html(status=502), 502, "<!DOCTYPE html>"),
        (Reply.html(accepted=True), 200, "<!DOCTYPE html>"),
        (Reply.redirect("https://elsewhere.example/api/v2"), 302, ""),
        (Reply.too_many_requests(retry_after=7), 429, '{"error": "Rate limit exceeded"}'),
    ],
)
async def test_other_answers(
    server: PanelServer,
    session: ClientSession,
    panel: Panel,
    fault: Reply,
    status: int,
    text: str,
) -> None:
    """Each fault sends what it says, and the panel has acted only where it says so."""
    server.faults.add(fault)

    answer = await post(server, session, ADD)

    assert answer.status == status
    assert answer.text.startswith(text)
    assert answer.headers["Content-Type"].startswith(fault.content_type)
    assert answer.headers.items() >= fault.headers.items()
    assert list(panel.orders) == ([23501] if fault.accepted else [])


def test_headers_of_faults() -> None:
    """A redirect without an address or a limit without a time would test nothing."""
    assert Reply.redirect("https://elsewhere.example").headers == {
        "Location": "https://elsewhere.example"
    }
    assert Reply.too_many_requests(retry_after=7).headers == {"Retry-After": "7"}


async def test_oversized(server: PanelServer, session: ClientSession) -> None:
    """The body is valid JSON of exactly the size requested."""
    server.faults.add(Reply.oversized(3_000_000))

    answer = await post(server, session, {"action": "services"})

    assert len(answer.text) == 3_000_000
    assert answer.json.strip("x") == ""


async def test_script(server: PanelServer, session: ClientSession) -> None:
    """A fault meets its own action only, in the order queued, as often as requested."""
    server.faults.add(Reply(status=501), action="add")
    server.faults.add(Reply(status=502), action="balance", times=2)
    server.faults.add(Reply(status=503), times=None)

    async def status(action: str) -> int:
        return (await post(server, session, {"action": action})).status

    assert [await status("balance") for _ in range(3)] == [502, 502, 503]
    assert [await status("add") for _ in range(2)] == [501, 503]
    assert [await status("services") for _ in range(5)] == [503] * 5
    assert len(server.faults) == 1

    server.faults.clear()
    assert await status("balance") == 200
