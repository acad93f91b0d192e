"""The kinds of variation between panels, one by one, through the client."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from custom_components.smm_panel.api import (
    Balance,
    ErrorKind,
    ItemError,
    OrderReport,
    OrderStatus,
    Outcome,
    PanelClient,
    PanelResponseError,
    Service,
)
from tests.helpers.api_calls import OPERATIONS, ORDER
from tests.helpers.fake_transport import client_answered
from tests.helpers.loopback import LoopbackServer, Reply

UNKNOWN_ID = ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)
LEFT_OUT = (ErrorKind.OTHER, Outcome.UNKNOWN)


def _report(status: OrderStatus, text: str, **values: Any) -> OrderReport:
    return OrderReport(status=status, status_text=text, **values)


DONE = _report(OrderStatus.COMPLETED, "Completed")


@pytest.mark.parametrize(
    ("answer", "balance"),
    [
        ({"status": "success", "balance": "1", "currency": "USD"}, ("1", "USD")),
        ({"status": "success", "data": {"balance": "1", "currency": "usd"}}, ("1", "USD")),
        ({"balance": {"amount": 1, "currency": "USDT"}}, ("1", "USDT")),
        ([{"Balance": 1, "Currency": " IRT "}], ("1", "IRT")),
        ({"balance": "1"}, ("1", None)),
        ({"balance": "1", "currency": 5}, ("1", "5")),
        ({"balance": "1", "currency": "", "error": ""}, ("1", None)),
        ({"balance": "1", "currency": None, "error": False, "errors": []}, ("1", None)),
    ],
)
async def test_balance(answer: object, balance: tuple[str, str | None]) -> None:
    """Wrappers and missing currencies must not cut off an account."""
    amount, currency = balance
    assert await client_answered(answer).balance() == Balance(
        amount=Decimal(amount), currency=currency
    )


@pytest.mark.parametrize(
    ("answer", "order", "charge"),
    [
        ({"order": 23501}, "23501", None),
        ({"order": "VEGA123ABC", "success": True, "charge": "1.50"}, "VEGA123ABC", "1.50"),
        ({"order": 23501.0}, "23501", None),
        ('{"order": 123456789012345678901234}', "123456789012345678901234", None),
        ({"order": "007"}, "007", None),
        ({"order_id": 5}, "5", None),
        ({"orderID": 5}, "5", None),
        ({"id": "ord_5", "status": "pending"}, "ord_5", None),
        ({"status": "success", "data": {"order": 5}}, "5", None),
        ({"order": {"id": 5, "charge": 2}}, "5", "2"),
        ([{"order": 5}], "5", None),
        ({"order": 5, "error": None}, "5", None),
    ],
)
async def test_placed_order(answer: object, order: str, charge: str | None) -> None:
    """An order that the panel accepted must never look lost."""
    placed = await client_answered(answer).add(ORDER)

    assert placed.order == order
    assert placed.charge == (None if charge is None else Decimal(charge))


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ({"start_count": None, "remains": ""}, {}),
        ({"start_count": "Unknown", "remains": "-2"}, {"remains": -2}),
        ({"start_counter": "600"}, {"start_count": 600}),
        ({"Start_Count": 1.0, "Remains": "1,000"}, {"start_count": 1, "remains": 1000}),
        ({"remains": "1.5", "start_count": 10**30}, {}),
        ({"charge": None}, {}),
        ({"charge": "NaN"}, {}),
        ({"charge": 0.08011655652}, {"charge": Decimal("0.08011655652")}),
        ({"charge": "0.10 USD", "currency": "usd"}, {"charge": Decimal("0.10"), "currency": "USD"}),
        (
            {"posts": "3", "expiry": "2030-01-02", "orders": ["5", 6, "5", 0, None]},
            {"posts": 3, "expiry": date(2030, 1, 2), "orders": ("5", "6")},
        ),
        ({"expiry": "02/01/2030", "orders": None}, {"expiry": date(2030, 1, 2)}),
        ({"expiry": "2030-01-02 10:00:00"}, {"expiry": date(2030, 1, 2)}),
        ({"expiry": "31/31/2030"}, {}),
        ({"expiry": False, "runs": "4"}, {"runs": 4}),
        ({"order": "1"}, {}),
        ({"error": None}, {}),
    ],
)
async def test_report_values(row: dict[str, object], values: dict[str, Any]) -> None:
    """A value in another form is read, a value that is none is None, never 0."""
    client = client_answered({"status": "Completed", **row})

    assert await client.status(["1"]) == {
        "1": _report(OrderStatus.COMPLETED, "Completed", **values)
    }


async def test_active_drip_feed_is_in_progress() -> None:
    """Active is a state of its own for subscriptions only."""
    client = client_answered({"status": "Active", "runs": "3", "orders": ["7"]})

    items = await client.status(["1"])

    assert items == {"1": _report(OrderStatus.IN_PROGRESS, "Active", runs=3, orders=("7",))}


ROW = {"status": "Completed"}


@pytest.mark.parametrize(
    "answer",
    [
        {"1": ROW, "2": {"error": "Incorrect order ID"}},
        {" 1 ": ROW, "2": "Incorrect order ID"},
        {"1": "Completed", "2": {"status": {"error": "Incorrect order ID"}}},
        [{"order": 2, "error": "Incorrect order ID"}, {"order": "1", **ROW}],
        [{"id": "1", **ROW}, {"id": 2, "status": "error", "message": "Incorrect order ID"}],
        [ROW, {"error": "Incorrect order ID"}],
        {"status": "success", "data": {"1": ROW, "2": "Incorrect order ID"}},
        {
            "status": "success",
            "orders": [{"order": 1, **ROW}, {"order": 2, "error": "Bad order: Incorrect order ID"}],
        },
        {"success": True, "data": {"result": {"1": ROW, "2": {"error": ["Incorrect order ID"]}}}},
        {"1": ROW, "2": {"error": "Incorrect order ID"}, "error": "Some orders are wrong"},
    ],
)
async def test_shapes_of_many_reports(answer: object) -> None:
    """Every family has its own way to list orders; none may mix them up."""
    items = await client_answered(answer).status(["1", "2"])

    assert items["1"] == DONE
    assert isinstance(items["2"], ItemError)
    assert items["2"].kind is ErrorKind.BAD_ORDER
    assert "Incorrect order ID" in items["2"].message


@pytest.mark.parametrize(
    "answer",
    [
        ROW,
        {"1": ROW},
        [ROW],
        [{"order": 1, **ROW}],
        {"status": "success", "data": ROW},
        {"success": True, "order": {"id": 1, **ROW}},
        {"order": "1", **ROW},
    ],
)
async def test_shapes_of_one_report(answer: object) -> None:
    """The answer for one order comes flat, wrapped or as a list."""
    assert await client_answered(answer).status(["1"]) == {"1": DONE}


@pytest.mark.parametrize(
    ("ids", "answer"),
    [
        (["1"], {"order": "2", **ROW}),
        (["1"], [{"order": "2", **ROW}]),
        (["1", "2"], []),
        (["1", "2"], {}),
        (["1", "2"], {"8": ROW, "9": ROW}),
        (["1", "2"], {"1": 5, "2": "Sipariş yok"}),
    ],
)
async def test_reports_that_say_nothing(ids: list[str], answer: object) -> None:
    """Another id's row or none at all: the id has no result."""
    items = await client_answered(answer).status(ids)

    assert list(items) == ids
    assert {
        (item.kind, item.outcome) for item in items.values() if isinstance(item, ItemError)
    } == {LEFT_OUT}
    assert not any(isinstance(item, OrderReport) for item in items.values())


async def test_unknown_words_for_an_order_are_kept() -> None:
    """What the panel wrote is all there is to go by."""
    items = await client_answered({"1": ROW, "2": "Sipariş yok"}).status(["1", "2"])

    assert isinstance(items["2"], ItemError)
    assert "Sipariş yok" in items["2"].message


@pytest.mark.parametrize(
    ("ids", "answer"),
    [
        (["1"], {}),
        (["1"], []),
        (["1"], {"status": ""}),
        (["1"], {"status": None, "charge": "1"}),
        (["1"], [ROW, ROW]),
        (["1", "2"], [ROW, ROW, ROW]),
        (["1", "2"], {"foo": "bar"}),
        (["1", "2"], [["1", "2"]]),
        (["1", "2"], {"data": {"data": {"data": {"1": ROW}}}}),
    ],
)
async def test_reports_of_no_known_shape(ids: list[str], answer: object) -> None:
    """An answer that is not understood is an error, not orders without changes."""
    with pytest.raises(PanelResponseError):
        await client_answered(answer).status(ids)


@pytest.mark.parametrize(
    "answer",
    [
        [{"order": 1, "refill": 11}, {"order": 2, "refill": {"error": "Incorrect order ID"}}],
        [{"order": 2, "error": "Incorrect order ID"}, {"order": 1, "refill_id": "11"}],
        {"1": {"refill": 11}, "2": {"error": "Incorrect order ID"}},
        {"1": 11, "2": "Incorrect order ID"},
        {
            "status": "success",
            "refills": [{"order": 1, "refill": 11}, {"order": 2, "refill": "Incorrect order ID"}],
        },
    ],
)
async def test_shapes_of_refills(answer: object) -> None:
    """A refill id given to the wrong order could never be followed."""
    assert await client_answered(answer).refill(["1", "2"]) == {"1": "11", "2": UNKNOWN_ID}


async def test_refills_are_not_matched_by_position() -> None:
    """Rows come in any order, so without ids nobody knows whose refill it is."""
    with pytest.raises(PanelResponseError):
        await client_answered([{"refill": 11}, {"refill": 12}]).refill(["1", "2"])


@pytest.mark.parametrize(
    "answer",
    [
        {"refill": "11"},
        {"refill": 11, "success": "Your order will be refilled"},
        {"status": "success", "data": {"refill": 11}},
        [{"refill": 11}],
        {"order": 1, "refill": 11},
    ],
)
async def test_shapes_of_one_refill(answer: object) -> None:
    """The refill id may come with an int, a text or a wrapper around it."""
    assert await client_answered(answer).refill(["1"]) == {"1": "11"}


async def test_refused_refill_of_one_order() -> None:
    """The single form nests its error too."""
    client = client_answered({"refill": {"error": "Incorrect order ID"}})

    assert await client.refill(["1"]) == {"1": UNKNOWN_ID}


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ([{"order": 1, "cancel": 1}, {"order": 2, "cancel": "4002"}], ["1", "2"]),
        ([{"order": 1, "cancel": True}, {"order": 2, "cancel": {"error": "x"}}], ["1"]),
        ([{"order": 1, "cancel": "true"}, {"order": 2, "error": "Cannot cancel"}], ["1"]),
        ({"1": {"cancel": 1}, "2": 1}, ["1", "2"]),
        ({"1": {"status": "Canceled"}, "2": {"success": False, "msg": "no"}}, ["1"]),
        ({"canceled": [1, 2]}, ["1", "2"]),
        ({"status": "success", "cancelled": ["2"]}, ["2"]),
        ({"success": True, "data": {"orders": [1]}}, ["1"]),
        ([1, "2"], ["1", "2"]),
        ([1], ["1"]),
        ({"1": {"status": "Completed"}, "2": {"success": True}}, ["2"]),
    ],
)
async def test_shapes_of_cancels(answer: object, accepted: list[str]) -> None:
    """Only orders that the panel names were accepted."""
    items = await client_answered(answer).cancel(["1", "2"])

    assert [id_ for id_, item in items.items() if item is None] == accepted


@pytest.mark.parametrize(
    "answer", [{"cancel": 1}, {"order": 1, "cancel": 1}, {"success": True}, {"status": "success"}]
)
async def test_cancel_of_one_as_an_object(answer: object) -> None:
    """For a single order a word of success is enough."""
    assert await client_answered(answer).cancel(["1"]) == {"1": None}


async def test_success_word_for_many_cancels() -> None:
    """A word of success for several orders does not say which were accepted."""
    with pytest.raises(PanelResponseError):
        await client_answered({"success": True}).cancel(["1", "2"])


async def test_refill_status_without_a_status() -> None:
    """No word is no status."""
    with pytest.raises(PanelResponseError):
        await client_answered({"status": None, "refill": "7"}).refill_status(["7"])


SERVICE = {"service": 1, "name": "A", "rate": "0.9", "min": "1", "max": "9"}
READ = Service(
    id="1",
    name="A",
    type="Default",
    category="",
    rate=Decimal("0.9"),
    min=1,
    max=9,
    refill=False,
    cancel=False,
)


@pytest.mark.parametrize(
    "answer",
    [
        [SERVICE],
        {"services": [SERVICE]},
        {"status": "success", "data": [SERVICE]},
        {"1": {**SERVICE, "service": None}},
        [{**SERVICE, "service": "1", "rate": 0.9, "min": 1, "max": 9.0}],
        [{"Service": 1, "Name": " A \r\n", "Rate": "$0.9", "Min": "1", "Max": "9"}],
        [SERVICE, {**SERVICE, "name": "Twin"}],
        [SERVICE, None, 5, "x", [], {}, {**SERVICE, "service": 0}, {**SERVICE, "name": ""}],
        [
            SERVICE,
            {**SERVICE, "service": 2, "rate": "free"},
            {**SERVICE, "service": 3, "max": None},
        ],
        [SERVICE, {**SERVICE, "service": 2, "rate": "-1"}],
    ],
)
async def test_shapes_of_services(answer: object) -> None:
    """One bad row, or another wrapping, must not take the whole catalogue away."""
    assert await client_answered(answer).services() == (READ,)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ({"refill": True, "cancel": 1}, {"refill": True, "cancel": True}),
        ({"refill": "true", "cancel": "0"}, {"refill": True, "cancel": False}),
        ({"dripfeed": 1}, {"dripfeed": True}),
        ({"dripfeed": False}, {"dripfeed": False}),
        ({"dripfeed": None}, {"dripfeed": None}),
        ({"desc": " From\n users "}, {"description": "From users"}),
        ({"category": " A \u2b50 "}, {"category": "A \u2b50"}),
        ({"type": "Package", "min": None, "max": ""}, {"type": "Package", "min": 1, "max": 1}),
        ({"name": "n" * 9000}, {"name": "n" * 500}),
        ({"id": "9", "service": "64a1b2c3d4e5f6a7b8c9d0e1"}, {"id": "64a1b2c3d4e5f6a7b8c9d0e1"}),
    ],
)
async def test_service_values(row: dict[str, object], values: dict[str, Any]) -> None:
    """Flags, texts and limits come in every form."""
    (service,) = await client_answered([{**SERVICE, **row}]).services()

    assert {name: getattr(service, name) for name in values} == values


@pytest.mark.parametrize(
    "answer", [[], {"status": "success", "data": "Empty Data"}, {"services": []}]
)
async def test_empty_catalogue(answer: object) -> None:
    """A panel without services is no fault."""
    assert await client_answered(answer).services() == ()


@pytest.mark.parametrize(
    "answer", [{}, {"foo": 1}, {"data": "Empty Data"}, [5], [{"id": 1, "name": "A"}], "5"]
)
async def test_no_catalogue(answer: object) -> None:
    """Anything else must not look like a panel that sells nothing."""
    with pytest.raises(PanelResponseError):
        await client_answered(answer).services()


@pytest.mark.parametrize(
    "order", [0, None, "", "0", "error", "null", False, True, "-1", "try again", [], {}, "1,2"]
)
async def test_add_without_a_usable_id(
    server: LoopbackServer, client: PanelClient, order: object
) -> None:
    """Only an id is a placed order, and the lack of one no refusal."""
    server.will_answer(Reply.json({"order": order, "id": 7, "status": "success"}))

    with pytest.raises(PanelResponseError):
        await OPERATIONS["add"](client)


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
    """Only a panel that says so has accepted the request."""
    server.will_answer(Reply.json([{"order": 1, "cancel": cancel}]))

    with pytest.raises(PanelResponseError):
        await client.cancel(["1"])
