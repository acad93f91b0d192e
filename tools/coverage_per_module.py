"""Holds every module to a share of its own that tests must cover.

    python -m tools.coverage_per_module '*flow.py=100' '*=95'

Each module must reach the percentage of the first pattern that fits its path. A share of the
whole would hide one module that nobody tests behind many that are tested well.
"""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage


@dataclass(frozen=True, slots=True)
class Floor:
    """What the modules that fit a pattern must reach."""

    pattern: str
    percent: float


def below(report: Mapping[str, Any], floors: Sequence[Floor]) -> Iterator[str]:
    """Tell of each module in a report of `coverage json` that is below its floor."""
    if not report["files"]:
        yield "no module was measured"
    for path, module in sorted(report["files"].items()):
        floor = next((floor for floor in floors if fnmatchcase(path, floor.pattern)), None)
        if floor is None:
            yield f"{path}: no pattern fits"
        elif (reached := module["summary"]["percent_covered"]) < floor.percent:
            yield f"{path}: {reached:.1f} %, not {floor.percent:g} %; {_missing(module)}"


def _missing(module: Mapping[str, Any]) -> str:
    lines = ", ".join(map(str, module["missing_lines"]))
    # A branch that leaves the function goes to a line below 0.
    branches = ", ".join(
        f"{start} to {'the end' if end < 0 else end}"
        for start, end in module.get("missing_branches", [])
    )
    return f"lines {lines or 'none'}; branches {branches or 'none'}"


def main() -> None:
    """Read what pytest --cov has measured, and fail for modules below their floors."""
    parser = ArgumentParser(prog="python -m tools.coverage_per_module", description=__doc__)
    parser.add_argument("floors", nargs="+", type=_floor, metavar="PATTERN=PERCENT")
    if found := [*below(_report(), parser.parse_args().floors)]:
        sys.exit("\n".join(found))


def _floor(text: str) -> Floor:
    pattern, _, percent = text.rpartition("=")
    if not pattern or not percent.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not PATTERN=PERCENT")
    return Floor(pattern, float(percent))


def _report() -> dict[str, Any]:
    coverage = Coverage(messages=False)
    coverage.load()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(path))
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


if __name__ == "__main__":
    main()
