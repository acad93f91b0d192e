"""The protocol of the simulated panel: reading forms, writing answers, refusing.

Texts and notations are those of the API document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
import json
from typing import Final, Self

FIVE_PLACES: Final = Decimal("0.00001")
"""The document's amounts have five decimals ("0.27819")."""

LONGEST_NUMBER: Final = 18
"""Digits: more than any id or quantity has, and few enough for `int`."""

MOST_IDS: Final = 100
"""API document: "separated by a comma, up to 100 IDs"."""

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


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """Status, text and headers of an answer; refusals also have status 200, as on most panels."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: object) -> Self:
        """Answer with this body as JSON."""
        return cls(200, json.dumps(body), {"Content-Type": "application/json"})


class Refusal(Exception):  # noqa: N818  # an answer of the panel, not a fault of the program
    """The panel refuses a request, or one id of it; the text is its `error`."""


def missing(field: str) -> Refusal:
    """Refusal of an add without a field that its service type needs."""
    texts = {"link": LINK_REQUIRED, "comments": COMMENTS_REQUIRED}
    return Refusal(texts.get(field, f"Missing required parameter: {field}"))


def incorrect(field: str) -> Refusal:
    """Refusal of an add with a value that the panel does not accept."""
    return Refusal(f"Incorrect {field}")


def too_few(minimum: int) -> Refusal:
    """Refusal of a quantity below the service's min."""
    return Refusal(f"Quantity less than minimal {minimum}")


def too_many(maximum: int) -> Refusal:
    """Refusal of a quantity above the service's max."""
    return Refusal(f"Quantity more than maximum {maximum}")


def money_text(amount: Decimal) -> str:
    """Amount with five decimals and no exponent."""
    return f"{amount:.5f}"


def whole_number(text: str) -> int | None:
    """Read digits as a number; None for anything else."""
    text = text.strip()
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def required(form: Mapping[str, str], field: str) -> str:
    """Text of a required field."""
    if not (text := form.get(field, "").strip()):
        raise missing(field)
    return text


def required_number(form: Mapping[str, str], field: str) -> int:
    """Whole number in a required field."""
    if (number := whole_number(required(form, field))) is None:
        raise incorrect(field)
    return number


def optional_number(form: Mapping[str, str], field: str) -> int | None:
    """Whole number in a field that may be absent or empty."""
    return required_number(form, field) if form.get(field, "").strip() else None


def lines(text: str) -> list[str]:
    """Split a list field, one entry on each line that is not blank."""
    return [line for line in text.splitlines() if line.strip()]


def ids(form: Mapping[str, str], field: str, too_many_text: str) -> list[str]:
    """Ids of a comma separated field, in the order of the request."""
    if field not in form:
        raise Refusal(INCORRECT_REQUEST)
    requested = [text.strip() for text in form[field].split(",")]
    if len(requested) > MOST_IDS:
        raise Refusal(too_many_text)
    return requested


def echo(text: str) -> int | str:
    """Return a requested id as rows of the document have it: as a number."""
    number = whole_number(text)
    return text if number is None else number
