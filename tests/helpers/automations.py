"""Automations with triggers and conditions of ours, and how often they ran."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.api import Balance
from custom_components.smm_panel.const import DOMAIN

FOLDER = Path(__file__).parents[2] / "custom_components" / "smm_panel"

ACTIVITY = "event.panel_order_activity"
BALANCE = "sensor.panel_balance"
SPENT_TODAY = "sensor.panel_spent_today"


def trigger(name: str, entity_id: str, /, **options: object) -> dict[str, Any]:
    """Return a trigger of ours on an entity."""
    return _about(entity_id, options) | {"trigger": f"smm_panel.{name}"}


def condition(name: str, entity_id: str, /, **options: object) -> dict[str, Any]:
    """Return a condition of ours on an entity."""
    return _about(entity_id, options) | {"condition": f"smm_panel.{name}"}


async def automate(hass: HomeAssistant, **parts: Any) -> list[Event[Any]]:
    """Set up an automation of these parts; its runs are collected in the list."""
    ran: list[Event] = async_capture_events(hass, "ran")
    config = {"alias": "Tried", "actions": [{"event": "ran"}]} | parts
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    state = hass.states.get("automation.tried")
    assert state
    assert state.state == "on"
    return ran


async def editor_offers(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, category: str
) -> dict[str, dict[str, Any]]:
    """Return the texts of our triggers or conditions that the automation editor lists."""
    assert await async_setup_component(hass, "automation", {})
    assert await async_setup_component(hass, "frontend", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{category.removesuffix('s')}_platforms/subscribe"})
    assert (await client.receive_json())["success"]
    listed = (await client.receive_json())["event"]
    await client.send_json_auto_id(
        {
            "type": "frontend/get_translations",
            "language": "en",
            "category": category,
            "integration": [DOMAIN],
        }
    )
    texts = (await client.receive_json())["result"]["resources"]
    offered: dict[str, dict[str, Any]] = {}
    for key, description in listed.items():
        domain, _, name = key.partition(".")
        if domain != DOMAIN:
            continue
        prefix = f"component.{DOMAIN}.{category}.{name}"
        assert description["target"]
        for field in description["fields"]:
            assert texts[f"{prefix}.fields.{field}.name"]
        offered[name] = {text: texts[f"{prefix}.{text}"] for text in ("name", "description")}
    return offered


def filled_form(category: str, name: str) -> dict[str, Any]:
    """Return what the form of a trigger or condition sends with every field filled in."""
    form = load_yaml_dict(FOLDER / f"{category}.yaml")[name]
    return {
        name: field["default"] if "default" in field else field["example"]
        for name, field in form["fields"].items()
    }


def set_balance(entry: MockConfigEntry, amount: str) -> None:
    """Let another balance have been read."""
    entry.runtime_data.balance_coordinator.async_set_updated_data(
        Balance(amount=Decimal(amount), currency="USD")
    )


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Restart an account."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def add_other_account(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up a second account on the same panel, named "Other"."""
    other = MockConfigEntry(
        domain=entry.domain, entry_id="other", title="Other", data=dict(entry.data)
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return other


def _about(entity_id: str, options: dict[str, object]) -> dict[str, Any]:
    return {"target": {"entity_id": entity_id}} | ({"options": options} if options else {})
