"""The kinds of variation between panels, one by one, through the client."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
import json
from typing import Any

import pytest

from custom_components.smm_panel.api import (
    Balance,
    ErrorKind,
    ItemError,
    OrderReport,
    OrderStatus,
    Outcome,
    PanelRejectedError,
    PanelResponseError,
    RefillStatus,
    Service,
)
from tests.api.calls import ORDER
from tests.api.fake_transport import client_answered

UNKNOWN_ID = ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)
NOT_TOLD = (ErrorKind.OTHER, Outcome.UNKNOWN)


def _report(status: OrderStatus, text: str, **values: Any) -> OrderReport:
    return OrderReport(status=status, status_text=text, **values)


DONE = _report(OrderStatus.COMPLETED, "Completed")


@pytest.mark.parametrize(
    ("balance", "amount"),
    [
        ("100.84292", "100.84292"),
        (100, "100"),
        ("0.0000001", "0.0000001"),
        ("1e-05", "0.00001"),
        (-3.5, "-3.5"),
        ("-$5.25", "-5.25"),
        ("$1,234.50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.5 CHF", "1234.5"),
        ("1,234", "1234"),
        ("0,234", "0.234"),
        ("12,5", "12.5"),
        ("1.234", "1.234"),
        ("1.234.567", "1234567"),
        ("1,23,456.78 INR", "123456.78"),
        ("USD 5", "5"),
        ("7.", "7"),
        ("0e5", "0"),
        (json.loads("123456789012345678"), "123456789012345678"),
    ],
)
async def test_amounts(balance: object, amount: str) -> None:
    """A misplaced separator is a balance a thousand times too high."""
    client = client_answered({"balance": balance, "currency": "USD"})

    assert await client.balance() == Balance(amount=Decimal(amount), currency="USD")


@pytest.mark.parametrize(
    "text",
    [
        '"abc"',
        "null",
        '""',
        "true",
        "[]",
        "{}",
        "NaN",
        '"NaN"',
        "Infinity",
        '"inf"',
        "1e999",
        '"1e99"',
        "1e-400",
        "1" * 5000,
        '"1.2.3"',
        '"1,2,3"',
        '"12 of 20 / 3"',
        '"1.234,56.7"',
        '"1e9999999999"',
        '{"data": {"data": {"data": {"balance": 1}}}}',
        '"' + "1" * 200 + '"',
    ],
)
async def test_amounts_that_are_none(text: str) -> None:
    """A balance that cannot be read is unknown; a made-up one would be believed."""
    with pytest.raises(PanelResponseError):
        await client_answered('{"balance": ' + text + "}").balance()


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
    """An order the panel took must never look lost."""
    placed = await client_answered(answer).add(ORDER)

    assert placed.order == order
    assert placed.charge == (None if charge is None else Decimal(charge))


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        ({"error": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"Error": " Bad\n link "}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": {"code": "bad_link", "message": "No!"}}, ErrorKind.BAD_LINK, "bad_link: No!"),
        ({"error": ["Bad link"]}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": "invalid_link", "message": "No!"}, ErrorKind.BAD_LINK, "invalid_link: No!"),
        ({"error": True, "message": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": 1, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": True}, ErrorKind.OTHER, "error"),
        ({"status": "error", "message": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"status": "Fail", "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"status": False, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"success": False, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"errors": ["Bad link", "Also"]}, ErrorKind.BAD_LINK, "Bad link: Also"),
        ({"errors": {"link": ["Bad link"]}}, ErrorKind.BAD_LINK, "Bad link"),
        ([{"error": "Bad link"}], ErrorKind.BAD_LINK, "Bad link"),
        ('"Bad link"', ErrorKind.BAD_LINK, "Bad link"),
        ({"error": "Liên kết sai"}, ErrorKind.OTHER, "Liên kết sai"),
        ({"error": "x" * 9000}, ErrorKind.OTHER, "x" * 500),
        ({"error": "no\x00good \ud800"}, ErrorKind.OTHER, "no good \ufffd"),
    ],
)
async def test_shapes_of_errors(answer: object, kind: ErrorKind, text: str) -> None:
    """A refusal taken for an unknown outcome makes the user look for an order that is none."""
    with pytest.raises(PanelRejectedError) as caught:
        await client_answered(answer).add(ORDER)

    assert (caught.value.kind, caught.value.message) == (kind, text)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Pending", OrderStatus.PENDING),
        ("QUEUED", OrderStatus.PENDING),
        ("Новый", OrderStatus.PENDING),
        ("0", OrderStatus.PENDING),
        ("Process", OrderStatus.PROCESSING),
        ("In progress", OrderStatus.IN_PROGRESS),
        ("in_progress", OrderStatus.IN_PROGRESS),
        ("In-Progress", OrderStatus.IN_PROGRESS),
        ("Inprogress", OrderStatus.IN_PROGRESS),
        ("Complete", OrderStatus.COMPLETED),
        ("Success", OrderStatus.COMPLETED),
        ("Partial", OrderStatus.PARTIAL),
        ("Cancelled", OrderStatus.CANCELED),
        ("Отменён", OrderStatus.CANCELED),
        ("Refund", OrderStatus.REFUNDED),
        ("Error", OrderStatus.FAILED),
        ("Fail", OrderStatus.FAILED),
        ("Active", OrderStatus.ACTIVE),
        ("Paused", OrderStatus.PAUSED),
        ("Expired", OrderStatus.EXPIRED),
        ("In review", OrderStatus.UNKNOWN),
        ("Refill", OrderStatus.UNKNOWN),
    ],
)
async def test_order_status_words(text: str, status: OrderStatus) -> None:
    """A word misread as final would stop an order from being followed."""
    client = client_answered({"status": text, "charge": "1"})

    assert await client.status(["1"]) == {"1": _report(status, text, charge=Decimal(1))}


def test_final_statuses() -> None:
    """An order that is not final must go on being polled."""
    assert {status for status in OrderStatus if status.is_final} == {
        OrderStatus.COMPLETED,
        OrderStatus.PARTIAL,
        OrderStatus.CANCELED,
        OrderStatus.REFUNDED,
        OrderStatus.FAILED,
        OrderStatus.EXPIRED,
    }


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
    """Another's row or none at all: the id has no news, and nobody else's."""
    items = await client_answered(answer).status(ids)

    assert list(items) == ids
    assert {
        (item.kind, item.outcome) for item in items.values() if isinstance(item, ItemError)
    } == {NOT_TOLD}
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
    """An answer nobody understands is an error to be told, not orders without news."""
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
    ("answer", "taken"),
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
async def test_shapes_of_cancels(answer: object, taken: list[str]) -> None:
    """Only orders the panel names were taken."""
    items = await client_answered(answer).cancel(["1", "2"])

    assert [id_ for id_, item in items.items() if item is None] == taken


@pytest.mark.parametrize(
    "answer", [{"cancel": 1}, {"order": 1, "cancel": 1}, {"success": True}, {"status": "success"}]
)
async def test_cancel_of_one_as_an_object(answer: object) -> None:
    """For a single order a word of success is enough."""
    assert await client_answered(answer).cancel(["1"]) == {"1": None}


async def test_success_word_for_many_cancels() -> None:
    """A word of success for several orders does not say which were taken."""
    with pytest.raises(PanelResponseError):
        await client_answered({"success": True}).cancel(["1", "2"])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("pending", RefillStatus.PENDING),
        ("Awaiting", RefillStatus.PENDING),
        ("In progress", RefillStatus.IN_PROGRESS),
        ("COMPLETED", RefillStatus.COMPLETED),
        ("Rejected", RefillStatus.REJECTED),
        ("Cancelled", RefillStatus.CANCELED),
        ("Error", RefillStatus.FAILED),
        ("Partial", RefillStatus.UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: {"status": text},
        lambda text: [{"refill": 7, "status": text}],
        lambda text: {"7": {"status": text}},
        lambda text: {"7": text},
        lambda text: {"status": "success", "data": {"status": text}},
    ],
)
async def test_refill_status_words(
    text: str, status: RefillStatus, wrap: Callable[[str], object]
) -> None:
    """A refill shown as done that is not would never be complained about."""
    assert await client_answered(wrap(text)).refill_status(["7"]) == {"7": status}


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
