"""The fields of an add, read and checked service type by service type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from .errors import BAD_LINK, NO_DRIPFEED, Refusal, incorrect, too_few, too_many
from .form import lines, optional_number, required, required_number
from .service import PRICED_PER_ORDER, SimulatedService

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
"""Service type to the fields it needs besides the link.

A type not named here is read as Default; a subscription has no link, see `subscription_request`.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """What an add asks for, ready to be charged."""

    link: str
    quantity: int
    """Of one run; 1 for types priced per order."""
    runs: int = 1
    interval: timedelta = timedelta(0)


def read_add(form: Mapping[str, str], service: SimulatedService) -> AddRequest:
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


def check_quantity(quantity: int, service: SimulatedService) -> int:
    """Hold a quantity against the service's min and max."""
    if quantity < service.min:
        raise too_few(service.min)
    if quantity > service.max:
        raise too_many(service.max)
    return quantity


def _link(form: Mapping[str, str]) -> str:
    link = required(form, "link")
    try:
        # People paste addresses without https:// too, and panels take them.
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
        return check_quantity(len(lines(form[field])), service)
    if not (quantity := required_number(form, "quantity")):
        raise incorrect("quantity")
    return check_quantity(quantity, service)


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
