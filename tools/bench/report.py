"""The results as Markdown, for the terminal and for docs/performance.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tools.markdown import table

from .catalog import CATALOG
from .key_log import HTTP_ERROR, KEY_LOG
from .refreshes import REFRESH
from .results import Results, Row
from .subjects import FLOOR, REST_COMMAND, REST_PER_100, REST_PER_ORDER, SMM_PANEL
from .targets import Target

_NAMES: Final = {
    SMM_PANEL: "SMM Panel",
    REST_PER_ORDER: "`rest` per order",
    REST_PER_100: "`rest` per 100 orders",
    REST_COMMAND: "`rest_command`",
    FLOOR: "floor",
}

_FIGURES: Final = {
    "requests": "Requests",
    "at_once": "At once",
    "cpu_ms": "CPU ms",
    "wall_ms": "Time ms",
    "block_ms": "Longest block ms",
    "bytes": "Bytes",
    "registry_rows": "Registry rows",
    "status": "`status` requests",
    "balance": "`balance` requests",
    "others": "Other requests",
}

_DOCUMENT: Final = """\
# Performance

<!-- Made by `scripts/bench --write`. Run it again instead of editing this. -->

{report}"""

_REPORT: Final = """\
{machine}

What is measured, in one run on one machine, in turn:

- SMM Panel: this integration with 20 order slots.
- `rest` per order: Home Assistant's `rest` integration, a request and a sensor for each order.
- `rest` per 100 orders: the same with a request for each 100 orders, which feeds 100 sensors.
- floor: aiohttp and reading every answer into records, one request after the other, without
  Home Assistant. What reads only the answers that differ from the last ones can take less.

Each runs in a process of its own, all of them against a panel on the loopback interface in
another process. A `rest` sensor shows the status, with charge, start count and remains as its
attributes. CPU is that of the process in all its threads. The longest block is how late a task
came at worst that wants to run every millisecond; it is measured in refreshes of its own, as that
task costs the processor something too. Before each measurement Python's garbage is collected and
what is left is frozen, for all alike: a full collection of Home Assistant's objects takes a
fifth of a second and comes at random. Figures are medians of the rounds. Other work on the machine
makes times and blocks longer, CPU hardly.

## Targets

{targets}

## Refreshing all orders

The last column is the CPU as a multiple of that of SMM Panel.

{refreshes}

## Everything else

{others}

## The API key in the log

{key}
"""


def document(machine: Mapping[str, str], results: Results, targets: Sequence[Target]) -> str:
    """Return the content of docs/performance.md."""
    return _DOCUMENT.format(report=report(machine, results, targets))


def report(machine: Mapping[str, str], results: Results, targets: Sequence[Target]) -> str:
    """Return all results and the targets."""
    return _REPORT.format(
        machine="\n".join(f"- {name}: {value}" for name, value in machine.items()),
        targets=_targets(targets),
        refreshes=_refreshes(results),
        others=_others(results),
        key=_key(results),
    )


def _targets(targets: Iterable[Target]) -> str:
    return table(
        ("Target", "At most", "Measured", "Met"),
        (
            (
                target.text[0].upper() + target.text[1:],
                f"{_number(target.most)} {target.unit}".strip(),
                f"{_number(target.figure)} {target.unit}".strip(),
                "yes" if target.is_met else "no",
            )
            for target in targets
        ),
    )


def _refreshes(results: Results) -> str:
    names = ("requests", "at_once", "cpu_ms", "wall_ms", "block_ms")
    rows = [row for row in results.rows if row.part == REFRESH]
    return table(
        ("Orders", "Case", "Subject", *(_FIGURES[name] for name in names), "CPU ratio"),
        (
            (
                f"{row.orders:,}",
                row.case,
                _NAMES[row.subject],
                *(_number(row.figures[name]) for name in names),
                _ratio(results, row),
            )
            for row in rows
        ),
    )


def _ratio(results: Results, row: Row) -> str:
    ours = results.figures(REFRESH, SMM_PANEL, row.case, row.orders)
    return _number(row.figures["cpu_ms"] / ours["cpu_ms"])


def _others(results: Results) -> str:
    """Return a table for each part, as each has different figures."""
    rows = [row for row in results.rows if row.part not in {REFRESH, KEY_LOG}]
    parts = dict.fromkeys(row.part for row in rows)
    return "\n\n".join(_part(part, [row for row in rows if row.part == part]) for part in parts)


def _part(part: str, rows: Sequence[Row]) -> str:
    names = [name for name in _FIGURES if any(name in row.figures for row in rows)]
    of_what = "Services" if part == CATALOG else "Orders"
    lines = table(
        ("Case", of_what, "Subject", *(_FIGURES[name] for name in names)),
        (
            (
                row.case,
                f"{row.orders:,}",
                _NAMES[row.subject],
                *(_number(row.figures[name]) if name in row.figures else "" for name in names),
            )
            for row in rows
        ),
    )
    return f"### {part[0].upper()}{part[1:]}\n\n{lines}"


def _key(results: Results) -> str:
    return table(
        ("Subject", f"API key in the log after an {HTTP_ERROR}"),
        (
            (_NAMES[row.subject], "yes" if row.figures["key_in_log"] else "no")
            for row in results.rows
            if row.part == KEY_LOG
        ),
    )


def _number(value: float) -> str:
    """Format a number with two or three significant digits."""
    if value == int(value) or value >= 100:  # noqa: PLR2004  # three digits are precise enough
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2g}"  # noqa: PLR2004  # as above
