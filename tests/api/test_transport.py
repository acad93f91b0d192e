"""Faults of connections and HTTP: each has its error, and no request is repeated."""

import asyncio
from collections.abc import Iterator
import gzip
import socket
import tracemalloc
from typing import override

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.smm_panel.api import (
    HttpLimits,
    HttpTransport,
    PanelClient,
    PanelConnectionError,
    PanelError,
    PanelRedirectError,
    PanelResponseError,
    PanelUnreachableError,
)
from tests.api.conftest import KEY
from tests.helpers.api_calls import OPERATIONS, Call, every_call, failure_of
from tests.helpers.busy_machine import time_out
from tests.helpers.loopback import STALLED_BODY, STALLED_HEAD, TRICKLE, LoopbackServer, Reply

SMALL = HttpLimits(size=1000, size_services=1000)


def _chain(err: BaseException | None) -> Iterator[BaseException]:
    """Go through an error and everything it carries along."""
    while err is not None:
        yield err
        err = err.__cause__ or err.__context__


@every_call
@pytest.mark.parametrize(
    "reply", [STALLED_HEAD, STALLED_BODY, TRICKLE], ids=["head", "body", "trickle"]
)
async def test_stall(server: LoopbackServer, client: PanelClient, call: Call, reply: Reply) -> None:
    """The time-out must cover the body too, or one panel holds up a poll for ever."""
    server.will_answer(reply)
    request = asyncio.create_task(failure_of(call, client))

    failure = (await time_out(request, lambda: bool(server.forms))).result()

    assert type(failure) is PanelConnectionError
    assert str(failure).endswith("TimeoutError")
    assert len(server.forms) == 1


async def test_services_may_take_longer(server: LoopbackServer, session: ClientSession) -> None:
    """Large catalogues take longer than any other answer."""
    limits = HttpLimits(read=0.2, read_services=100)
    client = PanelClient(HttpTransport(session, url=server.url, api_key=KEY, limits=limits))
    server.will_answer(STALLED_BODY)

    async with asyncio.timeout(100):
        with pytest.raises(PanelConnectionError):
            await client.balance()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await client.services()


@pytest.mark.parametrize("limits", [SMALL])
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply.json([" " * 2000]), id="announced"),
        pytest.param(
            Reply(
                raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"7d0\r\n" + b" " * 2000 + b"\r\n",
                stalls=True,
            ),
            id="in chunks",
        ),
        pytest.param(
            Reply(body=gzip.compress(b" " * 1_000_000), headers={"Content-Encoding": "gzip"}),
            id="unpacked",
        ),
    ],
)
async def test_too_large(server: LoopbackServer, client: PanelClient, reply: Reply) -> None:
    """An endless answer must not fill the memory."""
    server.will_answer(reply)

    with pytest.raises(PanelResponseError, match="larger than 1000 bytes"):
        await client.services()


async def test_announced_size(server: LoopbackServer, client: PanelClient) -> None:
    """Fifty megabytes must not be fetched to find out that they are too many."""
    server.will_answer(
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n", stalls=True)
    )

    async with asyncio.timeout(30):
        with pytest.raises(PanelResponseError, match="larger than 16777216 bytes"):
            await client.services()


@pytest.mark.parametrize("layers", [1, 2])
async def test_bomb(server: LoopbackServer, client: PanelClient, layers: int) -> None:
    """A few kilobytes that unpack to a hundred megabytes must not fill the memory."""
    body = gzip.compress(b"[" + b" " * 100_000_000)
    if layers == 2:
        body = gzip.compress(body)
    encoding = ", ".join(["gzip"] * layers)
    server.will_answer(Reply(body=body, headers={"Content-Encoding": encoding}))
    tracemalloc.start()

    try:
        with pytest.raises(PanelError):
            await client.balance()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 20_000_000


@every_call
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect(
    server: LoopbackServer, client: PanelClient, call: Call, status: int
) -> None:
    """Followed, a redirect turns the order into a GET or takes the key to another host."""
    location = f"http://u:{KEY}@www.panel.example/api/v2?key={KEY}#x"
    server.will_answer(Reply(status=status, headers={"Location": location}))

    failure = await failure_of(call, client)

    assert isinstance(failure, PanelRedirectError)
    assert failure.location == "http://www.panel.example/api/v2"
    assert failure.location in str(failure)
    assert len(server.forms) == 1


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/v3/api", "{origin}/v3/api"),
        (f"/{KEY}/api", "{origin}/**REDACTED**/api"),
        ("http://[", "an address that cannot be read"),
        ("javascript:alert(1)", "an address that cannot be read"),
    ],
)
async def test_odd_redirect(
    server: LoopbackServer, client: PanelClient, location: str, shown: str
) -> None:
    """Whatever stands in Location, the error stays ours and holds no key."""
    server.will_answer(Reply(status=301, headers={"Location": location}))

    with pytest.raises(PanelRedirectError) as caught:
        await client.balance()

    assert caught.value.location == shown.format(origin=server.url.removesuffix("/api/v2"))


async def test_redirect_status_without_address(server: LoopbackServer, client: PanelClient) -> None:
    """Without an address there is nothing to name: an answer like any other."""
    server.will_answer(Reply(status=301, body=b"moved"))

    with pytest.raises(PanelResponseError, match="HTTP 301"):
        await client.balance()


class _NoNames(AbstractResolver):
    """A name server that knows nobody."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(None, "no such name")

    @override
    async def close(self) -> None:
        """Nothing to close."""


@every_call
async def test_unknown_name(call: Call) -> None:
    """A name that does not resolve is a request that never left."""
    async with ClientSession(connector=TCPConnector(resolver=_NoNames())) as session:
        client = PanelClient(
            HttpTransport(session, url="https://panel.example/api/v2", api_key=KEY)
        )
        assert isinstance(await failure_of(call, client), PanelUnreachableError)


@every_call
async def test_nobody_listens(server: LoopbackServer, client: PanelClient, call: Call) -> None:
    """A refused connection means that nothing was ordered."""
    await server.__aexit__()

    assert isinstance(await failure_of(call, client), PanelUnreachableError)


@every_call
async def test_no_tls(server: LoopbackServer, session: ClientSession, call: Call) -> None:
    """Without TLS the key was not sent; a handshake that stalls ends at the connect limit."""
    url = server.url.replace("http:", "https:")
    client = PanelClient(
        HttpTransport(session, url=url, api_key=KEY, limits=HttpLimits(connect=0.1))
    )

    assert isinstance(await failure_of(call, client), PanelUnreachableError)
    assert server.forms == []


async def test_closed_session(
    server: LoopbackServer, session: ClientSession, client: PanelClient
) -> None:
    """At shutdown a last poll must not end in a RuntimeError."""
    await session.close()

    with pytest.raises(PanelUnreachableError):
        await client.balance()


async def test_each_request_has_its_own_connection(
    server: LoopbackServer, client: PanelClient
) -> None:
    """On a kept connection that the panel closed, an operation would end as unknown for nothing."""
    server.will_answer(Reply.json({"balance": "1"}), Reply.json({"order": 2}))

    await client.balance()
    await OPERATIONS["add"](client)

    assert server.connections == 2
    assert all("Connection: close" in head for head in server.heads)


@pytest.mark.parametrize("method", ["refill", "cancel"])
async def test_an_operation_uses_no_connection_that_reads_have_kept(
    server: LoopbackServer, method: str
) -> None:
    """It may be closed by then, and the outcome of the operation would be unknown."""
    server.will_answer(Reply.json({"error": "Incorrect order ID"}))
    async with ClientSession() as session:
        transport = HttpTransport(session, url=server.url, api_key=KEY)
        for _ in range(2):
            await transport.post({"action": "status", "order": "1"}, more=True)
        assert server.connections == 1

        await getattr(PanelClient(transport), method)(["1"])

    assert server.connections == 2


@every_call
@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"error": f"Bad key {KEY} given"}),
        Reply.json({"error": f"Strange: {KEY}"}, status=500),
        Reply(body=f"<html>{KEY}".encode()),
        Reply(raw=f"{KEY}\r\n\r\n".encode()),
        Reply(raw=f"HTTP/1.1 {KEY} {KEY}\r\n{KEY}\r\n\r\n".encode()),
        Reply(status=302, headers={"Location": f"https://example.com/{KEY}"}),
        Reply(status=429, headers={"Retry-After": KEY}, body=KEY.encode()),
    ],
    ids=["error", "server error", "page", "no HTTP", "status line", "redirect", "header"],
)
async def test_key_stays_secret(
    server: LoopbackServer,
    client: PanelClient,
    transport: HttpTransport,
    call: Call,
    reply: Reply,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Panels echo the key; errors end in logs, notifications and bug reports."""
    caplog.set_level("DEBUG")
    server.will_answer(reply)

    try:
        texts = [str(await call(client))]
    except PanelError as err:
        texts = [f"{one!r} {one} {one.args}" for one in _chain(err)]

    assert server.forms[0]["key"] == KEY
    assert KEY not in "".join([*texts, caplog.text, repr(transport), repr(client)])


async def test_headers_are_redacted(server: LoopbackServer, transport: HttpTransport) -> None:
    """Headers come back from the panel like everything else."""
    server.will_answer(Reply(headers={"X-Echo": KEY}))

    answer = await transport.post({"action": "balance"})

    assert answer.headers["X-Echo"] == "**REDACTED**"


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf {"balance": "1"} \r\n',
        b'\xef\xbb\xbf\xef\xbb\xbf{"balance": 1}',
        '{"balance": 1}'.encode("utf-16"),
        b'{"balance": "1", "note": "\xe9"}',
    ],
    ids=["BOM", "two BOMs", "UTF-16", "Latin-1"],
)
async def test_encodings(server: LoopbackServer, client: PanelClient, body: bytes) -> None:
    """An editor's BOM or an old character set must not cut off an account."""
    server.will_answer(Reply(body=body))

    assert getattr(await client.balance(), "amount", None) == 1


@pytest.mark.parametrize("charset", ["zip", "utf-16", "punycode", "windows-9999"])
async def test_false_charset(server: LoopbackServer, client: PanelClient, charset: str) -> None:
    """A character set that is none, or not the one of the answer, must not spoil it."""
    server.will_answer(
        Reply(
            body=b'{"balance": "1", "xxx": "\xe9"}',
            headers={"Content-Type": f"a/b; charset={charset}"},
        )
    )

    assert getattr(await client.balance(), "amount", None) == 1
