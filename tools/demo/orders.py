"""The orders of the demo, of different kinds, placed with the actions of the integration."""

from collections.abc import Mapping
from typing import Final

from tools.home_assistant.api import HomeAssistantApi, Json

from .accounts import DOMAIN, PANEL_TITLE, PRACTICE_TITLE, DemoAccount

type Order = Mapping[str, Json]

_PROFILE: Final = "https://instagram.example/garden_club"
_POST: Final = f"{_PROFILE}/p/tulips"
_VIDEO: Final = "https://youtube.example/watch/pruning-roses"
_COMMENTS: Final = (
    "What a colour!",
    "Which soil do you use?",
    "Mine never look like this",
    "Saved for spring",
    "Lovely composition",
    "How often do you water them?",
    "The light is perfect",
    "Showing this to my neighbour",
    "Do they grow in pots too?",
    "More of these, please",
)
_GARDENERS: Final = tuple(f"gardener_{number:02}" for number in range(1, 13))

ORDERS: Final[Mapping[str, tuple[Order, ...]]] = {
    PANEL_TITLE: (
        {"service": "101", "link": _PROFILE, "quantity": 1000},
        {"service": "105", "link": _PROFILE},
        {"service": "131", "link": _POST, "comments": "\n".join(_COMMENTS)},
        {"service": "111", "link": _POST, "quantity": 200, "runs": 5, "interval": 4},
        {
            "service": "121",
            "username": "garden_club",
            "min": 40,
            "max": 60,
            "posts": 5,
            "delay": 0,
        },
        {"service": "116", "link": f"{_PROFILE}/story", "quantity": 250, "answer_number": 2},
        {"service": "143", "link": _POST, "usernames": "\n".join(_GARDENERS)},
        {"service": "201", "link": _VIDEO, "quantity": 2500},
        {"service": "115", "link": _POST, "quantity": 60, "username": "gardener_01"},
        {
            "service": "703",
            "link": "https://garden-club.example",
            "quantity": 150,
            "keywords": "garden club\npruning roses",
        },
        {
            "service": "701",
            "link": "https://garden-club.example",
            "quantity": 3000,
            "country": "US",
            "device": "5",
            "type_of_traffic": "1",
            "google_keyword": "garden club",
        },
    ),
    PRACTICE_TITLE: (
        {"service": "302", "link": "https://tiktok.example/@garden_club", "quantity": 400},
        {"service": "504", "link": "https://t.me.example/garden/7", "quantity": 300}
        | {"answer_number": 1},
        {"service": "215", "link": _VIDEO, "comments": "\n".join(_COMMENTS[:5])},
    ),
}

CANCELED: Final[Order] = {"service": "103", "link": _PROFILE, "quantity": 500}
"""Placed on the panel's account and canceled at once: an order that needs attention."""

LIMITS: Final[Mapping[str, Mapping[str, Json]]] = {
    PANEL_TITLE: {"max_charge": 80, "daily_budget": 150, "keep_balance": 5},
}
"""The limits in the options of an account; the practice account has none."""


async def place_orders(api: HomeAssistantApi, account: DemoAccount) -> None:
    """Place the orders of an account."""
    for order in ORDERS[account.title]:
        await place_order(api, account, order)
    if account.title == PANEL_TITLE:
        placed = await place_order(api, account, CANCELED)
        await api.call_action(
            DOMAIN, "cancel_orders", config_entry_id=account.entry_id, orders=placed
        )


async def place_order(api: HomeAssistantApi, account: DemoAccount, order: Order) -> str:
    """Place one order and return its id."""
    answer = await api.call_action_with_response(
        DOMAIN, "place_order", config_entry_id=account.entry_id, **order
    )
    return str(answer["order"])


async def orders_of(api: HomeAssistantApi, account: DemoAccount) -> list[dict[str, Json]]:
    """Return all tracked orders of an account, in the format of get_orders."""
    answer = await api.call_action_with_response(
        DOMAIN, "get_orders", config_entry_id=account.entry_id
    )
    orders: list[dict[str, Json]] = answer["orders"]
    return orders
