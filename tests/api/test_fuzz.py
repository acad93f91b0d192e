"""Whatever a panel sends, nothing but PanelError leaves the client."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
import json
import re
from typing import Any

from aiohttp import ClientSession
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.smm_panel.api import (
    Balance,
    HttpTransport,
    InvalidOrderError,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderRequest,
    PanelClient,
    PanelError,
    PanelRateLimitError,
    PlacedOrder,
    RefillStatus,
    Service,
)
from custom_components.smm_panel.api.answers.values import read_count, read_money
from custom_components.smm_panel.api.sanitize import TEXT_LIMIT, one_line
from tests.api.conftest import KEY
from tests.helpers.api_calls import CALLS
from tests.helpers.fake_transport import FakeAnswer, FakeTransport, client_answered
from tests.helpers.loopback import LoopbackServer, Reply
from tests.wire.cases import Case, load_cases

KEYS = st.sampled_from(
    [
        *("1", "2", "order", "orders", "order_id", "refill", "refills", "cancel", "canceled", "id"),
        *("status", "error", "errors", "message", "success", "data", "result", "services"),
        *("service", "name", "rate", "min", "max", "type", "refill_id", "balance", "currency"),
        *("charge", "start_count", "remains", "posts", "runs", "expiry", "Status", ""),
    ]
) | st.text(max_size=5)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(
        [
            *("1", "2", "0", "-1", "1,234.5", "1e9999", "NaN", "Completed", "Active", "success"),
            *("error", "Bad link", "Invalid API key", "2030-01-02", "31/31/2030", "\ud800", "٣"),
        ]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
STATUSES = st.sampled_from([200, 201, 301, 400, 401, 402, 404, 422, 429, 500, 503])
# The fixture only lets the test open sockets, so one for all examples does.
over_http = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
every_call = pytest.mark.parametrize("name", sorted(CALLS))


def _check(result: object) -> None:
    """Hold a result against what the models promise."""
    match result:
        case dict():
            assert list(result) == ["1", "2"][: len(result)]
            for item in result.values():
                _check(item)
        case tuple():
            for row in result:
                _check(row)
        case Balance(amount=amount):
            assert amount.is_finite()
        case Service(id=id_, name=name, rate=rate):
            assert id_.strip() == id_ != ""
            assert name != ""
            assert rate.is_finite()
            assert rate >= 0
        case OrderReport(status_text=text, charge=charge, remains=remains, expiry=expiry):
            assert text != ""
            assert isinstance(charge, Decimal | None)
            assert isinstance(remains, int | None)
            assert isinstance(expiry, date | None)
        case PlacedOrder(order=id_) | ListedOrder(order=id_):
            assert id_ not in {"", "0"}
        case str():
            assert result not in {"", "0"}
        case _:
            assert isinstance(result, ItemError | RefillStatus | None)
    json.dumps(str(result)).encode()


async def _call(name: str, text: str, status: int) -> None:
    with suppress(PanelError):
        _check(await CALLS[name](client_answered(text, status)))


@every_call
@given(data=JSON, status=STATUSES)
async def test_any_json(name: str, data: object, status: int) -> None:
    """A shape nobody thought of must not end in a traceback or in a value that is none."""
    await _call(name, json.dumps(data), status)


@every_call
@given(
    rows=st.lists(st.dictionaries(KEYS, SCALARS, max_size=8), max_size=3),
    wrapper=st.none() | KEYS,
    by_id=st.booleans(),
)
async def test_any_rows(
    name: str, rows: list[dict[str, Any]], wrapper: str | None, *, by_id: bool
) -> None:
    """Nearly right answers reach further into the readers than any other."""
    data: Any = {str(number): row for number, row in enumerate(rows, 1)} if by_id else rows
    await _call(name, json.dumps(data if wrapper is None else {wrapper: data}), 200)


@every_call
@given(text=st.text(), status=STATUSES)
async def test_any_text(name: str, text: str, status: int) -> None:
    """Most faults are not JSON at all."""
    await _call(name, text, status)


@every_call
@given(case=st.sampled_from(load_cases()), data=st.data())
async def test_damaged_answers(name: str, case: Case, data: st.DataObject) -> None:
    """Real answers, given to the wrong action or with a part exchanged, are next to right."""
    start = data.draw(st.integers(0, len(case.body)))
    end = data.draw(st.integers(start, min(len(case.body), start + 10)))
    middle = data.draw(st.text(max_size=5) | SCALARS.map(json.dumps))
    await _call(name, case.body[:start] + middle + case.body[end:], case.http_status or 200)


HEADER_VALUES = st.text(max_size=20) | st.sampled_from(
    ["1e9999", "-5", "9" * 400, "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 GMT"]
)


@given(
    name=st.sampled_from(["Retry-After", "X-RateLimit-Reset"]),
    value=HEADER_VALUES,
    text=st.text() | st.from_regex(r"(in|wait|retry after) [0-9]+ ?[smh]?"),
)
async def test_any_time_to_wait(name: str, value: str, text: str) -> None:
    """A time to wait is a number that can be waited for, or none."""
    answer = FakeAnswer(
        text=json.dumps({"error": f"Rate limit exceeded {text}"}), headers={name: value}
    )
    with pytest.raises(PanelRateLimitError) as caught:
        await PanelClient(FakeTransport(answer)).balance()

    assert caught.value.retry_after is None or 0 <= caught.value.retry_after <= 86_400


@over_http
@given(
    body=st.binary(max_size=300)
    | st.builds(bytes.__add__, st.sampled_from([b"\xff\xfe", b"\xef\xbb\xbf"]), st.binary()),
    status=STATUSES,
    charset=st.sampled_from(["utf-8", "latin-1", "cp1251", "utf-7", "idna", "rot13", "", "nope"]),
    encoding=st.sampled_from(["identity", "gzip", "deflate", "br", "nope"]),
)
async def test_any_bytes(
    socket_enabled: None, body: bytes, status: int, charset: str, encoding: str
) -> None:
    """Whatever comes over the line, the transport gives a text or an error of ours."""
    async with LoopbackServer() as server, ClientSession() as session:
        headers = {"Content-Type": f"text/html; charset={charset}", "Content-Encoding": encoding}
        server.will_answer(Reply(body=body, status=status, headers=headers))
        with suppress(PanelError):
            client = PanelClient(HttpTransport(session, url=server.url, api_key=KEY))
            _check(await client.balance())


@over_http
@given(head=st.binary(max_size=200))
async def test_any_head(socket_enabled: None, head: bytes) -> None:
    """What is no HTTP at all is an answer that was lost."""
    async with LoopbackServer() as server, ClientSession() as session:
        server.will_answer(Reply(raw=head))
        with suppress(PanelError):
            client = PanelClient(HttpTransport(session, url=server.url, api_key=KEY))
            _check(await client.balance())


@given(value=SCALARS.map(json.dumps) | st.text(alphabet="0123456789.,eE+-$\u20ac '\u0663\u2212"))
def test_any_number(value: str) -> None:
    """Money and counts are finite numbers of a sane size, or nothing."""
    for text in (value, value.strip('"')):
        amount = read_money(text)
        assert amount is None or (amount.is_finite() and abs(amount) < 10**18)
        count = read_count(text)
        assert count is None or abs(count) < 10**18
        if amount is not None:
            assert read_money(f"{amount:f}") == amount


UNSEEN = "\u202e\u2066\u200b\u200d\ufeff\u3164\x00\x1b\n\u2028\U000e0041"


@given(
    st.lists(st.text(max_size=5) | st.sampled_from([*UNSEEN, "<b>", "<img src=x ", "<", "](", "a"]))
)
def test_any_words(parts: list[str]) -> None:
    """Nothing a panel writes can be markup, move other words or hide among them."""
    text = one_line("".join(parts))

    assert len(text) <= TEXT_LIMIT
    assert text == text.strip()
    assert not re.search(r"<[a-zA-Z/!?]|\]\(", text)
    assert not set(text) & set(UNSEEN) - {"\u200d"}
    assert one_line(text) == text
    text.encode()


FIELDS = st.sampled_from([name for name in OrderRequest.__dataclass_fields__ if name != "service"])
ANYTHING = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS) | st.dates()
)


@given(values=st.dictionaries(FIELDS, ANYTHING, max_size=6))
def test_any_order(values: dict[str, Any]) -> None:
    """A form's or template's odd values are refused by name, or make a form of texts."""
    with suppress(InvalidOrderError):
        request = OrderRequest(**{"service": "1", "link": "a", "quantity": 5, **values})
        assert all(isinstance(text, str) for text in request.form().values())
