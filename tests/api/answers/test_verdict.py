"""What an error means for the request: refused, outcome unknown, or a fault of the panel."""

from contextlib import suppress

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    PanelAccessError,
    PanelAuthError,
    PanelClient,
    PanelRejectedError,
    PanelResponseError,
    PanelUnclearError,
    UnconfirmedIdError,
)
from custom_components.smm_panel.api.answers.outcome_texts import says_done
from tests.helpers.api_calls import OPERATIONS, ORDER, Call, every_read, failure_of
from tests.helpers.fake_transport import FakeAnswer, FakeTransport, client_answered

LOST_BY_THE_PANEL = (
    "Order placed at provider but local save failed. Contact support with your link and service ID."
)
every_status = pytest.mark.parametrize("status", [200, 400, 402, 404, 408, 409, 422, 499, 500, 502])
CHANGES = {name: call for name, call in OPERATIONS.items() if name != "add"}
every_change = pytest.mark.parametrize("call", CHANGES.values(), ids=CHANGES.keys())


@every_status
@pytest.mark.parametrize(
    "text",
    [
        LOST_BY_THE_PANEL,
        "Unknown error, please try again",
        "Internal error: quantity",
        "Unexpected error while checking the service",
        "Database connection failed. Please try again later.",
        "Bad gateway",
        "Please contact support",
        "Order not found",
        "Your order was placed, but the balance is too low for another",
        "Order saved. Minimum quantity is 10",
        "Order 17 placed: invalid link format corrected",
        "You were charged, but the service is disabled",
        "Your balance has been charged. Link is required",
        "Insufficient balance at provider",
        "Supplier: service not found",
        "Your order is being processed. Incorrect quantity",
        "Order is in progress (min 10, max 100 quantity)",
        "Successfully created. Invalid link",
        "We placed your order; invalid link ignored",
        "Заказ создан, недостаточно средств для уведомления",
        "Siparişiniz verildi, miktar 100",
        "Đơn hàng đã được tạo, số lượng 100",
        "Pedido realizado, cantidad 100",
    ],
)
async def test_add_that_may_be_placed(text: str, status: int) -> None:
    """Freeing the budget here makes people order, and pay, twice."""
    with pytest.raises(PanelUnclearError) as caught:
        await client_answered({"error": text}, status).add(ORDER)

    assert caught.value.text == text
    assert text in str(caught.value)


@every_status
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Order could not be placed: insufficient balance", ErrorKind.NOT_ENOUGH_FUNDS),
        ("Your order was not placed: insufficient balance", ErrorKind.NOT_ENOUGH_FUNDS),
        ("Not enough funds, you have not been charged", ErrorKind.NOT_ENOUGH_FUNDS),
        ("Nothing was charged. Service not found", ErrorKind.BAD_SERVICE),
        ("Invalid link. The order will be processed when it is corrected", ErrorKind.BAD_LINK),
        ("Minimum quantity is 10, no order was created", ErrorKind.BAD_QUANTITY),
        ("Order can't be processed. Selected plan is not available.", ErrorKind.BAD_SERVICE),
        ("An identical order was just placed", ErrorKind.DUPLICATE_LINK),
        ("You already ordered this service for this link (#4218)", ErrorKind.DUPLICATE_LINK),
        ("Missing required parameter: link", ErrorKind.BAD_REQUEST),
        ("Invalid API key. Please contact support", ErrorKind.AUTH),
        ("Too many requests", ErrorKind.RATE_LIMITED),
        ("Заказ не создан: недостаточно средств", ErrorKind.NOT_ENOUGH_FUNDS),
    ],
)
async def test_add_that_is_refused(text: str, kind: ErrorKind, status: int) -> None:
    """A reason that excludes the order: nothing to look for, the budget is free."""
    with pytest.raises(PanelRejectedError) as caught:
        await client_answered({"error": text}, status).add(ORDER)

    assert (caught.value.kind, caught.value.message) == (kind, text)


@pytest.mark.parametrize(
    ("status", "headers", "is_refused"),
    [
        (200, {}, True),
        (400, {}, True),
        (503, {"Retry-After": "300"}, True),
        (503, {}, False),
        (500, {"Retry-After": "300"}, False),
        (502, {}, False),
    ],
)
async def test_maintenance_and_an_add(
    status: int, headers: dict[str, str], *, is_refused: bool
) -> None:
    """A gateway says the same of a panel that has the order already."""
    answer = FakeAnswer(text='{"error": "MAINTENANCE_MODE"}', status=status, headers=headers)

    failure = await failure_of(OPERATIONS["add"], PanelClient(FakeTransport(answer)))

    assert isinstance(failure, PanelRejectedError if is_refused else PanelUnclearError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Order placed at provider but local save failed", True),
        ("order_placed_but_not_saved", True),
        ("Not saved, but you were charged", True),
        ("It has already been accepted", True),
        ("Pesanan berhasil dibuat", True),
        ("订单已创建", True),
        ("The order was not placed", False),
        ("Order couldn't be placed and charged", False),
        ("Unable to get the order accepted", False),
        ("Your order must be saved before it is processed", False),
        ("The order will be charged later", False),
        ("Unknown error", False),
        ("Заказ не создан", False),
    ],
)
def test_what_a_text_says_was_done(text: str, *, expected: bool) -> None:
    """A denial counts within its clause, before what it denies."""
    assert says_done(text) is expected


async def test_says_done_is_part_of_the_error() -> None:
    """Such a text must never be learned as a refusal."""
    for text, expected in (("Order saved, reply lost", True), ("Oops", False)):
        failure = await failure_of(OPERATIONS["add"], client_answered({"error": text}))
        assert isinstance(failure, PanelUnclearError)
        assert failure.says_done is expected


@every_change
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("text", ["Not possible", "Unknown error", "Refill was not requested"])
async def test_change_that_is_refused(call: Call, status: int, text: str) -> None:
    """Refills and cancels are free: the panel's own error is the end of the request."""
    outcomes: set[object] = set()
    with suppress(PanelRejectedError):
        items = await call(client_answered({"error": text}, status))
        assert isinstance(items, dict)
        outcomes = {item.outcome for item in items.values()}

    assert outcomes <= {"refused"}


@every_change
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Incorrect order ID", 500),
        ("Not eligible", 502),
        ("Rate limit exceeded", 503),
        ("Refill was requested but could not be stored", 200),
        ("Cancel request sent to the provider, no answer", 400),
        ("Your request is being processed", 422),
    ],
)
async def test_change_that_may_be_done(call: Call, text: str, status: int) -> None:
    """What may be under way must not be shown as refused."""
    failure = await failure_of(call, client_answered({"error": text}, status))

    assert isinstance(failure, PanelUnclearError)


@every_change
async def test_text_about_an_earlier_request(call: Call) -> None:
    """It is the earlier request that is under way."""
    text = "A refill of this order is already being processed"
    client = client_answered({"error": text})

    items = await call(client)

    assert isinstance(items, dict)
    assert {(item.kind, item.outcome) for item in items.values()} == {("not_eligible", "refused")}


@every_read
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"error": "Forbidden"}, 200),
        ({"error": "Forbidden"}, 403),
        ({"message": "Access denied"}, 401),
        ({"error": "Kein Zugang"}, 401),
        ({"error": "Blocked by our firewall rules"}, 403),
        ({"error": "Unknown error"}, 403),
        ("", 403),
        ("<title>Just a moment...</title>", 403),
    ],
)
async def test_access_denied_without_a_word_about_the_key(
    call: Call, answer: object, status: int
) -> None:
    """One page of a firewall must not end the polling of an account."""
    failure = await failure_of(call, client_answered(answer, status))

    assert isinstance(failure, PanelAccessError)


@every_read
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "text", ["Your account is not verified", "Hesap durduruldu", "Key of another shop", "Ключ?"]
)
async def test_access_denied_for_the_key(call: Call, text: str, status: int) -> None:
    """With such a status any mention of the key or the account is enough."""
    failure = await failure_of(call, client_answered({"error": text}, status))

    assert isinstance(failure, PanelAuthError)
    assert failure.names_key


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("answer", [{"error": "Forbidden"}, "<html>", ""])
async def test_access_denied_leaves_an_add_unknown(answer: object, status: int) -> None:
    """A firewall may also stop the answer of a panel that has the order."""
    failure = await failure_of(OPERATIONS["add"], client_answered(answer, status))

    assert isinstance(failure, PanelResponseError)


@pytest.mark.parametrize("answer", ["23501", '"23501"', " 23501\n"])
async def test_number_as_the_answer_to_an_add(answer: str) -> None:
    """It may be the order's id: worth a look, and no order by itself."""
    with pytest.raises(UnconfirmedIdError) as caught:
        await client_answered(answer).add(ORDER)

    assert caught.value.order == "23501"


@pytest.mark.parametrize(
    ("answer", "status"), [("23501", 400), ("23501", 500), ("17", 200), ("000", 200), ("1.5", 200)]
)
async def test_number_that_is_no_id(answer: str, status: int) -> None:
    """Codes and amounts are not proposed."""
    failure = await failure_of(OPERATIONS["add"], client_answered(answer, status))

    assert isinstance(failure, PanelResponseError)
    assert not isinstance(failure, UnconfirmedIdError)
