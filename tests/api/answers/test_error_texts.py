"""The table from error text to what it is about."""

import re

import pytest

from custom_components.smm_panel.api import (
    ErrorKind,
    PanelAuthError,
    PanelRejectedError,
    PanelResponseError,
)
from custom_components.smm_panel.api.answers.error_texts import (
    error_kind,
    missing_field,
    read_batch_limit,
)
from tests.helpers.fake_transport import client_answered

# Said of every request, so not by the panel in answer to this one.
NO_ACCESS = {"Forbidden", "Access denied"}
TEXTS = {
    ErrorKind.AUTH: """
        Invalid API key
        Incorrect API key
        Invalid Key
        Missing key
        The api key field is required
        API is Disable for this user or User Not Found
        API access disabled
        Account suspended
        Your account is not active
        invalid_api_key
        invalid_key
        Your IP 192.0.2.1 is not allowed
        Your IP is blocked
        Your key is expired
        apiKeyInvalid
        Unauthenticated.
        API key missing
        No API key provided
        Please provide your key
        Key is required
        Your account has been suspended. Please contact support.
        Hesap pasif
        Неверный API ключ
        Tài khoản của bạn đã bị khóa
    """,
    ErrorKind.NOT_ENOUGH_FUNDS: """
        Not enough funds on balance
        Insufficient balance
        insufficient_balance
        neworder.error.not_enough_funds
        neworder.error.insufficient_balance
        Insufficient Wallet Balance! Required: $4.20, available: $1.00
        Insufficient account balance.
        Not enough money on your balance
        Order could not be placed: insufficient balance
        The charge exceeds your balance
        Please top up your balance
        You don't have enough balance
        Your balance is less than the price of the order
        Bakiye yetersiz
        Số dư không đủ
        So du tai khoan khong du
        Недостаточно средств на балансе
        Saldo insuficiente
        余额不足
    """,
    ErrorKind.BAD_SERVICE: """
        Incorrect service ID
        Invalid service ID
        Service not found
        Service ID does not exists
        Disabled service ID
        Service temporarily disabled
        neworder.error.incorrect_service_id
        neworder.error.service_inactive
        neworder.error.service_not_found
        invalid_service
        bad_type
        Service is not active
        Selected plan is not available.
        This package is no longer available
        Service is currently disabled
        Service closed
        This service has been discontinued
        Service unavailable in your region
        No such service
        Geçersiz servis
        Dịch vụ không tồn tại
        Услуга не найдена
        Servicio no disponible
    """,
    ErrorKind.BAD_ORDER: """
        Incorrect order ID
        Invalid Order Id
        Order not found
        order_not_found
        The selected order id is invalid.
        error.incorrect_order_id
        "abc" is not a number
        Refill not found
        Refill Request Not found
        Incorrect refill ID
        error.incorrect_refill_id
    """,
    ErrorKind.RATE_LIMITED: """
        Rate limit exceeded. Max 60 requests per minute.
        Too many requests
        rate_limit_exceeded
        Please wait 5 seconds before placing another order
        Only 1 order per second is allowed
        Daily limit reached
        Слишком много запросов
    """,
    ErrorKind.DUPLICATE_LINK: """
        You have active order with this link. Please wait until order being completed.
        neworder.error.link_duplicate
        An identical order was just placed
        Active order with this link exists
        You already ordered this service for this link (#4218)
        You have already placed an order for this link
        You already have a pending order on this link
        There is already a running order for this link
        An order for this link is in progress
        Order with this link already exists
        This link is already in the queue
        The link is still being processed in another order
        Please wait until your previous order is finished
        Your last order for this page is still in progress
        Duplicate request
        Link is busy
        Bu link için zaten aktif bir siparişiniz var
        По этой ссылке уже есть заказ
        Ya existe un pedido con este enlace
        Pedido já existe
    """,
    ErrorKind.BAD_LINK: """
        Bad link
        Incorrect link
        Link is required
        neworder.error.link
        neworder.error.invalid_link
        neworder.error.link_not_found
        The link field is required.
        Link cannot be empty
        Please enter a valid link
        Invalid Instagram link
        Missing link
        Link format is invalid
        The link must be a valid URL.
        Order limit exceeded for this link
        Please make sure your account is public
        Link or username is required
        Username is required
        Username cannot be empty
        The account is private
        Instagram user not found
        Liên kết sai
        Неверная ссылка
    """,
    ErrorKind.BAD_QUANTITY: """
        Quantity less than minimal 50
        Quantity more than maximum 100
        Quantity must to be greater than or equal to minimum amount 5
        neworder.error.min_quantity
        invalid_quantity
        Quantity must be between 10 and 500
        Minimum order is 50
        Geçersiz miktar
        Amount is below minimum
        Invalid count
        Số lượng không hợp lệ
    """,
    ErrorKind.BAD_REQUEST: """
        Incorrect request
        There are missing required parameters
        Missing required parameter: x
        Comments field is required
        neworder.error.comment
        Incorrect runs
        Dripfeed is not supported by this service
        runs or interval is required
        Incorrect start_at
        This action is Invalid
        invalid_action
        Maximum 100 orders
        Invalid keywords
        The orders field is required.
        Invalid Request
        Incorrect min
        Comments cannot be empty
        Hashtag missing
        Incorrect answer_number
        The given data was invalid.
    """,
    ErrorKind.NOT_ELIGIBLE: """
        Order not eligible for refill.
        You are not eligible to send refill request.
        Refill is disabled for this service
        The order is not completed
        The order was completed or refill was requested less than 24 hours ago
        error.refill_not_available
        Order already completed
        You are not eligible to cancel this order.
        Cannot cancel
        Order can't be canceled
        Refill can only be requested on a completed or partial order.
        A refill request for this order already exists
        You have a pending refill request
        Refill is already in progress
        You can request a refill after 24 hours
        Refill period has expired
        Refill is not available for this order
        This service does not support refill
        No refill for this service
        Too early for a refill
        Cancel is not supported
        The guarantee is over
    """,
    ErrorKind.MAINTENANCE: """
        MAINTENANCE_MODE
        This panel is temporarily unavailable
        Ordering is disabled
        API is disabled
        We are not accepting new orders
        The panel is currently offline
        BAKIMDA
        Hệ thống đang bảo trì
    """,
    ErrorKind.OTHER: """
        order could not be created
        Forbidden
        Access denied
        Contact support
        Try again later
        Page not found
        We received your order
        Charged 0.188
        Unknown panel
        Service Unavailable
        flow balance
        Đơn hàng không hợp lệ
    """,
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (text.strip(), kind)
        for kind, texts in TEXTS.items()
        for text in texts.split("\n")
        if text.strip()
    ],
)
async def test_error_texts(text: str, kind: ErrorKind) -> None:
    """What the user has to do depends on what the error is about."""
    for spelling in (text, text.upper()):
        assert error_kind(spelling) is kind
    if text not in NO_ACCESS:
        with pytest.raises(PanelRejectedError) as caught:
            await client_answered({"error": text}).balance()
        assert (caught.value.kind, str(caught.value)) == (kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "Unknown error",
        "Unknown error, please try again",
        "Database connection failed. Please try again later.",
        "Could not connect to the database",
        "SQLSTATE[23000]: Column 'quantity' cannot be null",
        "Duplicate entry '7' for key 'orders.PRIMARY'",
        "Internal Server Error",
        "internal",
        "Unexpected error: insufficient balance",
        "Unexpected response",
        "Something went wrong",
        "Bad gateway",
        "Gateway timeout",
        "Request timed out",
        "Undefined index: quantity",
        "Uncaught Exception",
        "Order could not be saved",
        "Bilinmeyen hata",
        "Lỗi hệ thống",
        "Неизвестная ошибка",
        "Что-то пошло не так",
        "Error desconocido",
        "Erro interno",
        "未知错误",
    ],
)
async def test_fault_of_the_panel(text: str) -> None:
    """The user must not be asked to correct a request that is right."""
    assert error_kind(text) is ErrorKind.PANEL_FAULT
    for call in (client_answered({"error": text}).balance(), client_answered(text).balance()):
        with pytest.raises(PanelResponseError, match=re.escape(text.partition(":")[0])):
            await call


@pytest.mark.parametrize(
    ("text", "names_key"),
    [
        ("Invalid API key", True),
        ("invalid_key", True),
        ("API access disabled", True),
        ("API is Disable for this user or User Not Found", True),
        ("Account suspended", True),
        ("Неверный ключ", True),
        ("Unauthorized", False),
        ("Unauthenticated.", False),
        ("Your IP 192.0.2.1 is not allowed", False),
    ],
)
async def test_which_refusals_name_the_key(text: str, *, names_key: bool) -> None:
    """A firewall's words must not end the polling of an account."""
    with pytest.raises(PanelAuthError) as caught:
        await client_answered({"error": text}).balance()

    assert caught.value.names_key is names_key


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Missing required parameter: quantity", "quantity"),
        ("The quantity field is required.", "quantity"),
        ("Quantity is required", "quantity"),
        ("Please enter the answer number", "answer_number"),
        ("Username cannot be empty", "username"),
        ("Quantity less than minimal 10", None),
        ("Incorrect request", None),
    ],
)
async def test_missing_field(text: str, field: str | None) -> None:
    """The user can be told which field the panel wants."""
    assert missing_field(text) == field
    with pytest.raises(PanelRejectedError) as caught:
        await client_answered({"error": text}).balance()
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("Maximum 50 orders", 50),
        ("You can check up to 20 order ids at once", 20),
        ("No more than 20 orders per request", 20),
        ("The orders may not have more than 50 items.", 50),
        ("Too many ids: at most 20 ids", 20),
        ("Orders limit is 50", 50),
        ("Max. 25 refills", 25),
        ("Order limit", None),
        ("Too many requests, max 10 orders per minute", None),
        ("Max 20 refills a day", None),
        ("Incorrect order ID: 50", None),
        ("Quantity more than maximum 100", None),
    ],
)
def test_batch_limit(text: str, limit: int | None) -> None:
    """How many ids a panel takes is learned from its refusal."""
    assert read_batch_limit(text) == limit
