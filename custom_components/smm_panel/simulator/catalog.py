"""The simulated panel's service list."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .protocol import FIVE_PLACES

PRICED_PER_ORDER: Final = frozenset({"Package", "Custom Comments Package"})
"""Types whose rate is the price of one order; every other rate is per 1000."""

type Row = tuple[int, str, str, str, int, int, str]
"""Service id, name, type, rate, min, max, and the first letters of refill, cancel and dripfeed."""

ROWS: Final[dict[str, tuple[Row, ...]]] = {
    "Instagram Followers": (
        (101, "Instagram Followers | Mixed | No Refill", "Default", "0.90", 50, 10_000, "cd"),
        (102, "Instagram Followers | HQ | Refill 30 Days", "Default", "1.74", 10, 50_000, "rcd"),
        (103, "Instagram Followers | Real | Refill 365 Days", "Default", "3.20", 20, 100_000, "rc"),
        (104, "Instagram Followers | Slow & Steady | 500/Day", "Default", "2.05", 100, 5_000, "rd"),
        (105, "Instagram Followers | Starter Pack 250", "Package", "0.75", 1, 1, "r"),
    ),
    "Instagram Likes & Views": (
        (111, "Instagram Likes | Fast | Start 0-5 Min", "Default", "0.28", 10, 50_000, "cd"),
        (112, "Instagram Likes | Real Profiles | Refill 30 Days", "Default", "0.66", 20, 20_000, "rcd"),
        (113, "Instagram Reel Views | Instant", "Default", "0.021", 100, 1_000_000, "d"),
        (114, "Instagram Story Views | All Stories", "Default", "0.12", 50, 20_000, "c"),
        (115, "Instagram Comment Likes | HQ", "Comment Likes", "1.10", 10, 2_000, "c"),
        (116, "Instagram Story Poll Votes", "Poll", "0.85", 20, 5_000, ""),
        (117, "Instagram Likes Package | 100 Likes + 500 Reach", "Package", "0.35", 1, 1, ""),
    ),
    "Instagram Auto Services": (
        (121, "Instagram Auto Likes | Real | New Posts", "Subscriptions", "0.72", 10, 10_000, "c"),
        (122, "Instagram Auto Views | New Reels", "Subscriptions", "0.03", 100, 100_000, "c"),
        (123, "Instagram Auto Likes | Cheapest | No Cancel", "Subscriptions", "0.31", 20, 5_000, ""),
    ),
    "Instagram Comments": (
        (131, "Instagram Comments | Custom | Real Profiles", "Custom Comments", "8", 10, 1_500, "c"),
        (132, "Instagram Comments | Custom | Verified Profiles", "Custom Comments", "240.00", 1, 50, ""),
        (133, "Instagram Comments | Custom | Package of 10", "Custom Comments Package", "0.95", 1, 1, ""),
        (134, "Instagram Comments | Random Positive", "Default", "4.40", 10, 2_000, "cd"),
        (135, "Instagram Replies to a Comment", "Comment Replies", "11.50", 5, 200, ""),
    ),
    "Instagram Mentions": (
        (141, "Instagram Mentions | Your List + Quantity", "Mentions", "2.80", 100, 20_000, "c"),
        (142, "Instagram Mentions | List and Hashtags", "Mentions with Hashtags", "3.10", 100, 20_000, "c"),
        (143, "Instagram Mentions | Custom List", "Mentions Custom List", "4.50", 10, 5_000, "c"),
        (144, "Instagram Mentions | Users of a Hashtag", "Mentions Hashtag", "2.95", 100, 50_000, "c"),
        (145, "Instagram Mentions | Followers of a User", "Mentions User Followers", "2.70", 100, 50_000, "c"),
        (146, "Instagram Mentions | Likers of a Post", "Mentions Media Likers", "2.75", 100, 30_000, ""),
    ),
    "YouTube Views": (
        (201, "YouTube Views | Lifetime Guarantee | 5K/Day", "Default", "1.95", 100, 500_000, "rcd"),
        (202, "YouTube Views | Native Ads | Retention 60 s", "Default", "3.60", 1_000, 1_000_000, "r"),
        (203, "YouTube Shorts Views | Fast", "Default", "0.98", 100, 200_000, "cd"),
        (204, "YouTube Live Stream Viewers | 60 Minutes", "Default", "6.20", 50, 5_000, ""),
        (205, "YouTube Watch Time | 15 Min+ Video", "Default", "14.00", 100, 4_000, "r"),
    ),
    "YouTube Subscribers & Likes": (
        (211, "YouTube Subscribers | Non Drop | Refill 30 Days", "Default", "21.50", 10, 5_000, "rc"),
        (212, "YouTube Subscribers | Slow | Refill 60 Days", "Default", "17.80", 50, 10_000, "rcd"),
        (213, "YouTube Likes | Refill 30 Days", "Default", "1.40", 10, 50_000, "rcd"),
        (214, "YouTube Comment Likes", "Comment Likes", "2.20", 20, 5_000, ""),
        (215, "YouTube Comments | Custom | English", "Custom Comments", "18.00", 5, 500, ""),
        (216, "YouTube Replies to a Comment | Custom", "Comment Replies", "22.00", 5, 100, "c"),
    ),
    "TikTok": (
        (301, "TikTok Followers | HQ | Refill 30 Days", "Default", "2.45", 10, 100_000, "rcd"),
        (302, "TikTok Followers | Cheapest | No Refill", "Default", "1.15", 100, 20_000, "c"),
        (303, "TikTok Likes | Fast", "Default", "0.54", 10, 100_000, "rcd"),
        (304, "TikTok Views | Instant", "Default", "0.0085", 100, 10_000_000, "d"),
        (305, "TikTok Comments | Custom", "Custom Comments", "6.75", 10, 1_000, ""),
        (306, "TikTok Auto Views | New Videos", "Subscriptions", "0.014", 100, 500_000, "c"),
        (307, "TikTok Starter Package | 100 Followers + 1K Views", "Package", "0.60", 1, 1, ""),
    ),
    "Facebook": (
        (401, "Facebook Page Followers | Refill 30 Days", "Default", "1.35", 100, 100_000, "rcd"),
        (402, "Facebook Post Likes", "Default", "0.95", 20, 20_000, "c"),
        (403, "Facebook Video Views | 3 s", "Default", "0.11", 500, 1_000_000, "cd"),
        (404, "Facebook Comments | Custom | Package of 20", "Custom Comments Package", "2.40", 1, 1, ""),
        (405, "Facebook Post Poll Votes", "Poll", "3.90", 50, 2_000, ""),
    ),
    "Telegram": (
        (501, "Telegram Channel Members | Refill 30 Days", "Default", "1.20", 50, 50_000, "rcd"),
        (502, "Telegram Post Views | Last Post", "Default", "0.018", 50, 500_000, "cd"),
        (503, "Telegram Group Invites from Your Groups", "Invites from Groups", "5.60", 100, 10_000, "c"),
        (504, "Telegram Poll Votes", "Poll", "0.70", 10, 20_000, "c"),
        (505, "Telegram Auto Views | Future Posts", "Subscriptions", "0.025", 50, 50_000, "c"),
    ),
    "X (Twitter)": (
        (601, "X Followers | Real | Refill 30 Days", "Default", "7.90", 20, 20_000, "rc"),
        (602, "X Post Likes", "Default", "3.30", 10, 10_000, "cd"),
        (603, "X Poll Votes", "Poll", "2.60", 50, 10_000, ""),
    ),
    "Website Traffic & SEO": (
        (701, "Website Traffic | Any Country | Choose Source", "Web Traffic", "0.42", 500, 1_000_000, "cd"),
        (702, "Website Traffic | Mobile | From Social Networks", "Web Traffic", "0.58", 500, 500_000, "d"),
        (703, "SEO Clicks | Google Search by Keyword", "SEO", "2.90", 100, 20_000, "c"),
        (704, "SEO Package | 50 Backlinks", "Package", "12.00", 1, 1, ""),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedService:
    """A row of the service list (API document, "Service list").

    The rate is the text that the panel prints: "8" and "8.00" are one price but two answers.
    """

    service: int
    name: str
    type: str
    category: str
    rate: str
    min: int
    max: int
    refill: bool = False
    cancel: bool = False
    dripfeed: bool = False

    @property
    def unit_price(self) -> Decimal:
        """Price of one unit of quantity, unrounded."""
        rate = Decimal(self.rate)
        return rate if self.type in PRICED_PER_ORDER else rate / 1000

    def charge(self, quantity: int) -> Decimal:
        """Price of an order of this quantity, to five decimals."""
        return (self.unit_price * quantity).quantize(FIVE_PLACES)

    def answer(self) -> dict[str, object]:
        """Row of the service list: ids as numbers, rate, min and max as text.

        The document's example has no `dripfeed`; panels that sell drip-feed add it.
        """
        return {
            "service": self.service,
            "name": self.name,
            "type": self.type,
            "category": self.category,
            "rate": self.rate,
            "min": str(self.min),
            "max": str(self.max),
            "refill": self.refill,
            "cancel": self.cancel,
            "dripfeed": self.dripfeed,
        }


def _services() -> Iterator[SimulatedService]:
    for category, rows in ROWS.items():
        for service, name, kind, rate, least, most, allows in rows:
            yield SimulatedService(
                service=service,
                name=name,
                type=kind,
                category=category,
                rate=rate,
                min=least,
                max=most,
                refill="r" in allows,
                cancel="c" in allows,
                dripfeed="d" in allows,
            )


CATALOG: Final = tuple(_services())
"""About 60 services of every type of the API; presets use their ids, so these never change."""
