"""What the simulated panel answers when it refuses."""

from typing import Final

INCORRECT_REQUEST: Final = "Incorrect request"
INVALID_API_KEY: Final = "Invalid API key"
INCORRECT_SERVICE_ID: Final = "Incorrect service ID"
INCORRECT_ORDER_ID: Final = "Incorrect order ID"
REFILL_NOT_FOUND: Final = "Refill not found"
NOT_ENOUGH_FUNDS: Final = "Not enough funds on balance"
LINK_REQUIRED: Final = "Link is required"
BAD_LINK: Final = "Bad link"
DUPLICATE_LINK: Final = (
    "You have active order with this link. Please wait until order being completed."
)
COMMENTS_REQUIRED: Final = "Comments field is required"
NO_DRIPFEED: Final = "Dripfeed is not supported by this service"
REFILL_DISABLED: Final = "Refill is disabled for this service"
REFILL_NOT_ELIGIBLE: Final = "Order not eligible for refill."
NOT_COMPLETED: Final = "The order is not completed"
CANCEL_NOT_ELIGIBLE: Final = "You are not eligible to cancel this order."
ALREADY_COMPLETED: Final = "Order already completed"
TOO_MANY_ORDERS: Final = "Maximum 100 orders"
TOO_MANY_REFILLS: Final = "Maximum 100 refills"


class Refusal(Exception):  # noqa: N818  # an answer the panel means to give, not a fault of the program
    """The panel turns a request, or one id of it, down; the text is its `error`."""


def missing(field: str) -> Refusal:
    """Refusal of an add without a field its service type needs."""
    texts = {"link": LINK_REQUIRED, "comments": COMMENTS_REQUIRED}
    return Refusal(texts.get(field, f"Missing required parameter: {field}"))


def incorrect(field: str) -> Refusal:
    """Refusal of an add whose field has a value the panel cannot take."""
    return Refusal(f"Incorrect {field}")


def too_few(minimum: int) -> Refusal:
    """Refusal of a quantity below the service's min."""
    return Refusal(f"Quantity less than minimal {minimum}")


def too_many(maximum: int) -> Refusal:
    """Refusal of a quantity above the service's max."""
    return Refusal(f"Quantity more than maximum {maximum}")
