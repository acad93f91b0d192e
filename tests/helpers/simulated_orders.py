"""What the tests of the simulated panel share."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from random import Random
from typing import Any

from hypothesis import settings

from custom_components.smm_panel.simulator import CATALOG, Odds, SimulatedPanel

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINK = "https://example.com/post"

ALWAYS_COMPLETED = Odds(partial=0, canceled=0, refill_rejected=0)
ALWAYS_PARTIAL = Odds(partial=1, canceled=0)
ALWAYS_CANCELED = Odds(partial=0, canceled=1)

UNHURRIED = settings(deadline=None)
"""For property-based tests: on a busy machine an example takes as long as it takes."""

FIELDS: dict[str, dict[str, str]] = {
    "Default": {"link": LINK, "quantity": "1000"},
    "Package": {"link": LINK},
    "Custom Comments": {"link": LINK, "comments": "\r\n".join(["Nice", "", *"abcdefghij"])},
    "Custom Comments Package": {"link": LINK, "comments": "Nice\nGreat"},
    "Mentions": {"link": LINK, "quantity": "1000", "usernames": "ann\nbob"},
    "Mentions with Hashtags": {
        "link": LINK,
        "quantity": "1000",
        "usernames": "ann\nbob",
        "hashtags": "#sun\n#sea",
    },
    "Mentions Custom List": {"link": LINK, "usernames": "\n".join("abcdefghijkl")},
    "Mentions Hashtag": {"link": LINK, "quantity": "1000", "hashtag": "sun"},
    "Mentions User Followers": {"link": LINK, "quantity": "1000", "username": "ann"},
    "Mentions Media Likers": {"link": LINK, "quantity": "1000", "media": LINK},
    "Comment Likes": {"link": LINK, "quantity": "1000", "username": "ann"},
    "Comment Replies": {"link": LINK, "username": "ann", "comments": "a\nb\nc\nd\ne\nf"},
    "Poll": {"link": LINK, "quantity": "1000", "answer_number": "2"},
    "Invites from Groups": {"link": LINK, "quantity": "1000", "groups": "one\ntwo"},
    "SEO": {"link": LINK, "quantity": "1000", "keywords": "home\nassistant"},
    "Subscriptions": {"username": "ann", "min": "100", "max": "200", "delay": "0"},
    "Web Traffic": {
        "link": LINK,
        "quantity": "1000",
        "country": "DE",
        "device": "5",
        "type_of_traffic": "3",
    },
}
"""Service type to the least a good add of it says."""

SERVICE = {service.type: str(service.service) for service in reversed(CATALOG)}
"""Service type to the id of its first service."""

WITH_REFILL = "102"
"""A service that can be refilled."""

DRIP_FEED = {"runs": "3", "interval": "40"}
"""The fields that make an order a drip-feed."""


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Panel(SimulatedPanel):
    """A simulated panel with the clock and the JSON at hand."""

    clock: Clock

    def ask(self, action: str, **fields: str) -> Any:  # noqa: ANN401  # whatever JSON there is
        """Answer to a request, parsed."""
        answer = self.handle({"key": "", "action": action, **fields})
        assert answer.status == 200
        return json.loads(answer.text)

    def add(self, kind: str = "Default", **fields: str) -> str:
        """Id of a new order of a type."""
        form = {"service": SERVICE[kind]} | FIELDS[kind] | fields
        added = self.ask("add", **form)
        assert added.keys() == {"order"}, added
        return str(added["order"])

    def status(self, order: str) -> Any:  # noqa: ANN401  # as above
        """Status of one order."""
        return self.ask("status", order=order)


def make_panel(
    *,
    seed: int = 1,
    odds: Odds = ALWAYS_COMPLETED,
    speed: float = 1.0,
    balance: Decimal = Decimal(100),
    api_key: str | None = None,
) -> Panel:
    """Make a panel whose orders go as the odds say and whose clock stands still."""
    clock = Clock()
    random = Random(seed)  # drawing fates, not keys
    panel = Panel(
        clock=clock, random=random, balance=balance, speed=speed, odds=odds, api_key=api_key
    )
    panel.clock = clock
    return panel


def done(panel: Panel, **fields: str) -> str:
    """Id of an order that has come to its end."""
    order = panel.add(**{"service": WITH_REFILL} | fields)
    panel.clock.advance(hours=1)
    return order
