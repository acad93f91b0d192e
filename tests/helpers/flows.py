"""Walking through flows as the user does, and reading what they show."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant

import custom_components.smm_panel as integration

OTHER_KEY = "fedcba9876543210fedcba9876543210"


def error_text(result: ConfigFlowResult) -> str:
    """Return the message of a form's error with its values filled in, as the frontend does."""
    translations = Path(integration.__file__).with_name("translations") / "en.json"
    errors = result["errors"]
    assert errors is not None
    text: str = json.loads(translations.read_text())["config"]["error"][errors["base"]]
    return text.format(**result["description_placeholders"] or {})


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled with when it opens."""
    assert result["data_schema"] is not None
    filled: dict[str, Any] = {}
    for marker in result["data_schema"].schema:
        value = (marker.description or {}).get("suggested_value")
        if value is None and callable(marker.default):
            value = marker.default()
        if value is not None:
            filled[str(marker)] = value
    return filled


async def submit(hass: HomeAssistant, form: ConfigFlowResult, **typed: str) -> ConfigFlowResult:
    """Send a form, and let what it sets off come to an end."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result
