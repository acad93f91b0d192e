"""The icons: each one named exists."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import hass_frontend

from custom_components.smm_panel.activity import Activity
from custom_components.smm_panel.condition import CONDITIONS
from custom_components.smm_panel.trigger import TRIGGERS

ICONS = Path(__file__).parents[2] / "custom_components" / "smm_panel" / "icons.json"


def named(icons: dict[str, Any]) -> Iterator[str]:
    """Every icon in the file."""
    for value in icons.values():
        if isinstance(value, dict):
            yield from named(value)
        else:
            yield value


def test_every_icon_exists() -> None:
    """A misspelt icon is an empty place that nobody reports."""
    listed = json.loads((hass_frontend.where() / "static/mdi/iconList.json").read_text("utf-8"))
    known = {f"mdi:{icon['name']}" for icon in listed}

    assert set(named(json.loads(ICONS.read_text("utf-8")))) - known == set()


def test_triggers_and_conditions_have_their_icons_and_none_is_left_over() -> None:
    """In the list of the automation editor one without an icon looks broken."""
    icons = json.loads(ICONS.read_text("utf-8"))

    assert icons["triggers"].keys() == TRIGGERS.keys()
    assert all(icon.keys() == {"trigger"} for icon in icons["triggers"].values())
    assert icons["conditions"].keys() == CONDITIONS.keys()
    assert all(icon.keys() == {"condition"} for icon in icons["conditions"].values())


def test_every_activity_has_its_icon_and_none_is_left_over() -> None:
    """An order in trouble must not look like one that is completed."""
    activity = json.loads(ICONS.read_text("utf-8"))["entity"]["event"]["order_activity"]

    icons = activity["state_attributes"]["event_type"]
    assert icons["default"] == activity["default"]
    assert icons["state"].keys() == set(Activity)
