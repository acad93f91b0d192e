"""The pinned requirements of tests and demo."""

import json
from pathlib import Path

from homeassistant import components
import pytest

REPOSITORY = Path(__file__).parents[1]
PINS = dict(
    line.lower().split("==")
    for line in (REPOSITORY / "requirements.in").read_text().splitlines()
    if "==" in line
)


def wanted_by_home_assistant() -> dict[str, str]:
    """Versions the manifests of Home Assistant's integrations name, by package."""
    (folder,) = map(Path, components.__path__)
    manifests = (json.loads(path.read_text()) for path in folder.glob("*/manifest.json"))
    lines = [line for manifest in manifests for line in manifest.get("requirements", [])]
    return dict(line.lower().split("==") for line in lines if "==" in line)


@pytest.mark.parametrize("package", sorted(PINS.keys() - {"pytest-homeassistant-custom-component"}))
def test_pins_are_home_assistants(package: str) -> None:
    """Another version than Home Assistant asks for makes a server that nobody runs."""
    assert PINS[package] == wanted_by_home_assistant()[package]


def test_lock_names_no_address() -> None:
    """An address in the file would bypass the index that a machine is set up with."""
    lock = (REPOSITORY / "requirements.txt").read_text()

    assert "pytest-homeassistant-custom-component==" in lock
    assert "://" not in lock
    assert "--" not in lock
