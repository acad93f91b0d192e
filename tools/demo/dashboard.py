"""The dashboard of the demo, with a view for each account, made of Home Assistant's cards."""

from collections.abc import Iterator, Sequence
from typing import Final

from tools.home_assistant.api import HomeAssistantApi, Json

from .accounts import PRACTICE_TITLE, DemoAccount
from .examples import AUTOMATION, EXPENSIVE_QUANTITY, LOW_BALANCE, SCRIPT, TROUBLE, WEEKLY
from .presets import PRESETS, DemoPreset

type Config = dict[str, Json]

DASHBOARD: Final = "smm-panel"
TITLE: Final = "SMM panels"

SLOTS: Final = 20
"""The number of order slots of an account by default."""

_COLUMNS: Final = 4  # sections side by side on a wide screen
_HALF: Final = {"columns": 6}
_FULL: Final = {"columns": "full"}


async def install_dashboard(api: HomeAssistantApi, accounts: Sequence[DemoAccount]) -> None:
    """Add the dashboard to the sidebar and make it the default."""
    await api.command(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title=TITLE,
        icon="mdi:cart-heart",
    )
    await api.command("lovelace/config/save", url_path=DASHBOARD, config=dashboard(accounts))
    await api.command("frontend/set_system_data", key="core", value={"default_panel": DASHBOARD})


def dashboard(accounts: Sequence[DemoAccount]) -> Config:
    """Return the configuration of the dashboard."""
    return {"title": TITLE, "views": [_view(account) for account in accounts]}


def _view(account: DemoAccount) -> Config:
    practice = account.title == PRACTICE_TITLE
    sections = [_account_section(account), _list_section(account)]
    if not practice:
        presets = PRESETS.get(account.title, ())
        sections.append(_section(*_preset_cards(presets), *_example_cards()))
    return {
        "title": account.title,
        "path": account.title.lower().replace(" ", "-"),
        "type": "sections",
        "max_columns": _COLUMNS,
        "sections": [
            *sections,
            _slots_heading(),
            *(_slot_section(account, slot) for slot in range(1, SLOTS + 1)),
        ],
    }


def _account_section(account: DemoAccount) -> Config:
    balance = account.entity("sensor", "balance")
    return _section(
        _heading(account.title, "mdi:wallet"),
        _tile(balance, "Balance", _FULL),
        {
            "type": "history-graph",
            "hours_to_show": 0.5,
            "entities": [{"entity": balance, "name": "Balance"}],
            "grid_options": _FULL,
        },
        _known(_tile(account.entity("binary_sensor", "low_balance"), "Low balance", _HALF)),
        _known(_tile(account.entity("sensor", "budget_left_today"), "Left today", _HALF)),
        _tile(account.entity("sensor", "spent_today"), "Spent today", _HALF),
        _tile(account.entity("sensor", "spent_in_total"), "Spent in total", _HALF),
        _tile(account.entity("sensor", "open_orders"), "Open", _HALF),
        _tile(account.entity("sensor", "orders_needing_attention"), "Need attention", _HALF)
        | {"color": "orange"},
        _tile(account.entity("event", "order_activity"), "Last activity", _FULL)
        | {"state_content": ["event_type", "last_changed"]},
    )


def _list_section(account: DemoAccount) -> Config:
    return _section(
        _heading("All orders", "mdi:format-list-checks"),
        {
            "type": "todo-list",
            "entity": account.entity("todo", "orders"),
            "hide_completed": False,
            "grid_options": {"columns": "full", "rows": 11},
        },
    )


def _preset_cards(presets: Sequence[DemoPreset]) -> Iterator[Config]:
    """Return the cards of the order presets: button, price and last order of each."""
    yield _heading("Order presets", "mdi:cart-outline")
    for preset in presets:
        yield _tile(preset.entity("button", "place_order"), preset.name, _FULL) | {
            "hide_state": True,
            "icon_tap_action": {"action": "more-info"},
            "features": [{"type": "button", "action_name": "Place order"}],
        }
        yield _tile(preset.entity("sensor", "price_now"), "Price now", _HALF)
        yield _known(_tile(preset.entity("sensor", "last_order"), "Last order", _HALF))


def _example_cards() -> tuple[Config, ...]:
    return (
        _heading("Examples", "mdi:lightbulb-on-outline"),
        _tile(SCRIPT, "Place an order", _FULL)
        | {
            "hide_state": True,
            "icon_tap_action": {"action": "more-info"},
            "features": [{"type": "button", "action_name": "Order followers"}],
        },
        *(
            _tile(automation, name, _FULL)
            | {"features": [{"type": "toggle"}], "features_position": "inline"}
            for automation, name in (
                (AUTOMATION, "Low balance"),
                (TROUBLE, "Order in trouble"),
                (WEEKLY, "Likes every Monday"),
            )
        ),
        {
            "type": "markdown",
            "text_only": True,
            "content": (
                f"*Low balance* tells when an account has less than {LOW_BALANCE} USD left: "
                f"order {EXPENSIVE_QUANTITY} followers to see it."
            ),
        },
    )


def _slots_heading() -> Config:
    return _section(_heading("Order slots", "mdi:view-grid-outline")) | {"column_span": _COLUMNS}


def _slot_section(account: DemoAccount, slot: int) -> Config:
    """Return the section of a slot, visible while the slot shows an order."""
    status = account.slot_entity("sensor", slot, "status")
    progress = account.slot_entity("sensor", slot, "progress")
    return _section(
        {"type": "heading", "heading": f"Slot {slot}", "heading_style": "subtitle"},
        _tile(status, {"type": "device"}, _FULL) | {"state_content": ["state", "last_changed"]},
        _known(_tile(progress, "Progress", _HALF) | {"features": [{"type": "bar-gauge"}]}),
        _known(_tile(account.slot_entity("sensor", slot, "charge"), "Charge", _HALF)),
        _button(account, slot, "cancel"),
        _button(account, slot, "refill"),
    ) | {"visibility": [_available(status)]}


def _button(account: DemoAccount, slot: int, key: str) -> Config:
    """Return the button of a slot, visible while the order allows it."""
    entity = account.slot_entity("button", slot, key)
    press = {
        "action": "perform-action",
        "perform_action": "button.press",
        "target": {"entity_id": entity},
        "confirmation": {
            "title": f"{key.capitalize()} this order?",
            "text": "The panel is asked at once; it may refuse.",
            "confirm_text": f"{key.capitalize()} order",
            "dismiss_text": "Leave it",  # "Cancel" would be ambiguous
        },
    }
    return _tile(entity, key.capitalize(), _HALF) | {
        "hide_state": True,
        "tap_action": press,
        "icon_tap_action": press,
        "visibility": [_available(entity)],
    }


def _known(card: Config) -> Config:
    """Hide a card while its entity has no value: a subscription has no progress."""
    shown = {"condition": "state", "entity": card["entity"]}
    return card | {"visibility": [shown | {"state_not": ["unavailable", "unknown"]}]}


def _available(entity: str) -> Config:
    return {"condition": "state", "entity": entity, "state_not": "unavailable"}


def _section(*cards: Config) -> Config:
    return {"type": "grid", "cards": list(cards)}


def _heading(text: str, icon: str) -> Config:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(entity: str, name: Json, grid: Config) -> Config:
    return {"type": "tile", "entity": entity, "name": name, "grid_options": grid}
