"""Home Assistant is killed at the worst moment: right after an order was answered."""

import asyncio
import json
from pathlib import Path
import stat

import pytest

from tools.demo.accounts import DOMAIN, PANEL_TITLE, PRACTICE_TITLE, find_accounts
from tools.demo.home import Demo
from tools.demo.orders import Order, orders_of, place_order
from tools.processes import poll

from .orders import account_of, ask_for

ORDERS: dict[str, Order] = {
    PANEL_TITLE: {"service": "101", "link": "https://instagram.example/crash", "quantity": 100},
    PRACTICE_TITLE: {"service": "301", "link": "https://tiktok.example/crash", "quantity": 100},
}

PRIVATE = 0o600
"""Links and charges are nobody else's business on a shared machine."""

SAVED_SECONDS = 60
"""Home Assistant writes its registries ten seconds after the last change."""


async def saved(demo: Demo) -> None:
    """Wait until Home Assistant has written down the accounts and their entities.

    It does so late: a kill before would mix up an account that another test has just
    removed with the one it has added in its place.
    """
    registry = demo.home_assistant.folder / ".storage" / "core.entity_registry"
    wanted = {
        (account.entry_id, account.entity(platform, key))
        for account in await find_accounts(demo.api)
        for platform, key in (("sensor", "balance"), ("todo", "orders"))
    }

    async def look() -> bool | None:
        return wanted <= await asyncio.to_thread(_entities, registry) or None

    await poll("The entities of all accounts are saved", look, within=SAVED_SECONDS)


def _entities(registry: Path) -> set[tuple[str, str]]:
    """Return the config entry and the id of each entity in the file."""
    if not registry.exists():
        return set()
    rows = json.loads(registry.read_text())["data"]["entities"]
    return {(row["config_entry_id"], row["entity_id"]) for row in rows}


@pytest.mark.parametrize("title", ORDERS)
async def test_placed_order_survives_a_kill(demo: Demo, title: str) -> None:
    """Money would be spent on an order that nobody knows of after a power cut."""
    account = await account_of(demo, title)
    await saved(demo)
    balance = account.entity("sensor", "balance")
    order = await place_order(demo.api, account, ORDERS[title])
    await demo.home_assistant.kill()

    await demo.home_assistant.start()

    book = demo.home_assistant.folder / ".storage" / f"{DOMAIN}.{account.entry_id}.journal"
    assert stat.S_IMODE((await asyncio.to_thread(book.stat)).st_mode) == PRIVATE
    kept = {row["order"]: row for row in await orders_of(demo.api, account)}
    assert kept[order]["link"] == ORDERS[title]["link"]
    asked = await ask_for(demo, account, order)  # the practice account's panel died with it
    assert "error_kind" not in asked
    todo = account.entity("todo", "orders")
    lists = await demo.api.call_action_with_response("todo", "get_items", entity_id=todo)
    assert any(f"#{order} " in item["summary"] for item in lists[todo]["items"])
    states = await demo.api.states()
    assert order in {state["attributes"].get("order") for state in states.values()}
    assert states[balance]["state"] != "unavailable"
