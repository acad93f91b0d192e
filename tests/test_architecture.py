"""Who may import whom in the integration, read from the syntax trees of its modules.

An import counts wherever it stands: in a function and under TYPE_CHECKING too.
"""

from collections.abc import Mapping
import sys

import pytest

from tools.architecture import FOLDER, ROOT, imported, module_of, target_of

# From the ground up: a module imports from the layers below its own only, so modules of one
# layer (the platforms, say) never import each other. The package root stands above them all.
LAYERS = (
    {"api", "book_journal", "const", "money", "records", "simulator", "store_file"},
    {
        "amount_field",
        "asked",
        "evidence",
        "limits",
        "origin",
        "schemas",
        "service_facts",
        "service_search",
    },
    {"tracked_order"},
    {"spending"},
    {"book_content", "errors", "moved", "order_index", "order_slots", "practice"},
    {"book_changes", "book_snapshot", "catalog", "known_services"},
    {"book_store"},
    {"order_book"},
    {"coordinator"},
    {"activity", "entity", "issues", "preset", "writes"},
    {
        "asking",
        "catalog_watch",
        "money_sensor",
        "placing",
        "preset_entity",
        "preset_form",
        "preset_issues",
        "service_issues",
        "settling",
        "targets",
    },
    {"order_event", "preset_button", "preset_flow", "preset_sensor", "responses", "service_event"},
    {
        "backup",
        "binary_sensor",
        "button",
        "condition",
        "config_flow",
        "diagnostics",
        "event",
        "llm",
        "logbook",
        "number",
        "repairs",
        "sensor",
        "services",
        "system_health",
        "todo",
        "trigger",
    },
)
LEVEL = {module: level for level, layer in enumerate(LAYERS) for module in layer}
LEVEL[""] = len(LAYERS)

# What only some may import: these modules know that an account can be a simulated one.
IMPORTERS = {"simulator": {"practice", ""}, "practice": {""}}

# These could be moved out of Home Assistant with one `git mv`.
INDEPENDENT = {"api", "simulator"}
THIRD_PARTY = {"aiohttp", "yarl"}  # aiohttp's own type for addresses


def violation(importer: str, name: str, modules: set[str]) -> str | None:
    """What is wrong with a module importing a name, None if nothing."""
    target = target_of(name, modules)
    if target is None:
        top = name.partition(".")[0]
        foreign = top not in sys.stdlib_module_names | THIRD_PARTY
        target, reasons = top, {"it is to stay independent": importer in INDEPENDENT and foreign}
    else:
        reasons = {
            "it is to stay independent": importer in INDEPENDENT,
            "which only set-up may": importer not in IMPORTERS.get(target, {importer}),
            "which is not below it": LEVEL[target] >= LEVEL[importer],
        }
    if target == importer:
        return None
    shown = target or "the package root"
    return next(
        (f"{importer} imports {shown}, {why}" for why, holds in reasons.items() if holds), None
    )


def violations(sources: Mapping[str, str]) -> list[str]:
    """What is wrong with the imports of a whole integration: its files by relative path."""
    modules = {module_of(path) for path in sources}
    found = [f"{module} has no place in LAYERS" for module in sorted(modules - LEVEL.keys())]
    for path, source in sources.items():
        importer = module_of(path)
        if importer in LEVEL:
            known = modules & LEVEL.keys()
            wrong = (violation(importer, name, known) for name in imported(source, path))
            found += [f"{path}: {text}" for text in wrong if text]
    return found


def test_imports_of_the_integration() -> None:
    """An import against the rules ties together what is meant to change apart."""
    paths = sorted(FOLDER.rglob("*.py"))

    assert not violations({str(path.relative_to(FOLDER)): path.read_text() for path in paths})


def test_layers_are_true() -> None:
    """A module that is gone must leave the table, or its successor inherits its rights."""
    assert {name for name in LEVEL if name} == {
        module_of(str(path.relative_to(FOLDER))) for path in FOLDER.rglob("*.py")
    } - {""}


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("sensor.py", "from .button import x", "sensor imports button, which is not below it"),
        ("errors.py", "from . import coordinator", "errors imports coordinator"),
        ("catalog.py", "from .order_book import OrderBook", "catalog imports order_book"),
        ("entity.py", "from . import async_setup", "entity imports the package root"),
        ("entity.py", f"import {ROOT}", "entity imports the package root"),
        ("sensor.py", f"import {ROOT}.todo", "sensor imports todo"),
        ("sensor.py", f"from {ROOT}.todo import x", "sensor imports todo"),
        ("sensor.py", "def f():\n    from .todo import x", "sensor imports todo"),
        ("sensor.py", "if TYPE_CHECKING:\n    from .todo import x", "sensor imports todo"),
        ("sensor.py", "from .simulator import x", "simulator, which only set-up may"),
        ("sensor.py", "from .practice import x", "practice, which only set-up may"),
        ("const.py", "from .api import x", "const imports api, which is not below it"),
        ("api/client.py", "import homeassistant.core", "api imports homeassistant"),
        ("api/client.py", "import voluptuous as vol", "api imports voluptuous"),
        ("api/client.py", "from ..const import DOMAIN", "api imports const"),
        ("api/client.py", "from .. import const", "api imports const"),
        ("api/client.py", "from ..simulator.panel import x", "api imports simulator"),
        ("simulator/panel.py", "from ..api.models import x", "simulator imports api"),
        ("simulator/panel.py", f"import {ROOT}.api", "simulator imports api"),
        ("simulator/panel.py", "from homeassistant import core", "simulator imports homeassistant"),
        ("brand_new.py", "", "brand_new has no place in LAYERS"),
    ],
)
def test_checker_complains(path: str, source: str, complaint: str) -> None:
    """A checker that lets one of these pass guards nothing."""
    others = {f"{module}.py": "" for module in LEVEL if module} | {"__init__.py": ""}

    found = violations(others | {path: source})

    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("__init__.py", "from .practice import x\nfrom .simulator import y\nfrom .api import z"),
        ("practice.py", "from .simulator import x\nfrom .const import DOMAIN"),
        ("sensor.py", "from .entity import x\nfrom .coordinator import y\nfrom .api import z"),
        ("api/client.py", "import asyncio, aiohttp\nfrom yarl import URL\nfrom .models import x"),
        ("api/__init__.py", f"from . import models\nfrom {ROOT}.api.client import PanelClient"),
        ("coordinator.py", "from homeassistant.core import callback\nimport voluptuous as vol"),
    ],
)
def test_checker_is_content(path: str, source: str) -> None:
    """A checker that complains about what is allowed would be switched off."""
    others = {f"{module}.py": "" for module in LEVEL if module} | {"__init__.py": ""}

    assert violations(others | {path: source}) == []
