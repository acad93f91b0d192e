"""What an answer is: a result, a refusal, or an operation with an unknown outcome."""

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    PanelClient,
    PanelRejectedError,
    PanelResponseError,
)
from tests.helpers.api_calls import OPERATIONS, Call, every_operation, every_read, failure_of
from tests.helpers.loopback import LoopbackServer, Reply


@every_operation
@pytest.mark.parametrize(
    "text",
    ["Unknown error", "order could not be created", "MAINTENANCE_MODE", "Service Unavailable"],
)
async def test_server_error_leaves_an_operation_unknown(
    server: LoopbackServer, client: PanelClient, call: Call, text: str
) -> None:
    """Taking such an answer for a refusal makes people order, and pay, twice."""
    server.will_answer(Reply.json({"error": text}, status=503))

    failure = await failure_of(call, client)

    assert isinstance(failure, PanelResponseError)
    assert text in str(failure)


async def test_server_error_with_a_clear_refusal(
    server: LoopbackServer, client: PanelClient
) -> None:
    """Some scripts answer 500 to everything; lack of funds is a refusal all the same."""
    server.will_answer(Reply.json({"error": "Not enough funds on balance"}, status=500))

    with pytest.raises(PanelRejectedError) as caught:
        await OPERATIONS["add"](client)

    assert caught.value.kind is ErrorKind.NOT_ENOUGH_FUNDS


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, "Account unbekannt", ErrorKind.AUTH),
        (422, "Bad link", ErrorKind.BAD_LINK),
        (429, "Langsamer bitte", ErrorKind.RATE_LIMITED),
        (429, "Bad link", ErrorKind.BAD_LINK),
        (503, "Not enough funds", ErrorKind.NOT_ENOUGH_FUNDS),
    ],
)
async def test_error_text_outranks_status(
    server: LoopbackServer, client: PanelClient, status: int, text: str, kind: ErrorKind
) -> None:
    """Panels use HTTP codes at will; the code only helps where the text says nothing."""
    server.will_answer(Reply.json({"error": text}, status=status))

    with pytest.raises(PanelRejectedError) as caught:
        await OPERATIONS["add"](client)

    assert (caught.value.kind, caught.value.message) == (kind, text)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (402, "Zu arm", ErrorKind.NOT_ENOUGH_FUNDS),
        (404, "Unknown panel", ErrorKind.OTHER),
        (200, "Unknown panel", ErrorKind.OTHER),
    ],
)
async def test_status_names_no_reason_to_an_add(
    server: LoopbackServer, client: PanelClient, status: int, text: str, kind: ErrorKind
) -> None:
    """A read may be classified by its status, but an order is not taken for refused by it."""
    server.will_answer(*[Reply.json({"error": text}, status=status)] * 2)

    with pytest.raises(PanelRejectedError) as caught:
        await client.balance()
    assert (caught.value.kind, caught.value.message) == (kind, text)
    with pytest.raises(PanelResponseError, match=text):
        await OPERATIONS["add"](client)


@every_read
async def test_maintenance(server: LoopbackServer, client: PanelClient, call: Call) -> None:
    """A read may say what is going on: nothing can be lost by it."""
    server.will_answer(Reply.json({"error": "Back at noon"}, status=503))

    failure = await failure_of(call, client)

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
    """A panel that names a time gets no request before it is over."""
    server.will_answer(reply)

    failure = await failure_of(call, client)

    assert isinstance(failure, PanelRejectedError)
    assert (failure.kind, failure.retry_after) == (ErrorKind.MAINTENANCE, 300)


@every_operation
@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=503, headers={"Retry-After": "300"}),
        Reply(body=b"<title>Maintenance</title>"),
        Reply(body=b"Rate limit exceeded"),
    ],
)
async def test_page_leaves_an_operation_unknown(
    server: LoopbackServer, client: PanelClient, call: Call, reply: Reply
) -> None:
    """A page can come from a gateway behind which the panel went on."""
    server.will_answer(reply)

    assert isinstance(await failure_of(call, client), PanelResponseError)


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

    assert getattr(await OPERATIONS["add"](client), "order", None) == "5"
    assert getattr(await OPERATIONS["add"](client), "order", None) == "6"
