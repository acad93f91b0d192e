"""What an order is expected to cost, and of how many parts it is."""

from decimal import Decimal
from typing import Any

import pytest

from custom_components.smm_panel.api import SERVICE_TYPES, OrderRequest, Service

LINK = "https://example.com/p"


COUNTED: dict[str, Any] = {"link": LINK, "quantity": 250}
DRIP_FEED: dict[str, Any] = {"quantity": 250, "runs": 4, "interval": 30}
TRAFFIC: dict[str, Any] = COUNTED | {"country": "US", "device": 1, "type_of_traffic": 3}
POSTS: dict[str, Any] = {"username": "u", "min": 10, "max": 50, "delay": 0}

ESTIMATES: list[tuple[str, dict[str, Any], str | None]] = [
    ("Default", COUNTED, "0.225"),
    ("Default", {"link": LINK, **DRIP_FEED}, "0.900"),
    ("Package", {"link": LINK}, "0.90"),
    ("Custom Comments", {"link": LINK, "comments": "one\ntwo\n\nthree"}, "0.0027"),
    ("Custom Comments Package", {"link": LINK, "comments": "one\ntwo"}, "0.90"),
    ("Mentions", COUNTED | {"usernames": "ann\nbob"}, "0.225"),
    ("Mentions with Hashtags", COUNTED | {"usernames": "ann\nbob", "hashtags": "#one"}, "0.225"),
    ("Mentions Custom List", {"link": LINK, "usernames": "ann\nbob"}, "0.0018"),
    ("Mentions Hashtag", COUNTED | {"hashtag": "#one"}, "0.225"),
    ("Mentions User Followers", COUNTED | {"username": "ann"}, "0.225"),
    ("Mentions Media Likers", COUNTED | {"media": LINK}, "0.225"),
    ("Comment Likes", COUNTED | {"username": "ann"}, "0.225"),
    ("Comment Replies", {"link": LINK, "username": "ann", "comments": "one\ntwo"}, "0.0018"),
    ("Poll", COUNTED | {"answer_number": 7}, "0.225"),
    ("Invites from Groups", COUNTED | {"groups": "one\ntwo"}, "0.225"),
    ("SEO", COUNTED | {"keywords": "one\ntwo"}, "0.225"),
    ("Subscriptions", POSTS | {"posts": 3}, "0.135"),
    ("Subscriptions", POSTS | {"posts": 3, "old_posts": 2}, "0.225"),
    ("Subscriptions", POSTS | {"old_posts": 2}, None),
    ("Subscriptions", POSTS | {"posts": 0}, None),
    ("Subscriptions", POSTS, None),
    ("Web Traffic", TRAFFIC, "0.225"),
    ("Web Traffic", TRAFFIC | DRIP_FEED, "0.900"),
    ("Likes spread", {"username": "u", "min": 10, "max": 50, "old_posts": 2}, None),
    ("A type nobody has met", COUNTED, None),
]
"""Type and fields of an order, and its price at a rate of 0.90."""


def test_every_type_has_an_estimate_here() -> None:
    """A type that is added must not be priced by chance."""
    assert {known.name for known in SERVICE_TYPES} <= {name for name, _, _ in ESTIMATES}


@pytest.mark.parametrize(("type_name", "fields", "price"), ESTIMATES)
def test_estimate(type_name: str, fields: dict[str, Any], price: str | None) -> None:
    """Rates are per 1000, of packages per order; without an end or a known type: no price."""
    service = Service(
        id="1",
        name="Followers",
        type=type_name,
        category="",
        rate=Decimal("0.90"),
        min=1,
        max=10_000,
        refill=False,
        cancel=False,
    )
    request = OrderRequest(service="1", type=type_name, **fields)

    assert request.estimate(service) == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, None), (DRIP_FEED, 4), ({"runs": 2, "interval": 5}, 2)],
)
def test_parts_of_a_drip_feed(fields: dict[str, Any], expected: int | None) -> None:
    """What was not begun of an order that ends early comes back in such parts."""
    assert OrderRequest(service="1", **COUNTED | fields).parts == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, None), ({"posts": 3}, 3), ({"posts": 3, "old_posts": 2}, 5), ({"posts": 0}, None)],
)
def test_parts_of_a_subscription(fields: dict[str, Any], expected: int | None) -> None:
    """Old posts are orders too; without an end there is no number."""
    assert OrderRequest(service="1", type="Subscriptions", **POSTS | fields).parts == expected
