"""The requirements of tests, scripts and demo: what is named, what is locked."""

import ast
from collections.abc import Iterable, Iterator
from importlib import metadata
import json
from pathlib import Path
import sys

from homeassistant import components
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

REPOSITORY = Path(__file__).parents[1]
OURS = {"custom_components", "scripts", "tests", "tools"}


def lines(file: str) -> list[str]:
    """Requirements of a file, without comments."""
    text = (REPOSITORY / file).read_text()
    return [line.strip() for line in text.splitlines() if line.partition("#")[0].strip()]


def versions(requirements: Iterable[str]) -> dict[str, str]:
    """Pinned version by package."""
    pins = (line.partition(";")[0].partition("==") for line in requirements if "==" in line)
    return {canonicalize_name(name): version.strip() for name, _, version in pins}


NAMED = {canonicalize_name(Requirement(line).name) for line in lines("requirements.in")}
PINS = versions(lines("requirements.in"))
LOCKED = versions(lines("requirements.txt"))


def wanted_by_home_assistant() -> dict[str, str]:
    """Versions the manifests of Home Assistant's integrations name, by package."""
    (folder,) = map(Path, components.__path__)
    manifests = (json.loads(path.read_text()) for path in folder.glob("*/manifest.json"))
    return versions(line for manifest in manifests for line in manifest.get("requirements", []))


@pytest.mark.parametrize("package", sorted(PINS.keys() - {"pytest-homeassistant-custom-component"}))
def test_pins_are_home_assistants(package: str) -> None:
    """Another version than Home Assistant asks for makes a server that nobody runs."""
    assert PINS[package] == wanted_by_home_assistant()[package]


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
