"""The table from error text to what it is about."""

import pytest

from custom_components.smm_panel.api import ErrorKind, PanelRejectedError
from tests.helpers.api_calls import ORDER
from tests.helpers.fake_transport import client_answered

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
        Your key is expired
        apiKeyInvalid
        Unauthenticated.
    """,
    ErrorKind.NOT_ENOUGH_FUNDS: """
        Not enough funds on balance
        Insufficient balance
        insufficient_balance
        neworder.error.not_enough_funds
        neworder.error.insufficient_balance
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
    """,
    ErrorKind.DUPLICATE_LINK: """
        You have active order with this link. Please wait until order being completed.
        neworder.error.link_duplicate
        An identical order was just placed
        Active order with this link exists
    """,
    ErrorKind.BAD_LINK: """
        Bad link
        Incorrect link
        Link is required
        neworder.error.link
        neworder.error.invalid_link
        neworder.error.link_not_found
        The link field is required.
    """,
    ErrorKind.BAD_QUANTITY: """
        Quantity less than minimal 50
        Quantity more than maximum 100
        Quantity must to be greater than or equal to minimum amount 5
        neworder.error.min_quantity
        invalid_quantity
        Quantity must be between 10 and 500
        Minimum order is 50
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
    """,
    ErrorKind.MAINTENANCE: """
        MAINTENANCE_MODE
        This panel is temporarily unavailable
        Ordering is disabled
        API is disabled
    """,
    ErrorKind.OTHER: """
        order could not be created
        Unknown error
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
        with pytest.raises(PanelRejectedError) as caught:
            await client_answered({"error": spelling}).add(ORDER)
        assert (caught.value.kind, str(caught.value)) == (kind, spelling)
