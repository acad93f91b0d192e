"""Who can be behind an order: users, and automations and scripts that place it."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockUser

from .actions import ORDER, act

_PLACE: dict[str, Any] = {"action": "smm_panel.place_order", "data": ORDER}

_SCRIPTS: dict[str, Any] = {
    "order": {"alias": "Order", "sequence": [_PLACE]},
    "outer": {"alias": "Outer", "sequence": [{"action": "script.order"}]},
}
_AUTOMATIONS: list[dict[str, Any]] = [
    {
        "id": name,
        "alias": name.capitalize(),
        "triggers": [{"trigger": "event", "event_type": f"start_{name}"}],
        "actions": [action],
    }
    for name, action in (("buying", _PLACE), ("calling", {"action": "script.order"}))
]


async def set_up_runs(hass: HomeAssistant) -> None:
    """Set up two scripts and two automations.

    The script `order` places an order, and `outer` runs it; the automation `buying` places
    one, and `calling` runs the script `order`.
    """
    assert await async_setup_component(hass, "script", {"script": _SCRIPTS})
    assert await async_setup_component(hass, "automation", {"automation": _AUTOMATIONS})
    await hass.async_block_till_done()


async def by_user(hass: HomeAssistant, user: MockUser) -> None:
    """Let a user place an order, whatever becomes of it."""
    await _until_done(hass, act(hass, "place_order", user, **ORDER))


async def by_script(hass: HomeAssistant, user: MockUser, script: str = "order") -> None:
    """Let a user run a script, whatever becomes of it."""
    context = Context(user_id=user.id)
    await _until_done(
        hass, hass.services.async_call("script", script, blocking=True, context=context)
    )


async def by_automation(
    hass: HomeAssistant, automation: str, context: Context | None = None
) -> None:
    """Trigger an automation."""
    hass.bus.async_fire(f"start_{automation}", context=context)
    await hass.async_block_till_done(wait_background_tasks=True)


async def _until_done(hass: HomeAssistant, call: Coroutine[Any, Any, object]) -> None:
    with suppress(HomeAssistantError):
        await call
    await hass.async_block_till_done(wait_background_tasks=True)
