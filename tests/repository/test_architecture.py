"""Who may import whom in the integration, read from the syntax trees of its modules.

An import counts wherever it stands: in a function and under TYPE_CHECKING too. Outside a package
only its face (`__init__.py`) is imported. docs/architecture.md has the picture.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
import sys

import pytest

from tools.architecture import BANDS, FOLDER, ROOT, imported, module_of, target_of

# What each room (a module or package of the integration) may import, wherever the import stands;
# lowest first.
ALLOWED: dict[str, set[str]] = {
    # foundations
    "api": set(),
    "const": set(),
    "links": set(),
    "simulator": set(),
    "storage": set(),
    "issues": {"api", "const"},
    "money": {"const"},
    "practice": {"const", "simulator"},
    "validation": {"const", "links"},
    # state
    "catalog": {"api", "const", "storage"},
    "errors": {"api", "const", "money"},
    "orders": {"api", "const", "links", "money", "storage"},
    # polling
    "coordinator": {"api", "catalog", "const", "errors", "issues", "orders"},
    # features
    "device": {"const", "coordinator"},
    "presets": {"api", "catalog", "const", "coordinator", "errors", "money", "validation"},
    "entity": {"const", "coordinator", "device", "orders", "presets"},
    "activity": {"api", "catalog", "const", "coordinator", "money", "orders", "presets"},
    "operations": {
        *("activity", "api", "coordinator", "errors", "links", "money", "orders", "presets"),
    },
    "responses": {"api", "const", "errors", "money", "orders"},
    "schemas": {"const", "validation"},
    "automation_helpers": {"const", "coordinator", "entity", "money", "validation"},
}

# The modules that Home Assistant calls: they import anything above, and never each other.
PLATFORMS = {*BANDS["platforms"]}

# What only some may import; "" is the root package. That an account can be a simulated one
# is the concern of set-up alone, and only whoever a user or an automation calls starts operations.
RESTRICTED = {
    "simulator": {"practice"},
    "practice": {""},
    "schemas": {"services"},
    "operations": PLATFORMS,
}

ROOMS = {*ALLOWED, *PLATFORMS, ""}

# These could be moved out of Home Assistant with one `git mv`.
INDEPENDENT = {"api", "simulator"}
THIRD_PARTY = {"aiohttp", "yarl"}  # aiohttp's own type for addresses


def may_import(importer: str, room: str) -> bool:
    """Whether the tables allow one room to import another."""
    if importer == "":
        allowed = room != ""
    elif importer in PLATFORMS:
        allowed = room in ALLOWED
    else:
        allowed = room in ALLOWED[importer]
    return allowed and importer in RESTRICTED.get(room, {importer})


def is_deeper_than_face(name: str, room: str, paths: Collection[str]) -> bool:
    """Whether an import names a module inside a package instead of what its face exports."""
    inner = name.removeprefix(f"{ROOT}.{room}.").split(".")[0]
    return room != "" and {f"{room}/{inner}.py", f"{room}/{inner}/__init__.py"} & {*paths} != set()


def violation(importer: str, name: str, paths: Collection[str]) -> str | None:
    """What is wrong with a room importing a name, None if nothing."""
    room = target_of(name, ROOMS)
    if room is None:
        top = name.partition(".")[0]
        is_foreign = top not in sys.stdlib_module_names | THIRD_PARTY
        found = importer in INDEPENDENT and is_foreign
        return f"{importer} imports {top}, it is to stay independent" if found else None
    if room == importer:
        return None
    shown = room or "the root package"
    if not may_import(importer, room):
        return f"{importer} imports {shown}, which the tables do not allow"
    if is_deeper_than_face(name, room, paths):
        return f"{importer} imports {shown} deeper than its face"
    return None


def violations(sources: Mapping[str, str]) -> list[str]:
    """What is wrong with the imports of a whole integration: its files by relative path."""
    rooms = {module_of(path) for path in sources}
    found = [f"{room} is in no table" for room in sorted(rooms - ROOMS)]
    for path, source in sources.items():
        importer = module_of(path)
        if importer in ROOMS:
            wrong = (violation(importer, name, sources) for name in imported(source, path))
            found += [f"{path}: {text}" for text in wrong if text]
    return found


def module_name(path: str) -> str:
    """Absolute name of the module in a file."""
    return ".".join([ROOT, *Path(path).with_suffix("").parts]).removesuffix(".__init__")


def circle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a circle, empty if there is none."""
    modules = {module_name(path) for path in sources}
    graph = {
        module_name(path): {
            target
            for name in imported(source, path)
            for target in (name, name.rpartition(".")[0])
            if target in modules and target != module_name(path)
        }
        for path, source in sources.items()
    }
    # A module of a package imports its neighbours, never the face that imports it.
    while free := [name for name, targets in graph.items() if not targets & graph.keys()]:
        for name in free:
            del graph[name]
    return sorted(graph)


SOURCES = {
    path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.py"))
}


def test_imports_of_the_integration() -> None:
    """An import against the rules ties together what is meant to change apart."""
    assert not violations(SOURCES)


def test_no_circle() -> None:
    """Of modules that import each other none can be read, tested or moved alone."""
    assert not circle(SOURCES)


def test_tables_are_true() -> None:
    """A room that is gone must leave the tables, or its successor inherits its rights."""
    assert {module_of(path) for path in SOURCES} == ROOMS
    assert {room for rooms in BANDS.values() for room in rooms} == ROOMS - {""}


def test_tables_allow_no_more_than_is_used() -> None:
    """An import that nobody needs any more is one that somebody will add without a thought."""
    used = {
        (module_of(path), target_of(name, ROOMS))
        for path, source in SOURCES.items()
        for name in imported(source, path)
    }

    assert [
        f"{importer} imports no {room}"
        for importer, rooms in ALLOWED.items()
        for room in sorted(rooms)
        if (importer, room) not in used
    ] == []


def test_the_house_stays_small() -> None:
    """Too many files in one place, or too many floors, and nobody finds their way."""
    floors: dict[str, int] = {}
    for room, below in ALLOWED.items():
        # The table is in order: what a room may import stands before it.
        floors[room] = 1 + max((floors[name] for name in below), default=0)

    assert len([path for path in SOURCES if "/" not in path]) <= 30
    assert len(ROOMS) <= 45
    # Above them the platforms, and the root package.
    assert max(floors.values()) + 2 <= 10


OTHERS = {f"{room}.py": "" for room in ROOMS if room} | {
    "__init__.py": "",
    "orders/__init__.py": "",
    "orders/order.py": "",
}


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("sensor.py", "from .button import x", "sensor imports button, which the tables"),
        ("errors.py", "from . import coordinator", "errors imports coordinator"),
        ("catalog/search.py", "from ..orders import OrderBook", "catalog imports orders"),
        ("entity.py", "from . import async_setup", "entity imports the root package"),
        ("entity.py", f"import {ROOT}", "entity imports the root package"),
        ("sensor.py", f"import {ROOT}.todo", "sensor imports todo"),
        ("sensor.py", f"from {ROOT}.todo import x", "sensor imports todo"),
        ("sensor/base.py", "from ..todo import x", "sensor imports todo"),
        ("sensor.py", "def f():\n    from .todo import x", "sensor imports todo"),
        ("sensor.py", "if TYPE_CHECKING:\n    from .todo import x", "sensor imports todo"),
        ("sensor.py", "from .simulator import x", "sensor imports simulator"),
        ("sensor.py", "from .practice import x", "sensor imports practice"),
        ("sensor.py", "from .schemas import x", "sensor imports schemas"),
        ("entity.py", "from .operations import x", "entity imports operations"),
        ("sensor.py", "from .orders.order import x", "sensor imports orders deeper than its face"),
        ("sensor.py", "from .orders import order", "sensor imports orders deeper than its face"),
        ("__init__.py", "from .orders.order import x", "imports orders deeper than its face"),
        ("__init__.py", "from .simulator import x", "imports simulator, which the tables"),
        ("const.py", "from .api import x", "const imports api, which the tables"),
        ("api/client.py", "import homeassistant.core", "api imports homeassistant"),
        ("api/client.py", "import voluptuous as vol", "api imports voluptuous"),
        ("api/client.py", "from ..const import DOMAIN", "api imports const"),
        ("api/client.py", "from .. import const", "api imports const"),
        ("api/client.py", "from ..simulator.panel import x", "api imports simulator"),
        ("simulator/panel.py", "from ..api.models import x", "simulator imports api"),
        ("simulator/panel.py", f"import {ROOT}.api", "simulator imports api"),
        ("simulator/panel.py", "from homeassistant import core", "simulator imports homeassistant"),
        ("brand_new.py", "", "brand_new is in no table"),
    ],
)
def test_checker_complains(path: str, source: str, complaint: str) -> None:
    """A checker that lets one of these pass guards nothing."""
    found = violations(OTHERS | {path: source})

    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("__init__.py", "from .practice import x\nfrom .api import z\nfrom . import repairs"),
        ("practice.py", "from .simulator import x\nfrom .const import DOMAIN"),
        ("sensor.py", "from .entity import x\nfrom .coordinator import y\nfrom .api import z"),
        ("button.py", "from .operations import x\nfrom .orders import TrackedOrder"),
        ("orders/slots.py", "from .order import TrackedOrder"),
        ("api/client.py", "import asyncio, aiohttp\nfrom yarl import URL\nfrom .models import x"),
        ("api/__init__.py", f"from . import models\nfrom {ROOT}.api.client import PanelClient"),
        ("coordinator.py", "from homeassistant.core import callback\nimport voluptuous as vol"),
    ],
)
def test_checker_is_content(path: str, source: str) -> None:
    """A checker that complains about what is allowed would be switched off."""
    assert violations(OTHERS | {path: source}) == []


@pytest.mark.parametrize(
    ("sources", "modules"),
    [
        ({"a.py": "from .b import x", "b.py": "from .c import x", "c.py": "from .a import x"}, 3),
        ({"a/__init__.py": "from .b import x", "a/b.py": "from . import x"}, 2),
        ({"a/__init__.py": "from .b import x", "a/b.py": "from .c import x", "a/c.py": ""}, 0),
    ],
)
def test_circles_are_found(sources: dict[str, str], modules: int) -> None:
    """A circle passes through any number of modules, faces among them."""
    assert len(circle(sources)) == modules
