"""The requirements of tests, scripts and demo: what is named, what is locked."""

import ast
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

from tools.home_assistant.requirements import (
    HARNESS,
    adapted,
    lines,
    versions,
    wanted_by_home_assistant,
)

REPOSITORY = Path(__file__).parents[2]
OURS = {"custom_components", "scripts", "tests", "tools"}


NAMED = {canonicalize_name(Requirement(line).name) for line in lines("requirements.in")}
PINS = versions(lines("requirements.in"))
LOCKED = versions(lines("requirements.txt"))


@pytest.mark.parametrize("package", sorted(PINS.keys() - {HARNESS}))
def test_pins_are_home_assistants(package: str) -> None:
    """Another version than Home Assistant asks for makes a server that nobody runs."""
    assert PINS[package] == wanted_by_home_assistant()[package]


def test_pins_of_another_home_assistant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests with another version need what that version asks for, and all else as it is."""
    wanted = {"pillow": "13.0"}
    monkeypatch.setattr(
        "tools.home_assistant.requirements.wanted_by_home_assistant", lambda: wanted
    )

    assert list(adapted([f"{HARNESS}==1", "Pillow==12.3.0", "mutagen==1.48.1", "ruff"])) == [
        "Pillow==13.0",
        "mutagen==1.48.1",
        "ruff",
    ]


def test_lock_names_no_address() -> None:
    """An address in the file would bypass the index that a machine is set up with."""
    lock = (REPOSITORY / "requirements.txt").read_text()

    assert "://" not in lock
    assert not [line for line in lines("requirements.txt") if line.startswith("-")]


def test_lock_is_of_these_requirements() -> None:
    """What is named without scripts/lock is not installed."""
    assert LOCKED.keys() >= NAMED
    assert {name: LOCKED[name] for name in PINS} == PINS


def brought_by(package: str) -> set[str]:
    """Return the package and all it requires, directly or not, as far as it is installed."""
    found: set[str] = set()
    waiting = [canonicalize_name(package)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            requirements = map(Requirement, metadata.requires(name) or [])
        except metadata.PackageNotFoundError:
            continue  # of another platform
        waiting += [
            canonicalize_name(requirement.name)
            for requirement in requirements
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        ]
    return found


def imported(source: str) -> Iterator[str]:
    """Top-level packages that a module imports, relative imports aside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def unnamed(sources: Iterable[str], named: set[str]) -> set[str]:
    """Packages of others that the sources import and neither we nor Home Assistant require."""
    providers = metadata.packages_distributions()
    given = named | brought_by("homeassistant")
    foreign = {name for source in sources for name in imported(source)}
    return {
        name
        for name in foreign - sys.stdlib_module_names - OURS
        if not {canonicalize_name(provider) for provider in providers.get(name, [])} & given
    }


def test_what_we_import_is_named() -> None:
    """What only comes along with the test harness goes away with its next version."""
    folders = (REPOSITORY / name for name in OURS - {"custom_components"})
    sources = [path.read_text() for folder in folders for path in folder.rglob("*.py")]

    assert unnamed(sources, set(NAMED)) == set()


def test_import_of_what_is_not_named_is_found() -> None:
    """The test above could not fail."""
    source = "import json, aiohttp\nimport freezegun.api\nfrom PIL import Image\nfrom . import x"

    assert unnamed([source], {"syrupy"}) == {"freezegun"}
