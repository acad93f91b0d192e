"""Performing the actions the way automations and people do."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser

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


async def act(
    hass: HomeAssistant, action: str, user: MockUser | None = None, /, **fields: Any
) -> Any:  # noqa: ANN401 - any JSON
    """Perform an action for a user, or for an automation, and return its answer."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        fields,
        blocking=True,
        context=Context(user_id=None if user is None else user.id),
        return_response=True,
    )


async def act_blindly(hass: HomeAssistant, action: str, /, **fields: Any) -> None:
    """Perform an action without taking its answer."""
    await hass.services.async_call(DOMAIN, action, fields, blocking=True)


def sent_order(panel: PanelServer) -> dict[str, str]:
    """Return the form of the only order the panel was sent, without the action."""
    forms = [dict(request.form) for request in panel.requests if request.action == "add"]
    assert len(forms) == 1
    assert forms[0].pop("action") == "add"
    return forms[0]
