"""Read the integration's imports and draw them in docs/architecture.md: scripts/architecture.

A room is a module or a package at the top of the integration; "" is its root, `__init__.py`. What
a package imports from itself does not count. An import counts wherever it stands, in a function and
under TYPE_CHECKING too.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
import sys
from typing import Final

from .markdown import table

ROOT: Final = "custom_components.smm_panel"
FOLDER: Final = Path(__file__).parents[1] / "custom_components" / "smm_panel"
DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "architecture.md"

BEGIN: Final = "<!-- imports: begin -->"
END: Final = "<!-- imports: end -->"

type Imports = Mapping[str, Collection[str]]
"""For each room the rooms that it imports."""

type Bands = Mapping[str, Collection[str]]
"""Titles with the rooms below them, the lowest band first."""

BANDS: Final[Bands] = {
    "foundations": (
        *("api", "const", "issues", "links", "money", "practice", "simulator", "storage"),
        "validation",
    ),
    "state": ("catalog", "errors", "orders"),
    "polling": ("coordinator",),
    "features": (
        *("activity", "automation_helpers", "device", "entity", "operations", "presets"),
        *("responses", "schemas"),
    ),
    "platforms": (
        *("backup", "binary_sensor", "button", "condition", "config_flow", "diagnostics"),
        *("event", "llm", "logbook", "number", "repairs", "sensor", "services", "system_health"),
        *("todo", "trigger"),
    ),
}
"""The bands of the picture, as tests/repository/test_architecture.py holds them."""

_SPACING: Final = '%%{init: {"flowchart": {"nodeSpacing": 15, "rankSpacing": 45}}}%%'


def main() -> None:
    """Write the imports into the document; print their numbers and every cycle."""
    sources = read_sources()
    graph = imports(sources)
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8"), graph), encoding="utf-8")
    print(f"Written: {DOCUMENT.name}")
    print(summary(graph))
    print(f"Files at the top: {sum('/' not in path for path in sources)}")
    for cycle in cycles(graph):
        print(f"Cycle: {', '.join(map(name_of, cycle))}", file=sys.stderr)


def read_sources() -> dict[str, str]:
    """Read the Python files of the integration, by their paths relative to it."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*.py"))
    }


def imported(source: str, path: str) -> Iterator[str]:
    """Return the absolute names that a module imports; `path` is relative to the integration."""
    package = [*ROOT.split("."), *Path(path).parts[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def module_of(path: str) -> str:
    """Return the room to which a file belongs."""
    return Path(path).parts[0].removesuffix(".py").removesuffix("__init__")


def target_of(name: str, modules: set[str]) -> str | None:
    """Return the room from which a name is imported, None if it is not from the integration."""
    if not f"{name}.".startswith(f"{ROOT}."):
        return None
    first = name.removeprefix(ROOT).removeprefix(".").partition(".")[0]
    return first if first in modules else ""


def name_of(room: str) -> str:
    """Return the name of a room for people."""
    return room or "__init__"


def imports(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the rooms that each room imports, from the sources by relative path."""
    rooms = {module_of(path) for path in sources}
    graph: dict[str, set[str]] = {room: set() for room in sorted(rooms)}
    for path, source in sources.items():
        room = module_of(path)
        targets = (target_of(name, rooms) for name in imported(source, path))
        graph[room].update(target for target in targets if target not in {None, room})
    return graph


def floors(graph: Imports) -> dict[str, int]:
    """Return the floor of each room: the length of its longest chain of imports, itself included.

    The rooms of a cycle share a floor.
    """
    below = _reachable(graph)
    found: dict[str, int] = {}
    # What a room imports comes first: it reaches fewer rooms, unless both are in a cycle.
    for room in sorted(graph, key=lambda room: len(below[room])):
        lower = (found[other] for other in below[room] if room not in below[other])
        found[room] = 1 + max(lower, default=0)
    return found


def cycles(graph: Imports) -> list[list[str]]:
    """Return the groups of rooms that import each other, directly or through others."""
    below = _reachable(graph)
    groups = {
        tuple(sorted(other for other in below[room] if room in below[other])) for room in graph
    }
    return sorted(list(group) for group in groups if len(group) > 1)


def reduced(graph: Imports) -> dict[str, set[str]]:
    """Leave out the imports that follow from others: a -> c beside a -> b -> c."""
    below = _reachable(graph)

    def is_implied(room: str, target: str) -> bool:
        return any(
            target in below[other] and other not in below[target] and room not in below[other]
            for other in graph[room]
        )

    return {
        room: {target for target in targets if not is_implied(room, target)}
        for room, targets in graph.items()
    }


def picture(graph: Imports, bands: Bands = BANDS) -> str:
    """Draw the imports as a Mermaid flowchart, without those that follow from others.

    Rooms of a band that have the same arrows share a box. A room that no band names, such as the
    root, stands outside the bands.
    """
    bands = bands or _bands_of_floors(graph)
    arrows = reduced(graph)
    boxes = _boxes(arrows, bands)
    box_of = {room: f"box_{box[0] or 'root'}" for box in boxes for room in box}
    lines = [_SPACING, "flowchart TB"]

    def draw(box: Sequence[str], indent: str) -> None:
        lines.append(f'{indent}{box_of[box[0]]}["{"<br>".join(map(name_of, box))}"]')

    for number, (title, rooms) in reversed([*enumerate(bands.items(), 1)]):
        lines.append(f'    subgraph band_{number}["{title}"]')
        for box in boxes:
            if box[0] in rooms:
                draw(box, " " * 8)
        lines.append("    end")
    for box in boxes:
        if not any(box[0] in rooms for rooms in bands.values()):
            draw(box, " " * 4)
    for box in boxes:
        targets = sorted({box_of[target] for target in arrows[box[0]]})
        lines += [f"    {box_of[box[0]]} --> {' & '.join(targets)}"] if targets else []
    return "\n".join(["```mermaid", *lines, "```"])


def rooms_table(graph: Imports) -> str:
    """Return the table of all imports, the lowest floor first."""
    floor_of = floors(graph)
    return table(
        ("Floor", "Room", "Imports"),
        (
            (
                str(floor_of[room]),
                f"`{name_of(room)}`",
                ", ".join(f"`{name_of(target)}`" for target in sorted(graph[room])),
            )
            for room in sorted(graph, key=lambda room: (floor_of[room], room))
        ),
    )


def summary(graph: Imports) -> str:
    """Return the numbers of rooms, imports, floors and cycles in one line."""
    count = sum(map(len, graph.values()))
    top = max(floors(graph).values(), default=0)
    return f"Rooms: {len(graph)}, imports: {count}, floors: {top}, cycles: {len(cycles(graph))}"


def document(text: str, graph: Imports, bands: Bands = BANDS) -> str:
    """Return the text of the document with new content between the markers.

    Raises ValueError if a marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The document lacks {BEGIN} or {END}")
    parts = (BEGIN, f"{summary(graph)}.", picture(graph, bands), rooms_table(graph), END)
    return before + "\n\n".join(parts) + after


def _bands_of_floors(graph: Imports) -> dict[str, list[str]]:
    """Return a band for each floor, without the root, which is above all."""
    bands: dict[str, list[str]] = {}
    for room, floor in sorted(floors(graph).items(), key=lambda item: item[1]):
        if room:
            bands.setdefault(f"Floor {floor}", []).append(room)
    return bands


def _boxes(arrows: Imports, bands: Bands) -> list[list[str]]:
    """Group the rooms of each band that have the same importers and the same imports."""
    band_of = {room: title for title, rooms in bands.items() for room in rooms}
    importers = {
        room: frozenset(other for other, targets in arrows.items() if room in targets)
        for room in arrows
    }
    boxes: dict[tuple[object, ...], list[str]] = {}
    for room in sorted(arrows):
        key = (band_of.get(room), frozenset(arrows[room]), importers[room])
        boxes.setdefault(key, []).append(room)
    return list(boxes.values())


def _reachable(graph: Imports) -> dict[str, set[str]]:
    """Return each room with all that it imports, directly or through others."""
    found = {}
    for room in graph:
        seen = {room}
        waiting = [room]
        while waiting:
            new = set(graph[waiting.pop()]) - seen
            seen |= new
            waiting += new
        found[room] = seen
    return found


if __name__ == "__main__":
    main()
