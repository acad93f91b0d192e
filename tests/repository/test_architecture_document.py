"""docs/architecture.md shows the imports of the integration: scripts/architecture."""

import re

import pytest

from tools.architecture import (
    BEGIN,
    DOCUMENT,
    END,
    FOLDER,
    cycles,
    document,
    floors,
    imports,
    picture,
    read_sources,
    reduced,
    rooms_table,
    summary,
)

SOURCES = {
    "__init__.py": "from .sensor import x\nfrom .api import PanelClient",
    "sensor.py": "def f():\n    from .coordinator import x\nfrom .const import DOMAIN",
    "todo.py": "import custom_components.smm_panel.coordinator\nfrom .const import DOMAIN",
    "coordinator.py": "from homeassistant import core\nfrom .api.client import PanelClient",
    "api/__init__.py": "from .client import PanelClient",
    "api/client.py": "from . import models",
    "const.py": "",
}
GRAPH = {
    "": {"api", "sensor"},
    "api": set(),
    "const": set(),
    "coordinator": {"api"},
    "sensor": {"const", "coordinator"},
    "todo": {"const", "coordinator"},
}
CIRCLE = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set(), "e": {"a", "d"}}


def test_document_is_current() -> None:
    """A picture of imports that nobody keeps up is worse than none; run scripts/architecture."""
    text = DOCUMENT.read_text(encoding="utf-8")

    assert document(text, imports(read_sources())) == text


def test_named_files_are_there() -> None:
    """Who follows a name that leads nowhere does not trust the next one."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    names = set(re.findall(r"`([\w/]+(?:/|\.(?:py|json)))`", before + rest.partition(END)[2]))

    assert len(names) > 20
    assert {
        name
        for name in names
        if not (FOLDER / name).exists() and not (DOCUMENT.parents[1] / name).exists()
    } == set()


def test_imports_between_rooms() -> None:
    """What a package imports from itself or from elsewhere is no import between rooms."""
    assert imports(SOURCES) == GRAPH


def test_floors_are_longest_chains() -> None:
    """A room stands above all that it imports."""
    assert floors(GRAPH) == {"api": 1, "const": 1, "coordinator": 2, "sensor": 3, "todo": 3, "": 4}


def test_a_cycle_shares_a_floor() -> None:
    """A cycle has no longest chain, yet the document must show it."""
    assert floors(CIRCLE) == {"d": 1, "a": 2, "b": 2, "c": 2, "e": 3}
    assert cycles(CIRCLE) == [["a", "b", "c"]]
    assert cycles(GRAPH) == []


def test_implied_imports_are_left_out() -> None:
    """What is left still leads to every room that was imported."""
    assert reduced(GRAPH)[""] == {"sensor"}
    assert reduced(GRAPH)["sensor"] == {"const", "coordinator"}
    assert reduced(CIRCLE) == CIRCLE | {"e": {"a"}}


def test_picture_in_bands() -> None:
    """Rooms of a band with the same arrows share a box; the root has no band."""
    bands = {"Below": ["api", "const", "coordinator"], "Above": ["sensor", "todo"]}

    assert picture(GRAPH | {"": {"api"}}, bands).splitlines()[2:-1] == [
        "flowchart TB",
        '    subgraph band_2["Above"]',
        '        box_sensor["sensor<br>todo"]',
        "    end",
        '    subgraph band_1["Below"]',
        '        box_api["api"]',
        '        box_const["const"]',
        '        box_coordinator["coordinator"]',
        "    end",
        '    box_root["__init__"]',
        "    box_root --> box_api",
        "    box_coordinator --> box_api",
        "    box_sensor --> box_const & box_coordinator",
    ]


def test_picture_of_floors() -> None:
    """Without bands each floor is one, the highest first."""
    lines = picture(GRAPH, {}).splitlines()

    assert [line.partition('"')[2] for line in lines if "subgraph" in line] == [
        'Floor 3"]',
        'Floor 2"]',
        'Floor 1"]',
    ]


def test_table_has_every_import() -> None:
    """The picture leaves some out."""
    assert rooms_table(GRAPH).splitlines()[-1] == "| 4 | `__init__` | `api`, `sensor` |"
    assert summary(GRAPH) == "Rooms: 6, imports: 7, floors: 4, cycles: 0"
    assert summary(CIRCLE) == "Rooms: 5, imports: 6, floors: 3, cycles: 1"


def test_the_text_around_the_markers_stays() -> None:
    """The rest of the document is written by hand."""
    made = document(f"before\n{BEGIN}\nold\n{END}\nafter", GRAPH)

    assert made.startswith(f"before\n{BEGIN}\n\nRooms: 6")
    assert made.endswith(f"|\n\n{END}\nafter")
    assert document(made, GRAPH) == made


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_markers_must_be_there(text: str) -> None:
    """A document without markers would silently go stale."""
    with pytest.raises(ValueError, match="lacks"):
        document(text, GRAPH)
