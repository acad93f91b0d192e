"""PanelClient against a web server: what it sends, what it makes of the answers."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import pytest

from custom_components.smm_panel.api import (
    Answer,
    Balance,
    ErrorKind,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderRequest,
    OrderStatus,
    Outcome,
    PanelAuthError,
    PanelClient,
    PanelConnectionError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnreachableError,
    PlacedOrder,
    RefillStatus,
    Service,
)
from tests.api.conftest import KEY
from tests.helpers.api_calls import Call, every_call, failure_of
from tests.helpers.loopback import CUT, DROPPED, HTML, LoopbackServer, Reply, fixture

ORDER = OrderRequest(service="1", link="https://example.com/p", quantity=100)
PARTIAL = OrderReport(
    status=OrderStatus.PARTIAL,
    status_text="Partial",
    charge=Decimal("0.27819"),
    start_count=3572,
    remains=157,
    currency="USD",
)
IN_PROGRESS = OrderReport(
    status=OrderStatus.IN_PROGRESS,
    status_text="In progress",
    charge=Decimal("1.44219"),
    start_count=234,
    remains=10,
    currency="USD",
)
WRONG_ID = ItemError(message="Incorrect order ID", kind=ErrorKind.BAD_ORDER)
SERVICES = (
    Service(
        id="1",
        name="Followers",
        type="Default",
        category="First Category",
        rate=Decimal("0.90"),
        min=50,
        max=10000,
        refill=True,
        cancel=True,
    ),
    Service(
        id="2",
        name="Comments",
        type="Custom Comments",
        category="Second Category",
        rate=Decimal(8),
        min=10,
        max=1500,
        refill=False,
        cancel=True,
    ),
)

type Example = Callable[[PanelClient], Awaitable[object]]


@pytest.mark.parametrize(
    ("call", "name", "form", "result"),
    [
        pytest.param(
            lambda client: client.balance(),
            "balance",
            {"action": "balance"},
            Balance(amount=Decimal("100.84292"), currency="USD"),
            id="balance",
        ),
        pytest.param(
            lambda client: client.services(),
            "services",
            {"action": "services"},
            SERVICES,
            id="services",
        ),
        pytest.param(
            lambda client: client.add(ORDER),
            "add",
            {
                "action": "add",
                "service": "1",
                "link": "https://example.com/p",
                "quantity": "100",
            },
            PlacedOrder(order="23501", charge=None),
            id="add",
        ),
        pytest.param(
            lambda client: client.status(["1"]),
            "status",
            {"action": "status", "order": "1"},
            {"1": PARTIAL},
            id="status of one",
        ),
        pytest.param(
            lambda client: client.status(["1", "10", "100"]),
            "status_multiple",
            {"action": "status", "orders": "1,10,100"},
            {"1": PARTIAL, "10": WRONG_ID, "100": IN_PROGRESS},
            id="status of many",
        ),
        pytest.param(
            lambda client: client.refill(["1"]),
            "refill",
            {"action": "refill", "order": "1"},
            {"1": "1"},
            id="refill of one",
        ),
        pytest.param(
            lambda client: client.refill(["1", "2", "3"]),
            "refill_multiple",
            {"action": "refill", "orders": "1,2,3"},
            {"1": "1", "2": "2", "3": WRONG_ID},
            id="refill of many",
        ),
        pytest.param(
            lambda client: client.refill_status(["1"]),
            "refill_status",
            {"action": "refill_status", "refill": "1"},
            {"1": RefillStatus.COMPLETED},
            id="refill status of one",
        ),
        pytest.param(
            lambda client: client.refill_status(["1", "2", "3"]),
            "refill_status_multiple",
            {"action": "refill_status", "refills": "1,2,3"},
            {
                "1": RefillStatus.COMPLETED,
                "2": RefillStatus.REJECTED,
                "3": ItemError(message="Refill not found", kind=ErrorKind.BAD_ORDER),
            },
            id="refill status of many",
        ),
        pytest.param(
            lambda client: client.cancel(["9", "2"]),
            "cancel",
            {"action": "cancel", "orders": "9,2"},
            {"9": WRONG_ID, "2": None},
            id="cancel",
        ),
    ],
)
async def test_documented_example(
    server: LoopbackServer,
    client: PanelClient,
    call: Example,
    name: str,
    form: dict[str, str],
    result: object,
) -> None:
    """A field sent wrongly, or a documented answer misread, would break every panel."""
    server.will_answer(Reply.json(fixture(name)))

    assert await call(client) == result
    assert server.forms == [{"key": KEY, **form}]
    assert server.heads[0].startswith("POST /api/v2 ")


async def test_cancel_of_one_order_uses_the_only_documented_form(
    server: LoopbackServer, client: PanelClient
) -> None:
    """Many panels do not know `order` for cancel."""
    server.will_answer(Reply.json([{"order": 2, "cancel": 1}]))

    assert await client.cancel(["2"]) == {"2": None}
    assert server.forms == [{"key": KEY, "action": "cancel", "orders": "2"}]


async def test_ids_are_cleaned_and_sent_once(server: LoopbackServer, client: PanelClient) -> None:
    """A blank, doubled or broken id must neither spoil the request nor get lost."""
    server.will_answer(Reply.json({"7": {"status": "Completed"}, "ab-C": {"status": "Pending"}}))

    items = await client.status([" 7", "7", "", "  ", "4 2", "4,2", "0", "-5", "ab-C ", "x" * 200])

    assert server.forms == [{"key": KEY, "action": "status", "orders": "7,ab-C"}]
    assert list(items) == ["7", "", "4 2", "4,2", "0", "-5", "ab-C", "x" * 200]
    refused = [item for item in items.values() if isinstance(item, ItemError)]
    assert len(refused) == 6
    assert {(item.kind, item.outcome) for item in refused} == {
        (ErrorKind.BAD_ORDER, Outcome.NOT_SENT)
    }


@pytest.mark.parametrize("ids", [[], ["", " "]])
async def test_nothing_is_sent_for_no_id(
    server: LoopbackServer, client: PanelClient, ids: list[str]
) -> None:
    """An empty list of ids must not become a request about every order."""
    items = await client.cancel(ids)

    assert list(items) == ids[:1]
    assert server.forms == []


async def test_any_number_of_ids_in_batches_of_100(
    server: LoopbackServer, client: PanelClient
) -> None:
    """Panels refuse or silently cut more than 100 ids."""
    ids = [str(number) for number in range(1, 202)]
    server.will_answer(
        *(
            Reply.json({id_: {"status": "Completed"} for id_ in batch})
            for batch in (ids[:100], ids[100:200])
        ),
        Reply.json({"status": "Pending"}),
    )

    items = await client.status(ids)

    assert [form.get("orders", "").count(",") for form in server.forms] == [99, 99, 0]
    assert server.forms[2] == {"key": KEY, "action": "status", "order": "201"}
    assert list(items) == ids
    assert {item.status for item in items.values() if isinstance(item, OrderReport)} == {
        OrderStatus.COMPLETED,
        OrderStatus.PENDING,
    }


async def test_left_out_and_foreign_ids(server: LoopbackServer, client: PanelClient) -> None:
    """An id without an answer is never guessed, another's row never handed out."""
    server.will_answer(Reply.json({"1": {"status": "Completed"}, "99": {"status": "Partial"}}))

    items = await client.status(["1", "2"])

    assert list(items) == ["1", "2"]
    assert items["2"] == ItemError(
        message="The panel's answer leaves this id out",
        kind=ErrorKind.OTHER,
        outcome=Outcome.UNKNOWN,
    )


async def test_unreadable_row_spoils_no_other(server: LoopbackServer, client: PanelClient) -> None:
    """One row of nonsense must not affect the other orders."""
    server.will_answer(Reply.json({"1": {"foo": 5}, "2": [], "3": {"status": "Completed"}}))

    items = await client.status(["1", "2", "3"])

    assert isinstance(items["1"], ItemError)
    assert isinstance(items["2"], ItemError)
    assert items["1"].outcome is Outcome.UNKNOWN
    assert items["3"] == OrderReport(status=OrderStatus.COMPLETED, status_text="Completed")


@pytest.mark.parametrize("ids", [["1"], ["1", "2"]])
async def test_refusal_about_orders_becomes_items(
    server: LoopbackServer, client: PanelClient, ids: list[str]
) -> None:
    """When all ids are wrong some panels answer one error for all of them."""
    server.will_answer(Reply.json({"error": "Incorrect order ID"}))

    assert await client.status(ids) == dict.fromkeys(ids, WRONG_ID)


async def test_unknown_refusal_is_about_the_only_order(
    server: LoopbackServer, client: PanelClient
) -> None:
    """In the form for one order even an error in another language is about that order."""
    server.will_answer(Reply.json({"error": "Rellenado no disponible"}))

    item = ItemError(message="Rellenado no disponible", kind=ErrorKind.OTHER)
    assert await client.refill(["1"]) == {"1": item}
    with pytest.raises(PanelRejectedError, match="Rellenado no disponible"):
        await client.refill(["1", "2"])


@pytest.mark.parametrize("ids", [["1"], ["1", "2"]])
async def test_wrong_key_is_never_an_item(
    server: LoopbackServer, client: PanelClient, ids: list[str]
) -> None:
    """A wrong key must start reauthentication, not mark orders as wrong."""
    server.will_answer(Reply.json({"error": "Invalid API key"}))

    with pytest.raises(PanelAuthError, match="Invalid API key"):
        await client.status(ids)


async def test_unreadable_services_are_logged_once(
    server: LoopbackServer, client: PanelClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The list is fetched for hours on end; one bad row must not fill the log."""
    rows = [{"service": 1}, {"service": 2, "name": "A", "rate": "1", "min": 1, "max": 2}]
    server.will_answer(Reply.json(rows))

    assert [service.id for service in await client.services()] == ["2"]
    assert [service.id for service in await client.services()] == ["2"]
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "Skipped 1 rows of the service list that cannot be read"
    ]


async def test_large_service_list(server: LoopbackServer, client: PanelClient) -> None:
    """The largest known panels list about 8 000 services."""
    row = {"name": "Followers " * 10, "rate": "0.9", "min": "1", "max": "9"}
    server.will_answer(Reply.json([{"service": number, **row} for number in range(1, 8001)]))

    services = await client.services()

    assert len(services) == 8000
    assert services[-1].id == "8000"


LISTED = ListedOrder(
    order="23501",
    service="1",
    link="https://example.com/p",
    quantity=100,
    charge=Decimal("0.09"),
    created_at="2030-01-02 10:00:00",
)
LISTED_ROW = {
    "service": 1,
    "link": "https://example.com/p",
    "quantity": "100",
    "charge": "0.09",
    "created_at": "2030-01-02 10:00:00",
}
BARE = ListedOrder(order="7", service=None, link=None, quantity=None, charge=None, created_at=None)


@pytest.mark.parametrize(
    ("answer", "listed"),
    [
        ([{"order": 23501, **LISTED_ROW}, {"id": "7"}], (LISTED, BARE)),
        ({"orders": [{"order_id": "23501", **LISTED_ROW}]}, (LISTED,)),
        ({"status": "success", "data": {"orders": [{"id": 23501, **LISTED_ROW}]}}, (LISTED,)),
        ({"current_page": 1, "data": [{"id": 23501, **LISTED_ROW}], "total": 1}, (LISTED,)),
        ({"23501": LISTED_ROW, "7": {"status": "Pending"}}, (LISTED, BARE)),
        ({"orders": {"23501": {**LISTED_ROW, "service": {"id": 1, "name": "A"}}}}, (LISTED,)),
        ([{"Order": 23501, **LISTED_ROW}, {"order": 0}, None, {"error": "x"}], (LISTED,)),
        ([7], (BARE,)),
        ([{"order": 7, "service": "Cheap followers", "link": "", "quantity": "-"}], (BARE,)),
        ([], ()),
        ({"status": "success", "orders": []}, ()),
    ],
)
async def test_list_of_own_orders(
    server: LoopbackServer, client: PanelClient, answer: object, listed: tuple[ListedOrder, ...]
) -> None:
    """An order the panel lists must be found, or a lost one cannot be settled."""
    server.will_answer(Reply.json(answer))

    assert await client.orders() == listed
    assert server.forms == [{"key": KEY, "action": "orders"}]


@pytest.mark.parametrize("answer", [{}, {"status": "success"}, [None], [{"link": "a"}], "7"])
async def test_no_list_of_own_orders(
    server: LoopbackServer, client: PanelClient, answer: object
) -> None:
    """What cannot be read must not look like an account without orders."""
    server.will_answer(Reply.json(answer))

    with pytest.raises(PanelResponseError):
        await client.orders()


async def test_panel_that_does_not_list_orders(server: LoopbackServer, client: PanelClient) -> None:
    """Most panels do not know the action."""
    server.will_answer(Reply.json({"error": "This action is Invalid"}))

    with pytest.raises(PanelRejectedError) as caught:
        await client.orders()

    assert caught.value.kind is ErrorKind.BAD_REQUEST


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
    """A foreign error would be a traceback at each poll; a repeated operation a second order."""
    server.will_answer(reply)

    failure = await failure_of(call, client)

    assert isinstance(failure, error)
    assert not isinstance(failure, PanelUnreachableError)
    assert len(server.forms) == 1


class _Offline:
    """A transport whose line is dead."""

    async def post(self, form: Mapping[str, str], **_: bool) -> Answer:
        raise ConnectionResetError(f"line is dead at {form['action']}")


async def test_transport_of_another_kind() -> None:
    """A transport that knows nothing of our errors (the simulated panel) may lose an answer."""
    with pytest.raises(PanelConnectionError, match="ConnectionResetError: line is dead at balance"):
        await PanelClient(_Offline()).balance()
