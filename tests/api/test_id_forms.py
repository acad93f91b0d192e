"""Panels that know one of the two forms of an action only: found out once, then remembered."""

from collections.abc import Callable, Mapping
from contextlib import suppress
import json

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    ItemError,
    OrderReport,
    Outcome,
    PanelAuthError,
    PanelClient,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    RefillStatus,
)
from tests.api.fake_transport import FakeAnswer

ROW = {"status": "Completed", "charge": "1"}
REFUSED = {"error": "Incorrect request"}
IDS = ["1", "2", "3"]

type Panel = Callable[[Mapping[str, str]], object]


class FormTransport:
    """Answers each form as a panel would, and remembers the ids asked and how."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.asked: list[str] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        self.asked += [f"{name}={ids}" for name, ids in form.items() if name != "action"]
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
    """Orders on such a panel would never have any news."""
    transport = FormTransport(_one_only(to_batch))
    client = PanelClient(transport)
    one, several = ("order", "orders") if method == "status" else ("refill", "refills")

    for asked in (
        [f"{several}=1,2,3", f"{one}=1", f"{one}=2", f"{one}=3"],
        [f"{one}=1", f"{one}=2", f"{one}=3"],
    ):
        transport.asked.clear()
        items = await getattr(client, method)(IDS)
        assert list(items) == IDS
        assert all(isinstance(item, OrderReport | RefillStatus) for item in items.values())
        assert transport.asked == asked


async def test_read_of_a_panel_that_takes_lists_only() -> None:
    """An order that is alone would never have any news."""
    transport = FormTransport(
        lambda form: dict.fromkeys(form["orders"].split(","), ROW) if "orders" in form else REFUSED
    )
    client = PanelClient(transport)

    for asked in (["order=1", "orders=1"], ["orders=1"]):
        transport.asked.clear()
        assert isinstance((await client.status(["1"]))["1"], OrderReport)
        assert transport.asked == asked


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
    """A panel that is down or has no news must not be asked twice, nor be misjudged."""
    transport = FormTransport(lambda form: answer if "orders" in form else {"error": "Unknown"})
    client = PanelClient(transport)

    for _ in range(2):
        transport.asked.clear()
        try:
            items = await client.status(IDS)
        except PanelError:
            pass
        else:
            assert all(isinstance(item, ItemError) for item in items.values())
        assert len(transport.asked) == requests


async def test_wrong_order_alone_is_not_asked_twice() -> None:
    """One wrong id says nothing about the form."""
    transport = FormTransport(lambda _: {"error": "Incorrect order ID"})

    await PanelClient(transport).status(["1"])

    assert transport.asked == ["order=1"]


async def test_rate_limit_in_the_middle_of_many() -> None:
    """What was told before the limit is news, and what was not is asked first next time."""
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
    transport.asked.clear()
    with pytest.raises(PanelRateLimitError):
        await client.status([*IDS, "4"])
    assert transport.asked == ["order=3"]


async def test_wrong_key_in_the_middle_of_many() -> None:
    """A key that was withdrawn must start reauthentication, whatever was told before."""
    transport = FormTransport(
        lambda form: (
            {"error": "Invalid API key"} if form.get("order") == "3" else _one_only(REFUSED)(form)
        )
    )

    with pytest.raises(PanelAuthError):
        await PanelClient(transport).status(IDS)


@pytest.mark.parametrize(("method", "ids"), [("cancel", ["1"]), ("cancel", IDS), ("refill", IDS)])
async def test_write_to_a_panel_that_takes_one_id(method: str, ids: list[str]) -> None:
    """The form that was refused took nothing: the next call may use the other one."""
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
    assert transport.asked == [f"orders={','.join(ids)}"]

    transport.asked.clear()
    items = await getattr(client, method)(ids)
    assert not any(isinstance(item, ItemError) for item in items.values())
    assert transport.asked == [f"order={id_}" for id_ in ids]


async def test_write_to_a_panel_that_takes_lists_only() -> None:
    """The same the other way round."""
    transport = FormTransport(
        lambda form: [{"order": 1, "refill": 7}] if "orders" in form else REFUSED
    )
    client = PanelClient(transport)

    assert isinstance((await client.refill(["1"]))["1"], ItemError)
    assert await client.refill(["1"]) == {"1": "7"}
    assert transport.asked == ["order=1", "orders=1"]


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
async def test_write_that_may_have_been_taken(method: str, answer: object) -> None:
    """Only a refused form is proof that another is needed; a write is never repeated."""
    transport = FormTransport(lambda _: answer)
    client = PanelClient(transport)

    for _ in range(2):
        transport.asked.clear()
        with suppress(PanelRejectedError, PanelResponseError):
            await getattr(client, method)(IDS)
        assert transport.asked == ["orders=1,2,3"]


async def test_form_that_has_worked_is_kept() -> None:
    """Some panels say "Incorrect request" to everything they refuse."""
    answers = iter([[{"order": 1, "cancel": 1}], REFUSED, [{"order": 1, "cancel": 1}]])
    transport = FormTransport(lambda _: next(answers))
    client = PanelClient(transport)

    for _ in range(3):
        await client.cancel(["1"])

    assert transport.asked == ["orders=1"] * 3


async def test_form_that_works_for_others_is_kept() -> None:
    """One order refused with "Incorrect request" must not spoil the form of the rest."""
    answers = iter([REFUSED, REFUSED, {"cancel": 1}, {"cancel": 1}])
    transport = FormTransport(lambda _: next(answers))
    client = PanelClient(transport)

    await client.cancel(["1"])
    await client.cancel(["1", "2"])
    await client.cancel(["3"])

    assert transport.asked == ["orders=1", "order=1", "order=2", "order=3"]


async def test_form_learnt_in_a_call_is_for_the_next() -> None:
    """One call that sends some orders in each form could not be explained to anybody."""
    transport = FormTransport(lambda form: {"cancel": 1} if "order" in form else REFUSED)
    client = PanelClient(transport)
    ids = [str(number) for number in range(1, 102)]

    with pytest.raises(PanelRejectedError):
        await client.cancel(ids)

    assert len(transport.asked) == 1
