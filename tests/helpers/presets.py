"""Order presets without their flow."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .orders import FOLLOWERS


def add_preset(hass: HomeAssistant, entry: MockConfigEntry, name: str, **fields: Any) -> None:
    """Add a preset for followers with these fields to an account."""
    data = {
        "service": FOLLOWERS,
        "service_name": "Followers",
        "fields": fields,
        "administrators_only": True,
    }
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(data), subentry_type="preset", title=name, unique_id=None
        ),
    )
