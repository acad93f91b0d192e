"""The action `add`: from the fields of a form to an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from .catalog import PRICED_PER_ORDER, SimulatedService
from .chance import Dice
from .delivery import Delivery
from .drip_feed import DripFeed
from .order import AnyOrder, Order
from .protocol import (
    BAD_LINK,
    NO_DRIPFEED,
    Refusal,
    incorrect,
    lines,
    optional_number,
    required,
    required_number,
    too_few,
    too_many,
)
from .subscription import MOST_POSTS, Subscription

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "Default": ("quantity",),
    "Package": (),
    "Custom Comments": ("comments",),
    "Custom Comments Package": ("comments",),
    "Mentions": ("quantity", "usernames"),
    "Mentions with Hashtags": ("quantity", "usernames", "hashtags"),
    "Mentions Custom List": ("usernames",),
    "Mentions Hashtag": ("quantity", "hashtag"),
    "Mentions User Followers": ("quantity", "username"),
    "Mentions Media Likers": ("quantity", "media"),
    "Comment Likes": ("quantity", "username"),
    "Comment Replies": ("username", "comments"),
    "Poll": ("quantity", "answer_number"),
    "Invites from Groups": ("quantity", "groups"),
    "SEO": ("quantity", "keywords"),
    "Web Traffic": ("quantity", "country", "device", "type_of_traffic"),
}
"""Service type to the fields that it needs besides the link.

A type that is missing here is read as Default. For subscriptions see `_read_subscription`.
"""

COUNTED: Final = {
    "Custom Comments": "comments",
    "Comment Replies": "comments",
    "Mentions Custom List": "usernames",
}
"""Service type to the list whose lines are its quantity."""

CHOICES: Final = {"device": range(1, 6), "type_of_traffic": range(1, 4)}
TRAFFIC_NEEDS: Final = {1: "google_keyword", 2: "referring_url"}

FEWEST_RUNS: Final = 2
MOST_RUNS: Final = 1000
LONGEST_INTERVAL: Final = 7 * 24 * 60
"""Minutes."""

DELAYS: Final = frozenset(
    {0, 5, 10, 15, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600}
)
"""Minutes that panels offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """A checked request for an order or a drip-feed."""

    link: str
    quantity: int
    """Of one run; 1 for types priced per order."""
    runs: int = 1
    interval: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """A checked request for a subscription."""

    username: str
    min: int
    max: int
    posts: int
    """0 for no limit."""
    old_posts: int
    delay: timedelta
    expiry: date | None


def new_order(
    form: Mapping[str, str], service: SimulatedService, *, order_id: int, now: datetime, dice: Dice
) -> AnyOrder:
    """Read an add and draw the course of its order.

    Raises:
        Refusal: A field is missing or wrong.
    """
    if service.type == "Subscriptions":
        subscription = _read_subscription(form, service, now.date())
        return Subscription(
            **_parent_fields(order_id, service, now, dice),
            target=subscription.username,
            min=subscription.min,
            max=subscription.max,
            posts=subscription.posts,
            old_posts=subscription.old_posts,
            delay=subscription.delay,
            expiry=subscription.expiry,
        )
    request = _read_add(form, service)
    if request.runs > 1:
        return DripFeed(
            **_parent_fields(order_id, service, now, dice),
            target=request.link,
            quantity=request.quantity,
            runs=request.runs,
            interval=request.interval,
        )
    return Order(
        id=order_id,
        service=service.service,
        target=request.link,
        charge=service.charge(request.quantity),
        delivery=Delivery.draw(dice, added=now, quantity=request.quantity),
    )


def _parent_fields(
    order_id: int, service: SimulatedService, now: datetime, dice: Dice
) -> dict[str, Any]:
    return {
        "id": order_id,
        "service": service.service,
        "unit_price": service.unit_price,
        "added": now,
        "seed": dice.random.getrandbits(64),
        "speed": dice.speed,
        "odds": dice.odds,
    }


def _read_add(form: Mapping[str, str], service: SimulatedService) -> AddRequest:
    """Read and check the fields of an add for any type but Subscriptions.

    Raises:
        Refusal: The first field that is missing or wrong.
    """
    link = _link(form)
    for field in REQUIRED.get(service.type, REQUIRED["Default"]):
        required(form, field)
    if service.type == "Poll":
        required_number(form, "answer_number")
    if service.type == "Web Traffic":
        _check_traffic(form)
    quantity = _quantity(form, service)
    runs, interval = _drip_feed(form, service)
    return AddRequest(link=link, quantity=quantity, runs=runs, interval=interval)


def _check_quantity(quantity: int, service: SimulatedService) -> int:
    """Return a quantity that is within the service's min and max."""
    if quantity < service.min:
        raise too_few(service.min)
    if quantity > service.max:
        raise too_many(service.max)
    return quantity


def _link(form: Mapping[str, str]) -> str:
    link = required(form, "link")
    try:
        # Users also enter addresses without https://, and panels accept them.
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = parts.hostname or ""
    except ValueError as err:
        raise Refusal(BAD_LINK) from err
    labels = host.split(".")
    is_host = len(labels) > 1 and all(labels)
    if parts.scheme not in {"http", "https"} or not is_host or len(link.split()) > 1:
        raise Refusal(BAD_LINK)
    return link


def _quantity(form: Mapping[str, str], service: SimulatedService) -> int:
    if service.type in PRICED_PER_ORDER:
        return 1
    if field := COUNTED.get(service.type):
        return _check_quantity(len(lines(form[field])), service)
    if not (quantity := required_number(form, "quantity")):
        raise incorrect("quantity")
    return _check_quantity(quantity, service)


def _drip_feed(form: Mapping[str, str], service: SimulatedService) -> tuple[int, timedelta]:
    runs, interval = optional_number(form, "runs"), optional_number(form, "interval")
    if runs is None and interval is None:
        return 1, timedelta(0)
    if not service.dripfeed:
        raise Refusal(NO_DRIPFEED)
    if runs is None or not FEWEST_RUNS <= runs <= MOST_RUNS:
        raise incorrect("runs")
    if interval is None or not 1 <= interval <= LONGEST_INTERVAL:
        raise incorrect("interval")
    return runs, timedelta(minutes=interval)


def _check_traffic(form: Mapping[str, str]) -> None:
    for field, choices in CHOICES.items():
        if required_number(form, field) not in choices:
            raise incorrect(field)
    if needed := TRAFFIC_NEEDS.get(required_number(form, "type_of_traffic")):
        required(form, needed)


def _read_subscription(
    form: Mapping[str, str], service: SimulatedService, today: date
) -> SubscriptionRequest:
    """Read and check the fields of an add for the type Subscriptions.

    Raises:
        Refusal: The first field that is missing or wrong.
    """
    username = required(form, "username")
    smallest = _check_quantity(required_number(form, "min"), service)
    largest = _check_quantity(required_number(form, "max"), service)
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
