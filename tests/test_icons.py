"""The icons: each one named exists."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import hass_frontend

ICONS = Path(__file__).parents[1] / "custom_components" / "smm_panel" / "icons.json"


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
