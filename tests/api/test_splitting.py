"""What the refusal of many ids teaches: their number, and that one of them spoils the others."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    ItemError,
    OrderReport,
    PanelClient,
    PanelRejectedError,
    PanelResponseError,
)
from tests.api.test_batches import FormTransport
from tests.helpers.fake_transport import FakeAnswer

ROW = {"status": "Completed", "charge": "1"}
NUMBERS = [str(number) for number in range(1000, 1100)]

type Refuse = Callable[[list[str]], object]


def _panel(bad: Sequence[str], refuse: Refuse) -> Callable[[Mapping[str, str]], object]:
    """Make a panel that refuses every request with one of the bad ids."""

    def panel(form: Mapping[str, str]) -> object:
        ids = (form.get("orders") or form["order"]).split(",")
        found = [id_ for id_ in ids if id_ in bad]
        if found:
            return refuse(found)
        if form["action"] == "cancel":
            return [{"order": id_, "cancel": 1} for id_ in ids]
        return ROW if "order" in form else dict.fromkeys(ids, ROW)

    return panel


def _unnamed(_: list[str]) -> object:
    return {"error": "Incorrect order ID"}


def _named(found: list[str]) -> object:
    return {"error": f"Incorrect order ID: {found[0]}."}


def _check(items: Mapping[str, object], ids: Sequence[str], bad: Sequence[str]) -> None:
    assert list(items) == list(ids)
    for id_, item in items.items():
        assert isinstance(item, ItemError if id_ in bad else OrderReport), id_


async def test_named_id() -> None:
    """One wrong id must not hide the status of all others."""
    transport = FormTransport(_panel(["7", "9"], _named))
    client = PanelClient(transport)
    ids = ["7", "8", "9", "10"]

    items = await client.status(ids)

    _check(items, ids, ["7", "9"])
    assert transport.requested == ["orders=7,8,9,10", "orders=8,9,10", "orders=8,10"]

    transport.requested.clear()
    _check(await client.status(ids), ids, ["7", "9"])
    assert transport.requested == ["order=7", "orders=8,10", "order=9"]


@pytest.mark.parametrize(
    "refuse",
    [
        _unnamed,
        lambda _: FakeAnswer(text="<h1>Server Error</h1>", status=500),
        lambda _: {"error": "Unknown error"},
        lambda _: {"error": "SQLSTATE[22003]: Numeric value out of range"},
        lambda _: {"nope": 1},
    ],
)
@pytest.mark.parametrize("bad", ["ord_x", "9" * 25])
async def test_id_unlike_the_others(refuse: Refuse, bad: str) -> None:
    """It is the first that a panel cannot read."""
    transport = FormTransport(_panel([bad], refuse))
    client = PanelClient(transport)

    for _ in range(2):
        transport.requested.clear()
        _check(await client.status(["1", bad, "2"]), ["1", bad, "2"], [bad])
        assert "orders=1,2" in transport.requested
        assert len(transport.requested) <= 3


async def test_panel_that_fails_at_everything() -> None:
    """An id that looks odd is not the reason of every failure."""
    transport = FormTransport(lambda _: FakeAnswer(text="<html>", status=500))
    client = PanelClient(transport)

    for _ in range(3):
        transport.requested.clear()
        with pytest.raises(PanelResponseError):
            await client.status(["ord_x", "1", "2"])
        assert len(transport.requested) <= 3


async def test_ids_alike_without_a_name() -> None:
    """A panel that has taken several ids is asked for half of them until one is alone."""
    transport = FormTransport(_panel([], _unnamed))
    client = PanelClient(transport)
    _check(await client.status(NUMBERS), NUMBERS, [])

    transport.panel = _panel(["1042"], _unnamed)
    transport.requested.clear()
    _check(await client.status(NUMBERS), NUMBERS, ["1042"])
    assert len(transport.requested) <= 1 + 2 * 7

    transport.requested.clear()
    _check(await client.status(NUMBERS), NUMBERS, ["1042"])
    assert len(transport.requested) == 2

    # The panel knows it now: it is read with the others again.
    transport.panel = _panel([], _unnamed)
    await client.status(NUMBERS)
    transport.requested.clear()
    _check(await client.status(NUMBERS), NUMBERS, [])
    assert transport.requested == [f"orders={','.join(NUMBERS)}"]


async def test_first_id_of_a_panel_that_is_not_known() -> None:
    """The request in the other field shows that the first id is the wrong one."""
    transport = FormTransport(_panel(["1000"], _unnamed))

    _check(await PanelClient(transport).status(NUMBERS), NUMBERS, ["1000"])

    assert transport.requested[1] == "order=1000"
    assert len(transport.requested) == 3


@pytest.mark.parametrize("is_known", [True, False])
async def test_wrong_ids_only(*, is_known: bool) -> None:
    """A panel that knows none of the orders must not get a request for each."""
    transport = FormTransport(_panel([], _unnamed))
    client = PanelClient(transport)
    if is_known:
        await client.status(["1", "2"])
    transport.panel = _panel(NUMBERS, _unnamed)

    for _ in range(5):
        transport.requested.clear()
        _check(await client.status(NUMBERS), NUMBERS, NUMBERS)
        assert len(transport.requested) <= 40


def _sized(size: int, text: str) -> Callable[[Mapping[str, str]], object]:
    """Make a panel that takes a number of ids a request."""

    def panel(form: Mapping[str, str]) -> object:
        ids = (form.get("orders") or form["order"]).split(",")
        if len(ids) > size:
            return {"error": text.format(size)}
        if form["action"] == "cancel":
            return [{"order": id_, "cancel": 1} for id_ in ids]
        return dict.fromkeys(ids, ROW)

    return panel


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (50, "Maximum {} orders"),
        (20, "You can check up to {} orders at once"),
        (20, "The orders may not have more than {} items."),
        (1, "Max {} order id"),
    ],
)
async def test_number_of_ids_that_a_panel_takes(size: int, text: str) -> None:
    """It is learned from the first refusal, for reads and for requests that were refused."""
    transport = FormTransport(_sized(size, text))
    client = PanelClient(transport)

    for more in (1, 0):
        transport.requested.clear()
        _check(await client.status(NUMBERS), NUMBERS, [])
        assert len(transport.requested) == 100 // size + more
    for more in (1, 0):
        transport.requested.clear()
        assert set((await client.cancel(NUMBERS)).values()) == {None}
        assert len(transport.requested) == 100 // size + more


async def test_refused_cancel_names_the_id() -> None:
    """Nothing was done, so the others are requested again without it."""
    transport = FormTransport(_panel(["7"], _named))

    items = await PanelClient(transport).cancel(["6", "7", "8"])

    assert items["6"] is items["8"] is None
    assert isinstance(items["7"], ItemError)
    assert transport.requested == ["orders=6,7,8", "orders=6,8"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "Incorrect order ID"},
        {"error": "Incorrect request"},
        {"error": "Unknown error"},
        {"error": "Too many requests: max 1 order per minute"},
        {"error": "Maximum 1 order per day"},
        {"error": "Rate limit exceeded, maximum 1 order"},
        FakeAnswer(text='{"error": "Incorrect order ID: 7"}', status=500),
        FakeAnswer(text="<html>"),
    ],
)
async def test_cancel_is_not_repeated_without_a_hint(answer: object) -> None:
    """An operation is not sent again to find out what was wrong, nor after a lost answer."""
    transport = FormTransport(lambda _: answer)
    client = PanelClient(transport)

    try:
        items = await client.cancel(["6", "7"])
    except PanelRejectedError, PanelResponseError:
        pass
    else:
        assert all(isinstance(item, ItemError) for item in items.values())
    assert transport.requested == ["orders=6,7"]


@pytest.mark.parametrize(
    ("answer", "refill"),
    [
        ({"refill": 77}, "77"),
        ({"refill_id": 77}, "77"),
        ({"id": 77, "status": "success"}, "77"),
        ({"refill": 5, "refill_id": 77}, "77"),
    ],
)
@pytest.mark.parametrize(
    ("text", "calls"), [("Missing required parameter: refill", 2), ("Incorrect request", 3)]
)
async def test_refill_by_the_field_of_the_refill(
    answer: object, refill: str, text: str, calls: int
) -> None:
    """One server takes the order's id as `refill`: known from its words, or by trying."""
    transport = FormTransport(lambda form: answer if "refill" in form else {"error": text})
    client = PanelClient(transport)

    for number in range(1, calls):
        item = (await client.refill(["5"]))["5"]
        assert isinstance(item, ItemError)
        assert item.kind is ErrorKind.BAD_REQUEST
        assert len(transport.requested) == number
    assert (await client.refill(["5"]))["5"] == refill
    assert await client.refill(["5", "6"]) == {"5": refill, "6": refill}
    assert transport.requested[-2:] == ["refill=5", "refill=6"]
