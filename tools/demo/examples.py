"""The example automations and the script of the demo, which can be edited in the UI."""

from collections.abc import Sequence
from typing import Final

from tools.home_assistant.api import HomeAssistantApi, Json

from .accounts import DOMAIN, DemoAccount
from .presets import LIKES

AUTOMATION: Final = "automation.low_balance"
TROUBLE: Final = "automation.order_in_trouble"
WEEKLY: Final = "automation.likes_every_monday"
SCRIPT: Final = "script.place_an_order"

LOW_BALANCE: Final = 25
"""In the currency of the accounts."""

EXPENSIVE_QUANTITY: Final = 45_000
"""A quantity for the script that costs 78.30 USD, so that the balance falls below LOW_BALANCE."""

_SCRIPT_SERVICE: Final = "102"


async def install_examples(api: HomeAssistantApi, accounts: Sequence[DemoAccount]) -> None:
    """Save them in the way the editors of the UI do."""
    balances = [account.entity("sensor", "balance") for account in accounts]
    await _save(api, AUTOMATION, low_balance_automation(balances))
    await _save(api, TROUBLE, trouble_automation(accounts))
    await _save(api, WEEKLY, weekly_automation(accounts[0]))
    await _save(api, SCRIPT, place_order_script(accounts[0]))


async def _save(api: HomeAssistantApi, entity_id: str, config: dict[str, Json]) -> None:
    domain, object_id = entity_id.split(".")
    await api.post(f"config/{domain}/config/{object_id}", config)


def low_balance_automation(balances: Sequence[str]) -> dict[str, Json]:
    """Return an automation that notifies when the balance of an account becomes low."""
    return {
        "alias": "Low balance",
        "description": "Tells when the balance of an account falls below a threshold.",
        "mode": "parallel",
        "triggers": [
            {"trigger": "numeric_state", "entity_id": list(balances), "below": LOW_BALANCE}
        ],
        "actions": [
            {
                "action": "persistent_notification.create",
                "data": {
                    "notification_id": "low_balance_{{ trigger.entity_id }}",
                    "title": "{{ device_name(trigger.entity_id) }}: low balance",
                    "message": (
                        "{{ states(trigger.entity_id, with_unit=True, rounded=True) }} are left. "
                        "Top up at the panel before it refuses the next order."
                    ),
                },
            }
        ],
    }


def trouble_automation(accounts: Sequence[DemoAccount]) -> dict[str, Json]:
    """Return an automation with a trigger of the integration: an order needs attention."""
    return {
        "alias": "Order in trouble",
        "description": "Tells when an order is partial, canceled, failed or unconfirmed.",
        "mode": "queued",
        "triggers": [
            {
                "trigger": f"{DOMAIN}.order_needs_attention",
                "target": {
                    "entity_id": [account.entity("event", "order_activity") for account in accounts]
                },
            }
        ],
        "actions": [
            {"variables": {"order": "{{ trigger.to_state.attributes }}"}},
            {
                "action": "persistent_notification.create",
                "data": {
                    "title": "Order #{{ order.order }}: {{ order.new_status or order.event_type }}",
                    "message": "{{ order.name }} for {{ order.link }} needs attention.",
                },
            },
        ],
    }


def weekly_automation(account: DemoAccount) -> dict[str, Json]:
    """Return an automation made of a blueprint: the order of a preset once a week."""
    return {
        "alias": "Likes every Monday",
        "description": f"Places the order of the preset {LIKES.name}.",
        "use_blueprint": {
            "path": "smm_panel/regular_order.yaml",
            "input": {
                "at": "09:00:00",
                "weekdays": ["mon"],
                "account": account.entry_id,
                "preset": LIKES.name,
                "max_charge": 2,
            },
        },
    }


def place_order_script(account: DemoAccount) -> dict[str, Json]:
    """Return a script that orders followers and notifies of the result."""
    return {
        "alias": "Place an order",
        "description": f"Orders followers (service {_SCRIPT_SERVICE}) on {account.title}.",
        "icon": "mdi:cart-plus",
        "mode": "queued",
        "fields": {
            "link": {
                "name": "Link",
                "description": "The profile to deliver to.",
                "required": True,
                "default": "https://instagram.example/rose_garden",
                "selector": {"text": {"type": "url"}},
            },
            "quantity": {
                "name": "Quantity",
                "description": "How many followers, at 1.74 USD per 1000.",
                "required": True,
                "default": 500,
                "selector": {"number": {"min": 10, "max": 50_000, "mode": "box"}},
            },
        },
        "sequence": [
            {
                "action": f"{DOMAIN}.place_order",
                "data": {
                    "config_entry_id": account.entry_id,
                    "service": _SCRIPT_SERVICE,
                    "link": "{{ link }}",
                    "quantity": "{{ quantity }}",
                },
                "response_variable": "placed",
            },
            {
                "action": "persistent_notification.create",
                "data": {
                    "title": "Order #{{ placed.order }} placed",
                    "message": (
                        "{{ placed.quantity }} x {{ placed.name }} for {{ placed.link }}, "
                        "about {{ placed.estimate }} {{ placed.currency }}."
                    ),
                },
            },
        ],
    }
