"""The fields of an add for a subscription."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .add_request import check_quantity
from .errors import incorrect
from .form import optional_number, required, required_number
from .service import SimulatedService
from .subscription import MOST_POSTS

DELAYS: Final = frozenset(
    {0, 5, 10, 15, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600}
)
"""Minutes a panel lets one choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """What an add of a subscription asks for."""

    username: str
    min: int
    max: int
    posts: int
    """0 for as many as come."""
    old_posts: int
    delay: timedelta
    expiry: date | None


def read_subscription(
    form: Mapping[str, str], service: SimulatedService, today: date
) -> SubscriptionRequest:
    """Read and check the fields of an add for the type Subscriptions.

    Raises:
        Refusal: The first field that is missing or wrong.
    """
    username = required(form, "username")
    smallest = check_quantity(required_number(form, "min"), service)
    largest = check_quantity(required_number(form, "max"), service)
    if not 1 <= smallest <= largest:
        raise incorrect("min")
    delay = required_number(form, "delay")
    if delay not in DELAYS:
        raise incorrect("delay")
    return SubscriptionRequest(
        username=username,
        min=smallest,
        max=largest,
        posts=_posts(form, "posts"),
        old_posts=_posts(form, "old_posts"),
        delay=timedelta(minutes=delay),
        expiry=_expiry(form, today),
    )


def _posts(form: Mapping[str, str], field: str) -> int:
    posts = optional_number(form, field) or 0
    if posts > MOST_POSTS:
        raise incorrect(field)
    return posts


def _expiry(form: Mapping[str, str], today: date) -> date | None:
    """Last day of the subscription; sent as d/m/Y, though answered as Y-m-d."""
    if not (text := form.get("expiry", "").strip()):
        return None
    try:
        expiry = date.strptime(text, "%d/%m/%Y")
    except ValueError as err:
        raise incorrect("expiry") from err
    if expiry < today:
        raise incorrect("expiry")
    return expiry
