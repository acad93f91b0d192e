"""The checks of scripts/demo --check, made through Home Assistant's API."""

from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
import time
from typing import Final

from tools.home_assistant.api import HomeAssistantApiError, Json
from tools.home_assistant.log_problems import log_problems
from tools.panel.process import PANEL_KEY
from tools.processes import poll

from .accounts import DOMAIN, PANEL_TITLE, PRACTICE_TITLE, DemoAccount
from .dashboard import DASHBOARD, SLOTS
from .examples import EXPENSIVE_QUANTITY, SCRIPT, WEEKLY
from .home import Demo
from .orders import orders_of
from .presets import FOLLOWERS, LIKES, DemoPreset

_DOZEN: Final = 12
_MOVING: Final = 3
_MOVE_SECONDS: Final = 75  # the integration polls every minute
_SETTLE_SECONDS: Final = 20


class CheckFailedError(Exception):
    """A check of the demo failed."""


async def check_demo(demo: Demo) -> None:
    """Run all checks and print what each of them found.

    Raises:
        CheckFailedError: A check failed.
        TimeoutError: Something did not happen in time.
    """
    for check in _CHECKS:
        start = time.monotonic()
        seen = await check(demo)
        print(f"    ok ({time.monotonic() - start:.0f} s): {seen}", flush=True)


async def _orders_are_there(demo: Demo) -> str:
    counts = {account.title: len(await orders_of(demo.api, account)) for account in demo.accounts}
    _require(counts[PANEL_TITLE] >= _DOZEN, f"less than a dozen orders: {counts}")
    _require(counts[PRACTICE_TITLE] > 0, f"no practice orders: {counts}")
    return ", ".join(f"{count} orders on {title}" for title, count in counts.items())


async def _orders_move(demo: Demo) -> str:
    """Check that orders progress by the polls of the integration alone."""
    account = demo.account(PANEL_TITLE)
    before = await _progress(demo, account)

    async def moved() -> list[str] | None:
        now = await _progress(demo, account)
        risen = [slot for slot in now if now[slot] > before.get(slot, 0)]
        seen = [f"slot {slot} to {now[slot]:.0f} %" for slot in risen]
        return seen if len(seen) >= _MOVING else None

    seen = await poll("Orders progress", moved, within=_MOVE_SECONDS)
    return f"{len(seen)} orders move on, {', '.join(seen[:_MOVING])}"


async def _progress(demo: Demo, account: DemoAccount) -> dict[int, float]:
    """Return the progress in percent of the slots that have one."""
    states = await demo.api.states()
    shown = {}
    for slot in range(1, SLOTS + 1):
        state = states.get(account.slot_entity("sensor", slot, "progress"), {}).get("state")
        if state not in {None, "unavailable", "unknown"}:
            shown[slot] = float(state)
    return shown


async def _balances_are_right(demo: Demo) -> str:
    """Check that the panel, the action and the sensor have the same balance."""

    async def seen_at_the_panel() -> str | None:
        amount = await _balance(demo, demo.account(PANEL_TITLE))
        return amount if Decimal(amount or "NaN") == await demo.panel.balance() else None

    async def seen_in_practice() -> str | None:
        return await _balance(demo, demo.account(PRACTICE_TITLE))

    amount = await poll("The balance is right", seen_at_the_panel, within=_SETTLE_SECONDS)
    practice = await poll("The practice balance is right", seen_in_practice, within=_SETTLE_SECONDS)
    return f"{amount} on {PANEL_TITLE}, {practice} on {PRACTICE_TITLE}"


async def _spending_is_right(demo: Demo) -> str:
    """Check that the sensor shows the sum of the costs of the orders."""
    account = demo.account(PANEL_TITLE)
    states = await demo.api.states()
    spent = Decimal(states[account.entity("sensor", "spent_today")]["state"])
    costs = [Decimal(order["cost"]) for order in await orders_of(demo.api, account)]
    _require(spent == sum(costs) > 0, f"spent today is {spent}, the orders cost {sum(costs)}")
    return f"{spent} spent today on {PANEL_TITLE}"


async def _limits_hold(demo: Demo) -> str:
    """Check that an order above the largest charge is refused."""
    order = {"service": "101", "link": "https://instagram.example/too_much", "quantity": 10_000}
    try:
        await demo.api.call_action(
            DOMAIN,
            "place_order",
            config_entry_id=demo.account(PANEL_TITLE).entry_id,
            max_charge=1,
            **order,
        )
    except HomeAssistantApiError as err:
        _require(err.status == HTTPStatus.BAD_REQUEST, f"the order failed otherwise: {err}")
        return "an order beyond its largest charge is refused"
    raise CheckFailedError("an order beyond its largest charge was placed")


async def _balance(demo: Demo, account: DemoAccount) -> str | None:
    """Return the balance if sensor and action agree on it, else None."""
    answer = await demo.api.call_action_with_response(
        DOMAIN, "get_balance", config_entry_id=account.entry_id
    )
    state = (await demo.api.states())[account.entity("sensor", "balance")]["state"]
    amount: str = answer["balance"]
    return amount if Decimal(state) == Decimal(amount) else None


async def _dashboard_is_complete(demo: Demo) -> str:
    config = await demo.api.command("lovelace/config", url_path=DASHBOARD)
    shown = set(_shown_entities(config))
    missing = shown - (await demo.api.states()).keys()
    _require(bool(shown) and not missing, f"the dashboard shows what is not there: {missing}")
    frontend = await demo.api.command("frontend/get_system_data", key="core")
    first = frontend["value"]["default_panel"]
    _require(first == DASHBOARD, f"the browser opens {first} first")
    return f"the dashboard shows {len(shown)} entities, all of them there"


def _shown_entities(config: Json) -> Iterator[str]:
    """Return the entities of all cards that are always visible."""
    match config:
        case {"visibility": _}:
            return
        case dict():
            if isinstance(entity := config.get("entity"), str):
                yield entity
            for value in config.values():
                yield from _shown_entities(value)
        case list():
            for value in config:
                yield from _shown_entities(value)
        case _:
            pass


async def _script_orders(demo: Demo) -> str:
    """Check that the script places an order; it is so expensive that the balance becomes low."""
    link = "https://instagram.example/rose_garden"
    await demo.api.call_action(*SCRIPT.split("."), link=link, quantity=EXPENSIVE_QUANTITY)
    orders = await orders_of(demo.api, demo.account(PANEL_TITLE))
    placed = [order for order in orders if order["link"] == link]
    _require(len(placed) == 1, f"the script has placed {len(placed)} orders")
    title = f"Order #{placed[0]['order']} placed"
    return await poll(title, lambda: _notification(demo, title), within=_SETTLE_SECONDS)


async def _preset_orders(demo: Demo) -> str:
    """Check that the button of a preset places its order, and that the preset shows it."""
    button = FOLLOWERS.entity("button", "place_order")
    placed = await _placed_by(demo, FOLLOWERS, "button", "press", button)
    return f"the button of {FOLLOWERS.name} placed {placed}"


async def _blueprint_orders(demo: Demo) -> str:
    """Check that the automation made of a blueprint places the order of its preset."""
    placed = await _placed_by(demo, LIKES, "automation", "trigger", WEEKLY)
    return f"{WEEKLY} placed {placed}"


async def _placed_by(
    demo: Demo, preset: DemoPreset, domain: str, action: str, entity_id: str
) -> str:
    """Call an action that places the order of a preset; return its id and status."""
    last = preset.entity("sensor", "last_order")
    await demo.api.call_action(domain, action, entity_id=entity_id)

    async def shown() -> str | None:
        state = (await demo.api.states())[last]
        is_shown = state["state"] not in {"unavailable", "unknown"}
        return f"#{state['attributes']['order']}, {state['state']}" if is_shown else None

    return await poll(f"The order of {preset.name} is placed", shown, within=_SETTLE_SECONDS)


async def _trouble_is_reported(demo: Demo) -> str:
    """Check the trigger of the integration: an order of the demo was canceled."""

    async def reported() -> str | None:
        for notification in await demo.api.command("persistent_notification/get"):
            if notification["title"].endswith(": canceled"):
                return f"{notification['title']}: {notification['message']}"
        return None

    return await poll("The canceled order is told", reported, within=_MOVE_SECONDS)


async def _low_balance_is_reported(demo: Demo) -> str:
    title = f"{PANEL_TITLE}: low balance"
    return await poll(title, lambda: _notification(demo, title), within=_SETTLE_SECONDS)


async def _notification(demo: Demo, title: str) -> str | None:
    """Return title and text of a notification, None if there is none with this title."""
    for notification in await demo.api.command("persistent_notification/get"):
        if notification["title"] == title:
            return f"{title}: {notification['message']}"
    return None


async def _log_is_clean(demo: Demo) -> str:
    log = demo.home_assistant.log_path.read_text()
    problems = list(log_problems(log, secrets=[PANEL_KEY]))
    _require(not problems, "the log has:\n" + "\n".join(problems))
    return f"{log.count('\n')} lines of log without an error of ours and without the API key"


def _require(condition: bool, failure: str) -> None:  # noqa: FBT001  # like assert, which -O removes
    if not condition:
        raise CheckFailedError(failure)


_CHECKS: Final = (
    _orders_are_there,
    _orders_move,
    _balances_are_right,
    _spending_is_right,
    _limits_hold,
    _dashboard_is_complete,
    _trouble_is_reported,
    _preset_orders,
    _blueprint_orders,
    _script_orders,
    _low_balance_is_reported,
    _log_is_clean,
)
