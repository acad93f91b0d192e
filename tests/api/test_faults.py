"""What goes wrong on the way: each fault has its error, and no request is repeated."""

import asyncio
from collections.abc import Iterator, Mapping
import gzip
import socket
import tracemalloc
from typing import Any, override

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.smm_panel.api import (
    Answer,
    ErrorKind,
    HttpLimits,
    HttpTransport,
    ItemError,
    Outcome,
    PanelAuthError,
    PanelClient,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRedirectError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnreachableError,
)
from tests.api.calls import CALLS, READS, WRITES, Call
from tests.api.conftest import KEY
from tests.api.loopback import (
    CUT,
    DROPPED,
    HTML,
    STALLED_BODY,
    STALLED_HEAD,
    TRICKLE,
    LoopbackServer,
    Reply,
)
from tests.busy_machine import time_out

SMALL = HttpLimits(size=1000, size_services=1000)

every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
every_read = pytest.mark.parametrize("call", READS.values(), ids=READS.keys())
every_write = pytest.mark.parametrize("call", WRITES.values(), ids=WRITES.keys())


def _chain(err: BaseException | None) -> Iterator[BaseException]:
    """Go through an error and everything it carries along."""
    while err is not None:
        yield err
        err = err.__cause__ or err.__context__


async def _failure(call: Call, client: PanelClient) -> PanelError:
    with pytest.raises(PanelError) as caught:
        await call(client)
    return caught.value


@every_call
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(HTML, PanelResponseError, id="a bot check"),
        pytest.param(Reply(body=b""), PanelResponseError, id="nothing"),
        pytest.param(Reply(status=502, body=b"Bad gateway"), PanelResponseError, id="502"),
        pytest.param(Reply(status=500, body=b"<html>"), PanelResponseError, id="500"),
        pytest.param(Reply(status=403, body=b"Forbidden"), PanelResponseError, id="403"),
        pytest.param(Reply.json("null"), PanelResponseError, id="null"),
        pytest.param(Reply.json("17"), PanelResponseError, id="a number"),
        pytest.param(Reply.json({"nope": 1}), PanelResponseError, id="wrong shape"),
        pytest.param(Reply.json("[" * 100_000), PanelResponseError, id="too deep"),
        pytest.param(
            Reply(body=b"Notice: x in y.php\n" + b'{"order":1}'), PanelResponseError, id="notice"
        ),
        pytest.param(Reply(status=429), PanelRateLimitError, id="empty 429"),
        pytest.param(Reply.json({"error": "Invalid API key"}), PanelAuthError, id="wrong key"),
        pytest.param(CUT, PanelConnectionError, id="cut body"),
        pytest.param(DROPPED, PanelConnectionError, id="dropped"),
        pytest.param(Reply(raw=b"no http at all\r\n\r\n"), PanelConnectionError, id="no HTTP"),
        pytest.param(
            Reply(body=b"{}", headers={"Content-Encoding": "gzip"}),
            PanelConnectionError,
            id="not gzip",
        ),
    ],
)
async def test_fault(
    server: LoopbackServer, client: PanelClient, call: Call, reply: Reply, error: type[PanelError]
) -> None:
    """A foreign error would be a traceback at each poll; a repeated write a second order."""
    server.will_answer(reply)

    failure = await _failure(call, client)

    assert isinstance(failure, error)
    assert not isinstance(failure, PanelUnreachableError)
    assert len(server.forms) == 1


@every_call
@pytest.mark.parametrize(
    "reply", [STALLED_HEAD, STALLED_BODY, TRICKLE], ids=["head", "body", "trickle"]
)
async def test_stall(server: LoopbackServer, client: PanelClient, call: Call, reply: Reply) -> None:
    """The time-out must cover the body too, or one panel holds up a poll for ever."""
    server.will_answer(reply)
    request = asyncio.create_task(_failure(call, client))

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

    failure = await _failure(call, client)

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


@every_write
@pytest.mark.parametrize(
    "text",
    ["Unknown error", "order could not be created", "MAINTENANCE_MODE", "Service Unavailable"],
)
async def test_server_error_leaves_a_write_unknown(
    server: LoopbackServer, client: PanelClient, call: Call, text: str
) -> None:
    """Taking such an answer for a refusal makes people order, and pay, twice."""
    server.will_answer(Reply.json({"error": text}, status=503))

    failure = await _failure(call, client)

    assert isinstance(failure, PanelResponseError)
    assert text in str(failure)


async def test_server_error_with_a_clear_refusal(
    server: LoopbackServer, client: PanelClient
) -> None:
    """Some scripts answer 500 to everything; lack of funds is a refusal all the same."""
    server.will_answer(Reply.json({"error": "Not enough funds on balance"}, status=500))

    with pytest.raises(PanelRejectedError) as caught:
        await WRITES["add"](client)

    assert caught.value.kind is ErrorKind.NOT_ENOUGH_FUNDS


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (200, "Unknown error", ErrorKind.OTHER),
        (401, "Kein Zugang", ErrorKind.AUTH),
        (402, "Zu arm", ErrorKind.NOT_ENOUGH_FUNDS),
        (404, "Unknown panel", ErrorKind.OTHER),
        (422, "Bad link", ErrorKind.BAD_LINK),
        (429, "Langsamer bitte", ErrorKind.RATE_LIMITED),
        (429, "Bad link", ErrorKind.BAD_LINK),
    ],
)
async def test_error_text_outranks_status(
    server: LoopbackServer, client: PanelClient, status: int, text: str, kind: ErrorKind
) -> None:
    """Panels use HTTP codes at will; the code only helps where the text says nothing."""
    server.will_answer(Reply.json({"error": text}, status=status))

    with pytest.raises(PanelRejectedError) as caught:
        await WRITES["add"](client)

    assert (caught.value.kind, caught.value.message) == (kind, text)


@every_read
async def test_maintenance(server: LoopbackServer, client: PanelClient, call: Call) -> None:
    """A read may say what is going on: nothing can be lost by it."""
    server.will_answer(Reply.json({"error": "Back at noon"}, status=503))

    failure = await _failure(call, client)

    assert isinstance(failure, PanelRejectedError)
    assert failure.kind is ErrorKind.MAINTENANCE


@every_read
@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"error": "Back at noon"}, status=503, headers={"Retry-After": "300"}),
        Reply(status=503, headers={"Retry-After": "300"}),
        Reply(status=503, body=b"<title>Down</title>", headers={"Retry-After": "300"}),
        Reply(body=b"<title>Maintenance</title>", headers={"Retry-After": "300"}),
        Reply.json({"status": "error", "msg": "Maintenance, try again in 5 minutes"}),
        Reply.json({"error": "MAINTENANCE_MODE", "retry_after": 300}),
    ],
)
async def test_how_long_maintenance_takes(
    server: LoopbackServer, client: PanelClient, call: Call, reply: Reply
) -> None:
    """A panel that names a time is not to be asked before it is over."""
    server.will_answer(reply)

    failure = await _failure(call, client)

    assert isinstance(failure, PanelRejectedError)
    assert (failure.kind, failure.retry_after) == (ErrorKind.MAINTENANCE, 300)


@every_write
@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=503, headers={"Retry-After": "300"}),
        Reply(body=b"<title>Maintenance</title>"),
        Reply(body=b"Rate limit exceeded"),
    ],
)
async def test_page_leaves_a_write_unknown(
    server: LoopbackServer, client: PanelClient, call: Call, reply: Reply
) -> None:
    """A page can come from a gateway behind which the panel went on."""
    server.will_answer(reply)

    assert isinstance(await _failure(call, client), PanelResponseError)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            b"<html><TITLE lang='en'> Just a\nmoment... </TITLE>",
            "The answer is not JSON: Just a moment... (HTTP 200)",
        ),
        (b"Forbidden", "The answer is not JSON: Forbidden (HTTP 200)"),
        (b"<html>", "The answer is not JSON (HTTP 200)"),
        (b"", "The answer is not JSON (HTTP 200)"),
    ],
)
async def test_page_is_named(
    server: LoopbackServer, client: PanelClient, body: bytes, text: str
) -> None:
    """The title of a bot check or a gateway's page is the best hint there is."""
    server.will_answer(Reply(body=body))

    with pytest.raises(PanelResponseError) as caught:
        await client.balance()

    assert str(caught.value) == text


async def test_success_with_an_odd_status(server: LoopbackServer, client: PanelClient) -> None:
    """An order id is an order, whatever the status beside it."""
    server.will_answer(Reply.json({"order": 5}, status=201), Reply.json({"order": 6}, status=500))

    assert getattr(await WRITES["add"](client), "order", None) == "5"
    assert getattr(await WRITES["add"](client), "order", None) == "6"


@pytest.mark.parametrize(
    "order", [0, None, "", "0", "error", "null", False, True, "-1", "try again", [], {}, "1,2"]
)
async def test_add_without_a_usable_id(
    server: LoopbackServer, client: PanelClient, order: object
) -> None:
    """Only an id is a placed order, and the lack of one no refusal."""
    server.will_answer(Reply.json({"order": order, "id": 7, "status": "success"}))

    with pytest.raises(PanelResponseError):
        await WRITES["add"](client)


@pytest.mark.parametrize("refill", [0, None, "", "error", False, "no refill yet"])
async def test_refill_without_a_usable_id(
    server: LoopbackServer, client: PanelClient, refill: object
) -> None:
    """For one order the whole answer is unreadable, among several its row."""
    server.will_answer(Reply.json({"refill": refill}))
    with pytest.raises(PanelResponseError):
        await client.refill(["1"])

    server.will_answer(Reply.json([{"order": 1, "refill": refill}, {"order": 2, "refill": 3}]))
    items = await client.refill(["1", "2"])
    assert isinstance(items["1"], ItemError)
    assert items["1"].outcome is Outcome.UNKNOWN
    assert items["2"] == "3"


@pytest.mark.parametrize("cancel", [0, None, "", False, "not now"])
async def test_cancel_that_is_not_confirmed(
    server: LoopbackServer, client: PanelClient, cancel: object
) -> None:
    """Only a panel that says so has taken the request."""
    server.will_answer(Reply.json([{"order": 1, "cancel": cancel}]))

    with pytest.raises(PanelResponseError):
        await client.cancel(["1"])


IDS = [str(number) for number in range(1, 302)]


def _taken(first: int, last: int) -> Reply:
    return Reply.json([{"order": n, "cancel": 1, "refill": n + 1000} for n in range(first, last)])


@pytest.mark.parametrize("method", ["refill", "cancel"])
@pytest.mark.parametrize(
    ("reply", "outcome", "kind"),
    [
        (DROPPED, Outcome.UNKNOWN, ErrorKind.OTHER),
        (HTML, Outcome.UNKNOWN, ErrorKind.OTHER),
        (Reply.json({"error": "Rate limit exceeded"}), Outcome.REFUSED, ErrorKind.RATE_LIMITED),
    ],
    ids=["dropped", "page", "refused"],
)
async def test_later_batch_of_a_write_fails(
    server: LoopbackServer,
    client: PanelClient,
    method: str,
    reply: Reply,
    outcome: Outcome,
    kind: ErrorKind,
) -> None:
    """What the panel took in the first batch must not be lost with the second."""
    server.will_answer(_taken(1, 101), reply)

    items: dict[str, Any] = await getattr(client, method)(IDS)

    assert len(server.forms) == 2
    assert list(items) == IDS
    assert not any(isinstance(items[id_], ItemError) for id_ in IDS[:100])
    assert {(items[id_].outcome, items[id_].kind) for id_ in IDS[100:200]} == {(outcome, kind)}
    assert {(items[id_].outcome, items[id_].kind) for id_ in IDS[200:]} == {
        (Outcome.NOT_SENT, kind)
    }


async def test_later_batch_of_a_write_cannot_be_sent(
    server: LoopbackServer, session: ClientSession, client: PanelClient
) -> None:
    """Orders that never reached the panel may be sent again; the user has to know."""

    class Closing(HttpTransport):
        @override
        async def post(self, form: Any, *, more: bool = False) -> Any:
            answer = await super().post(form)
            await session.close()
            return answer

    server.will_answer(_taken(1, 101))
    client = PanelClient(Closing(session, url=server.url, api_key=KEY))

    items = await client.cancel(IDS)

    assert items["100"] is None
    assert isinstance(items["101"], ItemError)
    assert items["101"].outcome is Outcome.NOT_SENT


@pytest.mark.parametrize("method", ["refill", "cancel"])
async def test_first_batch_of_a_write_fails(
    server: LoopbackServer, client: PanelClient, method: str
) -> None:
    """Nothing else was sent, so the call as a whole failed."""
    server.will_answer(DROPPED)

    with pytest.raises(PanelConnectionError):
        await getattr(client, method)(IDS)

    assert len(server.forms) == 1


@pytest.mark.parametrize("method", ["status", "refill_status"])
async def test_later_batch_of_a_read_fails(
    server: LoopbackServer, client: PanelClient, method: str
) -> None:
    """Half an answer would look like orders that are gone; asking again costs nothing."""
    rows = [{"order": n, "refill": n, "status": "Completed"} for n in range(1, 101)]
    server.will_answer(Reply.json(rows), HTML)

    with pytest.raises(PanelResponseError):
        await getattr(client, method)(IDS)

    assert len(server.forms) == 2


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
        assert isinstance(await _failure(call, client), PanelUnreachableError)


@every_call
async def test_nobody_listens(server: LoopbackServer, client: PanelClient, call: Call) -> None:
    """A refused connection means that nothing was ordered."""
    await server.__aexit__()

    assert isinstance(await _failure(call, client), PanelUnreachableError)


@every_call
async def test_no_tls(server: LoopbackServer, session: ClientSession, call: Call) -> None:
    """Without TLS the key was not sent; a handshake that stalls ends at the connect limit."""
    url = server.url.replace("http:", "https:")
    client = PanelClient(
        HttpTransport(session, url=url, api_key=KEY, limits=HttpLimits(connect=0.1))
    )

    assert isinstance(await _failure(call, client), PanelUnreachableError)
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
    """On a kept connection that the panel closed, a write ends as unknown for nothing."""
    server.will_answer(Reply.json({"balance": "1"}), Reply.json({"order": 2}))

    await client.balance()
    await WRITES["add"](client)

    assert server.connections == 2
    assert all("Connection: close" in head for head in server.heads)


@pytest.mark.parametrize("method", ["refill", "cancel"])
async def test_a_write_takes_no_connection_that_reads_have_kept(
    server: LoopbackServer, method: str
) -> None:
    """It may be closed by then, and whether the panel took the write would be unknown."""
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


class _Offline:
    """A transport whose line is dead."""

    async def post(self, form: Mapping[str, str], **_: bool) -> Answer:
        raise ConnectionResetError(f"line is dead at {form['action']}")


async def test_transport_of_another_kind() -> None:
    """A transport that knows nothing of our errors (the simulated panel) may lose an answer."""
    with pytest.raises(PanelConnectionError, match="ConnectionResetError: line is dead at balance"):
        await PanelClient(_Offline()).balance()


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [
        ({}, None),
        ({"Retry-After": "17"}, 17),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "99999999"}, 86_400),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "\u0664"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "30"}, 30),
        ({"X-RateLimit-Reset": "1000000000"}, 0),
        ({"X-RateLimit-Reset": "9999999999"}, 86_400),
        ({"X-RateLimit-Reset": "1500000000000"}, 0),
        ({"RateLimit-Reset": "30"}, 30),
        ({"Retry-After": "", "X-RateLimit-Reset": "30"}, 30),
        ({"Retry-After": "5", "X-RateLimit-Reset": "30"}, 5),
    ],
)
async def test_when_to_come_back(
    server: LoopbackServer,
    client: PanelClient,
    headers: dict[str, str],
    retry_after: float | None,
) -> None:
    """Asking too early lengthens a ban; a wrong number must not stop polling for ever."""
    server.will_answer(Reply(status=429, headers=headers))

    with pytest.raises(PanelRateLimitError) as caught:
        await client.balance()

    assert caught.value.retry_after == retry_after


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        ({"error": "Too many requests, try again in 30 seconds"}, 30),
        ({"error": "Rate limit exceeded. Please wait 2 minutes."}, 120),
        ({"error": "RATE_LIMIT: RETRY_AFTER_17"}, 17),
        ({"error": "Rate limit exceeded, retry in 1 hr"}, 3600),
        ({"error": "rate_limited", "message": "slow down", "retryAfter": 4}, 4),
        ({"error": "Rate limit exceeded. Max 60 requests per minute."}, None),
        ({"error": "Too many requests, wait, 60 requests are allowed"}, None),
        ({"error": "Rate limit exceeded, wait 99999999999 seconds"}, None),
        ({"error": "Rate limit exceeded, try again in 500 ms"}, None),
    ],
)
async def test_when_to_come_back_by_the_answer(
    server: LoopbackServer, client: PanelClient, answer: object, retry_after: float | None
) -> None:
    """Most panels send no headers, but tell people."""
    server.will_answer(Reply.json(answer))

    with pytest.raises(PanelRateLimitError) as caught:
        await client.balance()

    assert caught.value.retry_after == retry_after


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
