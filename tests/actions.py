"""Performing the actions the way automations and people do."""

from typing import Any

from homeassistant.core import Context, HomeAssistant

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.simulator.server import PanelServer

from .orders import FOLLOWERS

LINK = "https://example.com/p"
ORDER: dict[str, Any] = {"service": FOLLOWERS, "link": LINK, "quantity": 1000}
SUBSCRIPTION: dict[str, Any] = {
    "service": "121",
    "username": "some_name",
    "min": 100,
    "max": 150,
    "delay": 0,
}


async def act(hass: HomeAssistant, action: str, /, **fields: object) -> Any:  # noqa: ANN401 - JSON
    """Perform an action and return its answer."""
    return await hass.services.async_call(
        DOMAIN, action, fields, blocking=True, return_response=True
    )


async def act_blindly(
    hass: HomeAssistant, action: str, /, *, user_id: str | None = None, **fields: object
) -> None:
    """Perform an action without taking its answer, for a user or for an automation."""
    await hass.services.async_call(
        DOMAIN, action, fields, blocking=True, context=Context(user_id=user_id)
    )


def sent_order(panel: PanelServer) -> dict[str, str]:
    """Return the form of the only order the panel was sent, without the action."""
    forms = [dict(request.form) for request in panel.requests if request.action == "add"]
    assert len(forms) == 1
    assert forms[0].pop("action") == "add"
    return forms[0]
