"""Requests about many ids: in which field, how many at once, and what a failure leaves."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
import json
from typing import Any, override

from aiohttp import ClientSession
import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    HttpTransport,
    ItemError,
    LastAnswers,
    OrderReport,
    Outcome,
    PanelAuthError,
    PanelClient,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnreachableError,
    RateLimiter,
    RefillStatus,
)
from tests.api.conftest import KEY
from tests.helpers.fake_transport import FakeAnswer
from tests.helpers.loopback import DROPPED, HTML, LoopbackServer, Reply

ROW = {"status": "Completed", "charge": "1"}
REFUSED = {"error": "Incorrect request"}
IDS = ["1", "2", "3"]

type Panel = Callable[[Mapping[str, str]], object]


class FormTransport:
    """Answers each form as a panel would, and records the ids and their field."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.requested: list[str] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        self.requested += [f"{name}={ids}" for name, ids in form.items() if name != "action"]
        answer = self.panel(form)
        return answer if isinstance(answer, FakeAnswer) else FakeAnswer(text=json.dumps(answer))


def _one_only(to_batch: object) -> Panel:
    """Make a panel that knows `order` and `refill` only."""
    return lambda form: ROW if form.keys() & {"order", "refill"} else to_batch


@pytest.mark.parametrize(
    "to_batch",
    [
        REFUSED,
        {"error": "Missing required parameter: order"},
        {"error": "The order field is required."},
        {"error": "Incorrect order ID"},
        [{"error": "Incorrect order ID"}],
        ROW,
        [ROW],
        [ROW, ROW, ROW, ROW],
        [],
        {},
    ],
    ids=repr,
)
@pytest.mark.parametrize("method", ["status", "refill_status"])
async def test_read_of_a_panel_that_takes_one_id(method: str, to_batch: object) -> None:
    """Orders on such a panel would never be updated."""
    transport = FormTransport(_one_only(to_batch))
    client = PanelClient(transport)
    one, several = ("order", "orders") if method == "status" else ("refill", "refills")

    for requested in (
        [f"{several}=1,2,3", f"{one}=1", f"{one}=2", f"{one}=3"],
        [f"{one}=1", f"{one}=2", f"{one}=3"],
    ):
        transport.requested.clear()
        items = await getattr(client, method)(IDS)
        assert list(items) == IDS
        assert all(isinstance(item, OrderReport | RefillStatus) for item in items.values())
        assert transport.requested == requested


async def test_read_of_a_panel_that_takes_lists_only() -> None:
    """A single order would never be updated."""
    transport = FormTransport(
        lambda form: dict.fromkeys(form["orders"].split(","), ROW) if "orders" in form else REFUSED
    )
    client = PanelClient(transport)

    for requested in (["order=1", "orders=1"], ["orders=1"]):
        transport.requested.clear()
        assert isinstance((await client.status(["1"]))["1"], OrderReport)
        assert transport.requested == requested


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (REFUSED, 2),
        ({"error": "Incorrect order ID"}, 2),
        ([ROW, ROW, ROW, ROW], 2),
        ([], 2),
        ({"error": "Invalid API key"}, 1),
        ({"error": "Rate limit exceeded"}, 1),
        ({"error": "Unknown error"}, 1),
        ({"nope": 1}, 1),
        (None, 1),
        (FakeAnswer(text="<html>"), 1),
        (FakeAnswer(text=json.dumps([ROW]), status=500), 1),
    ],
)
async def test_failure_of_both_forms(answer: object, requests: int) -> None:
    """A panel that is down or has no result must not get more requests, nor be misunderstood."""
    transport = FormTransport(lambda form: answer if "orders" in form else {"error": "Unknown"})
    client = PanelClient(transport)

    for _ in range(2):
        transport.requested.clear()
        try:
            items = await client.status(IDS)
        except PanelError:
            pass
        else:
            assert all(isinstance(item, ItemError) for item in items.values())
        assert len(transport.requested) == requests


async def test_wrong_order_alone_is_not_requested_twice() -> None:
    """One wrong id says nothing about the form."""
    transport = FormTransport(lambda _: {"error": "Incorrect order ID"})

    await PanelClient(transport).status(["1"])

    assert transport.requested == ["order=1"]


async def test_rate_limit_in_the_middle_of_many() -> None:
    """Reports before the limit are kept, and the other ids are requested first next time."""
    transport = FormTransport(
        lambda form: (
            {"error": "Too many requests"} if form.get("order") == "3" else _one_only(REFUSED)(form)
        )
    )
    client = PanelClient(transport)

    items = await client.status([*IDS, "4"])

    assert [id_ for id_, item in items.items() if isinstance(item, OrderReport)] == ["1", "2"]
    left = {id_: item for id_, item in items.items() if isinstance(item, ItemError)}
    assert {id_: (item.kind, item.outcome) for id_, item in left.items()} == {
        "3": (ErrorKind.RATE_LIMITED, Outcome.NOT_SENT),
        "4": (ErrorKind.RATE_LIMITED, Outcome.NOT_SENT),
    }
    transport.requested.clear()
    with pytest.raises(PanelRateLimitError):
        await client.status([*IDS, "4"])
    assert transport.requested == ["order=3"]


async def test_wrong_key_in_the_middle_of_many() -> None:
    """A key that was withdrawn must start reauthentication, whatever was reported before."""
    transport = FormTransport(
        lambda form: (
            {"error": "Invalid API key"} if form.get("order") == "3" else _one_only(REFUSED)(form)
        )
    )

    with pytest.raises(PanelAuthError):
        await PanelClient(transport).status(IDS)


@pytest.mark.parametrize(("method", "ids"), [("cancel", ["1"]), ("cancel", IDS), ("refill", IDS)])
async def test_operation_on_a_panel_that_takes_one_id(method: str, ids: list[str]) -> None:
    """A refused request has no effect: the next call may use the other field."""
    transport = FormTransport(
        lambda form: {"cancel": 1, "refill": 7} if "order" in form else REFUSED
    )
    client = PanelClient(transport)

    if len(ids) > 1:
        with pytest.raises(PanelRejectedError):
            await getattr(client, method)(ids)
    else:
        items = await getattr(client, method)(ids)
        assert items["1"] == ItemError(message="Incorrect request", kind=ErrorKind.BAD_REQUEST)
    assert transport.requested == [f"orders={','.join(ids)}"]

    transport.requested.clear()
    items = await getattr(client, method)(ids)
    assert not any(isinstance(item, ItemError) for item in items.values())
    assert transport.requested == [f"order={id_}" for id_ in ids]


async def test_operation_on_a_panel_that_takes_lists_only() -> None:
    """The same the other way round."""
    transport = FormTransport(
        lambda form: [{"order": 1, "refill": 7}] if "orders" in form else REFUSED
    )
    client = PanelClient(transport)

    assert isinstance((await client.refill(["1"]))["1"], ItemError)
    assert await client.refill(["1"]) == {"1": "7"}
    assert transport.requested == ["order=1", "orders=1"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "Incorrect order ID"},
        {"error": "Order not eligible for refill."},
        {"error": "Unknown error"},
        {"nope": 1},
        ROW,
        [{"cancel": 1}, {"cancel": 1}, {"cancel": 1}],
        FakeAnswer(text="<html>"),
        {"error": "Rate limit exceeded"},
        FakeAnswer(text=""),
    ],
)
@pytest.mark.parametrize("method", ["cancel", "refill"])
async def test_operation_that_may_have_been_accepted(method: str, answer: object) -> None:
    """Only a refused form shows that the other field is needed; no operation is repeated."""
    transport = FormTransport(lambda _: answer)
    client = PanelClient(transport)

    for _ in range(2):
        transport.requested.clear()
        with suppress(PanelRejectedError, PanelResponseError):
            await getattr(client, method)(IDS)
        assert transport.requested == ["orders=1,2,3"]


async def test_form_that_has_worked_is_kept() -> None:
    """Some panels say "Incorrect request" to everything they refuse."""
    answers = iter([[{"order": 1, "cancel": 1}], REFUSED, [{"order": 1, "cancel": 1}]])
    transport = FormTransport(lambda _: next(answers))
    client = PanelClient(transport)

    for _ in range(3):
        await client.cancel(["1"])

    assert transport.requested == ["orders=1"] * 3


async def test_form_that_works_for_others_is_kept() -> None:
    """One order refused with "Incorrect request" must not spoil the form of the rest."""
    answers = iter([REFUSED, REFUSED, {"cancel": 1}, {"cancel": 1}])
    transport = FormTransport(lambda _: next(answers))
    client = PanelClient(transport)

    await client.cancel(["1"])
    await client.cancel(["1", "2"])
    await client.cancel(["3"])

    assert transport.requested == ["orders=1", "order=1", "order=2", "order=3"]


async def test_field_found_in_a_call_is_for_the_next() -> None:
    """One call that sends some orders in each form could not be explained to anybody."""
    transport = FormTransport(lambda form: {"cancel": 1} if "order" in form else REFUSED)
    client = PanelClient(transport)
    ids = [str(number) for number in range(1, 102)]

    with pytest.raises(PanelRejectedError):
        await client.cancel(ids)

    assert len(transport.requested) == 1


type Items = dict[str, OrderReport | ItemError]

ORDERS = [str(number) for number in range(1, 1001)]


class SlowPanel:
    """Answers all that was sent at the end of a round trip, and counts those."""

    def __init__(self) -> None:
        self.remains = "10"
        self.requested: list[list[str]] = []
        self.at_once: list[int] = []
        self.answered = 0
        self.refuse: Callable[[list[str]], FakeAnswer | Exception | None] = lambda _: None
        self._waiting: list[asyncio.Future[None]] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        ids = (form.get("orders") or form["order"]).split(",")
        self.requested.append(ids)
        self._waiting.append(waiting := asyncio.get_running_loop().create_future())
        await waiting
        refusal = self.refuse(ids)
        if isinstance(refusal, Exception):
            raise refusal
        if refusal is not None:
            return refusal
        self.answered += 1
        row = {"status": "In progress", "charge": "0.10", "remains": self.remains}
        return FakeAnswer(text=json.dumps(dict.fromkeys(ids, row)))

    async def serve(self, call: asyncio.Task[None]) -> None:
        """Make round trips until the call has ended."""
        while not call.done():
            # What is going to be sent was sent when the loop has nothing else to do.
            for _ in range(50):
                await asyncio.sleep(0)
            if self._waiting:
                self.at_once.append(len(self._waiting))
            for waiting in self._waiting:
                waiting.set_result(None)
            self._waiting.clear()


async def follow(
    panel: SlowPanel,
    client: PanelClient,
    last: LastAnswers[Items] | None = None,
    orders: list[str] = ORDERS,
) -> Items:
    """Request orders once; return what was reported."""
    panel.requested.clear()
    panel.at_once.clear()
    items: Items = {}
    call = asyncio.create_task(client.follow(orders, items.update, last or LastAnswers()))
    await panel.serve(call)
    if (failure := call.exception()) is not None:
        raise failure
    return items


def rate_limited(**headers: str) -> FakeAnswer:
    """Return a refusal for the rate."""
    return FakeAnswer(text='{"error": "Rate limit exceeded"}', status=429, headers=headers)


async def test_a_thousand_orders_take_four_round_trips() -> None:
    """One after the other they take seconds; all at once a panel takes it for an attack."""
    panel = SlowPanel()

    items = await follow(panel, PanelClient(panel))

    assert panel.at_once == [1, 3, 3, 3]
    assert sorted(items, key=int) == ORDERS
    assert all(isinstance(item, OrderReport) for item in items.values())
    assert sorted((id_ for ids in panel.requested for id_ in ids), key=int) == ORDERS


async def test_never_more_than_four_at_once() -> None:
    """However many orders there are, and however long that takes."""
    panel = SlowPanel()
    orders = [str(number) for number in range(1, 3001)]

    await follow(panel, PanelClient(panel), orders=orders)

    assert panel.at_once == [1, *[4] * 7, 1]


async def test_a_panel_that_limits_gets_one_request_at_a_time() -> None:
    """After one refusal for the rate there are no four requests at once again."""
    panel, rate_limiter = SlowPanel(), RateLimiter()
    rate_limiter.note_refusal("status", PanelRateLimitError(retry_after=0))

    await follow(panel, PanelClient(panel, rate_limiter=rate_limiter))

    assert panel.at_once == [1] * 10


async def test_reports_before_the_limit_are_kept() -> None:
    """A panel that takes five requests a minute never answers about all of a thousand orders."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered == 5 else None
    client = PanelClient(panel)

    items = await follow(panel, client)

    reported = {order for order, item in items.items() if isinstance(item, OrderReport)}
    assert reported == set(ORDERS[:500])
    panel.refuse = lambda _: None
    await follow(panel, client)
    # Those that were not reported come first.
    assert set().union(*panel.requested[:5]) == set(ORDERS[500:])


async def test_after_an_error_the_next_call_starts_from_the_beginning() -> None:
    """The first ones may be what the panel fails at, and no other would be reported."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered == 5 else None
    client = PanelClient(panel)
    await follow(panel, client)
    panel.refuse = lambda _: OSError("reset")
    with pytest.raises(PanelConnectionError):
        await follow(panel, client)

    panel.refuse = lambda _: None
    await follow(panel, client)

    assert panel.requested[0] == ORDERS[:100]


async def test_refusals_at_once_count_as_one() -> None:
    """The time to wait doubles with each refusal, not with each of those under way."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered else None
    client = PanelClient(panel, rate_limiter=RateLimiter())

    await follow(panel, client)
    with pytest.raises(PanelRateLimitError) as caught:
        await follow(panel, client)

    assert panel.requested == []
    assert caught.value.retry_after == pytest.approx(1, abs=0.5)


async def test_a_lost_answer_loses_no_other() -> None:
    """The three beside it were answered, and the error is raised all the same."""
    panel = SlowPanel()
    panel.refuse = lambda ids: OSError("reset") if "150" in ids else None
    items: Items = {}
    client = PanelClient(panel)

    call = asyncio.create_task(client.follow(ORDERS, items.update, LastAnswers()))
    await panel.serve(call)

    assert isinstance(call.exception(), PanelConnectionError)
    assert panel.at_once == [1, 3]
    assert len(items) == 300
    panel.refuse = lambda _: None
    await follow(panel, client)
    assert panel.requested[0] == ORDERS[:100]


async def test_a_withdrawn_key_outranks_other_failures() -> None:
    """Whatever else went wrong at the same time, only a new key helps."""
    panel = SlowPanel()
    panel.refuse = lambda ids: (
        PanelUnreachableError("down")
        if "150" in ids
        else FakeAnswer(text='{"error": "Invalid API key"}')
        if "250" in ids
        else None
    )

    with pytest.raises(PanelAuthError):
        await follow(panel, PanelClient(panel))


async def test_an_answer_that_is_the_same_is_not_read_anew() -> None:
    """Nearly all are, every few minutes; reading them is most of what a poll costs."""
    panel, last = SlowPanel(), LastAnswers[Items]()
    client = PanelClient(panel)
    first = await follow(panel, client, last)

    second = await follow(panel, client, last)
    assert all(second[order] is first[order] for order in ORDERS)

    panel.remains = "9"
    third = await follow(panel, client, last)
    assert all(third[order] != first[order] for order in ORDERS)


async def test_an_answer_before_the_last_is_not_the_last() -> None:
    """A status that returns is a change, and answers about other ids are not kept for ever."""
    panel, last = SlowPanel(), LastAnswers[Items]()
    client = PanelClient(panel)
    first = await follow(panel, client, last, ["1"])
    await follow(panel, client, last, ["2"])

    again = await follow(panel, client, last, ["1"])

    assert again == first
    assert again["1"] is not first["1"]


async def test_an_id_that_cannot_be_sent_is_reported() -> None:
    """Otherwise nobody would know why it has no status."""
    panel = SlowPanel()

    items = await follow(panel, PanelClient(panel), orders=["1", "2,3"])

    assert isinstance(items["1"], OrderReport)
    assert items["2,3"] == ItemError(
        message="This is not an id", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT
    )


MANY_IDS = [str(number) for number in range(1, 302)]


def _accepted(first: int, last: int) -> Reply:
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
async def test_later_batch_of_an_operation_fails(
    server: LoopbackServer,
    client: PanelClient,
    method: str,
    reply: Reply,
    outcome: Outcome,
    kind: ErrorKind,
) -> None:
    """What the panel accepted in the first batch must not be lost with the second."""
    server.will_answer(_accepted(1, 101), reply)

    items: dict[str, Any] = await getattr(client, method)(MANY_IDS)

    assert len(server.forms) == 2
    assert list(items) == MANY_IDS
    assert not any(isinstance(items[id_], ItemError) for id_ in MANY_IDS[:100])
    assert {(items[id_].outcome, items[id_].kind) for id_ in MANY_IDS[100:200]} == {(outcome, kind)}
    assert {(items[id_].outcome, items[id_].kind) for id_ in MANY_IDS[200:]} == {
        (Outcome.NOT_SENT, kind)
    }


async def test_later_batch_of_an_operation_cannot_be_sent(
    server: LoopbackServer, session: ClientSession, client: PanelClient
) -> None:
    """Orders that never reached the panel may be sent again; the user has to know."""

    class Closing(HttpTransport):
        @override
        async def post(self, form: Any, *, more: bool = False) -> Any:
            answer = await super().post(form)
            await session.close()
            return answer

    server.will_answer(_accepted(1, 101))
    client = PanelClient(Closing(session, url=server.url, api_key=KEY))

    items = await client.cancel(MANY_IDS)

    assert items["100"] is None
    assert isinstance(items["101"], ItemError)
    assert items["101"].outcome is Outcome.NOT_SENT


@pytest.mark.parametrize("method", ["refill", "cancel"])
async def test_first_batch_of_an_operation_fails(
    server: LoopbackServer, client: PanelClient, method: str
) -> None:
    """Nothing else was sent, so the call as a whole failed."""
    server.will_answer(DROPPED)

    with pytest.raises(PanelConnectionError):
        await getattr(client, method)(MANY_IDS)

    assert len(server.forms) == 1


@pytest.mark.parametrize("method", ["status", "refill_status"])
async def test_later_batch_of_a_read_fails(
    server: LoopbackServer, client: PanelClient, method: str
) -> None:
    """Half an answer would look like orders that are gone; another request costs nothing."""
    rows = [{"order": n, "refill": n, "status": "Completed"} for n in range(1, 101)]
    server.will_answer(Reply.json(rows), HTML)

    with pytest.raises(PanelResponseError):
        await getattr(client, method)(MANY_IDS)

    assert len(server.forms) == 2
