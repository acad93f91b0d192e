"""Many orders, asked about again and again: in few round trips, politely, and at little cost."""

import asyncio
from collections.abc import Callable, Mapping
import json

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    ItemError,
    LastAnswers,
    OrderReport,
    Outcome,
    PanelAuthError,
    PanelClient,
    PanelConnectionError,
    PanelRateLimitError,
    PanelUnreachableError,
    RateLimiter,
)
from tests.api.fake_transport import FakeAnswer

type Items = dict[str, OrderReport | ItemError]

ORDERS = [str(number) for number in range(1, 1001)]


class SlowPanel:
    """Answers all that was sent at the end of a round trip, and counts those."""

    def __init__(self) -> None:
        self.remains = "10"
        self.asked: list[list[str]] = []
        self.at_once: list[int] = []
        self.answered = 0
        self.refuse: Callable[[list[str]], FakeAnswer | Exception | None] = lambda _: None
        self._waiting: list[asyncio.Future[None]] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        ids = (form.get("orders") or form["order"]).split(",")
        self.asked.append(ids)
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
    """Ask about orders once; return what was told."""
    panel.asked.clear()
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
    assert sorted((id_ for ids in panel.asked for id_ in ids), key=int) == ORDERS


async def test_never_more_than_four_at_once() -> None:
    """However many orders there are, and however long that takes."""
    panel = SlowPanel()
    orders = [str(number) for number in range(1, 3001)]

    await follow(panel, PanelClient(panel), orders=orders)

    assert panel.at_once == [1, *[4] * 7, 1]


async def test_a_panel_that_limits_is_asked_one_at_a_time() -> None:
    """Who was refused once for asking too often does not ask four times at once again."""
    panel, rate_limiter = SlowPanel(), RateLimiter()
    rate_limiter.note_refusal("status", PanelRateLimitError(retry_after=0))

    await follow(panel, PanelClient(panel, rate_limiter=rate_limiter))

    assert panel.at_once == [1] * 10


async def test_what_was_told_before_the_limit_holds() -> None:
    """A panel that takes five requests a minute never answers about all of a thousand orders."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered == 5 else None
    client = PanelClient(panel)

    items = await follow(panel, client)

    told = {order for order, item in items.items() if isinstance(item, OrderReport)}
    assert told == set(ORDERS[:500])
    panel.refuse = lambda _: None
    await follow(panel, client)
    # Those that have not been told come first.
    assert set().union(*panel.asked[:5]) == set(ORDERS[500:])


async def test_after_an_error_the_orders_are_asked_from_the_beginning() -> None:
    """Those that come first may be what the panel fails at, and no other would be told."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered == 5 else None
    client = PanelClient(panel)
    await follow(panel, client)
    panel.refuse = lambda _: OSError("reset")
    with pytest.raises(PanelConnectionError):
        await follow(panel, client)

    panel.refuse = lambda _: None
    await follow(panel, client)

    assert panel.asked[0] == ORDERS[:100]


async def test_refusals_at_once_count_as_one() -> None:
    """The time to wait doubles with each refusal, not with each of those under way."""
    panel = SlowPanel()
    panel.refuse = lambda _: rate_limited() if panel.answered else None
    client = PanelClient(panel, rate_limiter=RateLimiter())

    await follow(panel, client)
    with pytest.raises(PanelRateLimitError) as caught:
        await follow(panel, client)

    assert panel.asked == []
    assert caught.value.retry_after == pytest.approx(1, abs=0.5)


async def test_a_lost_answer_loses_no_other() -> None:
    """The three beside it were answered, and the error is told all the same."""
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
    assert panel.asked[0] == ORDERS[:100]


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
    """A status that comes back is news, and what is not asked any more is not kept for ever."""
    panel, last = SlowPanel(), LastAnswers[Items]()
    client = PanelClient(panel)
    first = await follow(panel, client, last, ["1"])
    await follow(panel, client, last, ["2"])

    again = await follow(panel, client, last, ["1"])

    assert again == first
    assert again["1"] is not first["1"]


async def test_an_id_that_cannot_be_sent_is_told() -> None:
    """Nobody would ask for it again, or know why it has no status."""
    panel = SlowPanel()

    items = await follow(panel, PanelClient(panel), orders=["1", "2,3"])

    assert isinstance(items["1"], OrderReport)
    assert items["2,3"] == ItemError(
        message="This is not an id", kind=ErrorKind.BAD_ORDER, outcome=Outcome.NOT_SENT
    )
