"""Compare the cost of the integration with that of the alternatives: scripts/bench."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, replace
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Final

from .catalog import measure_searches
from .key_log import measure_key_log
from .meter import describe_machine
from .order_book import measure_memory, measure_writing
from .panel import PanelControl
from .plan import FULL, QUICK, Plan
from .refreshes import measure_refreshes, measure_requests
from .report import document, report
from .restarts import measure_growth, measure_restarts
from .results import Results, Row
from .subject_process import running_subject
from .subjects import SMM_PANEL
from .targets import Target, targets

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "performance.md"

type Part = Callable[[Path, PanelControl, Plan], AsyncIterator[Row]]

_PARTS: Final[tuple[Part, ...]] = (
    measure_refreshes,
    measure_requests,
    measure_restarts,
    measure_growth,
    measure_searches,
    measure_memory,
    measure_writing,
    measure_key_log,
)


def main() -> None:
    """Measure and print the results; with --check fail if a target is missed, except for times."""
    options = _options()
    plan = _plan(options)
    if options.profile:
        print(asyncio.run(_profile(plan)))
        return
    machine = describe_machine()
    results = asyncio.run(_measure(plan))
    found = targets(results, plan)
    if options.json:
        print(_as_json(machine, results, found))
    else:
        print(report(machine, results, found))
    if options.write:
        DOCUMENT.write_text(document(machine, results, found), encoding="utf-8")
    missed = [target for target in found if not target.is_met and not target.is_time]
    if options.check and missed:
        sys.exit("\n".join(f"scripts/bench: missed: {target.text}" for target in missed))


async def _measure(plan: Plan) -> Results:
    """Run all parts; print the progress to standard error."""
    rows: list[Row] = []
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smm-panel-bench-") as folder:
        async with PanelControl(Path(folder)) as panel:
            for part in _PARTS:
                async for row in part(Path(folder), panel, plan):
                    rows.append(row)
                    passed = time.monotonic() - start
                    print(
                        f"{passed:4.0f} s: {row.part}, {row.case}, {row.orders}: {row.subject}",
                        file=sys.stderr,
                    )
    return Results(rows)


async def _profile(plan: Plan) -> str:
    with tempfile.TemporaryDirectory(prefix="smm-panel-bench-") as folder:
        async with PanelControl(Path(folder)) as panel:
            return await _hot_spots(Path(folder), panel, plan.largest)


async def _hot_spots(folder: Path, panel: PanelControl, orders: int) -> str:
    """Return the profiles of refreshes and of a restart."""
    home = folder / "hot-spots"
    found = []
    await panel.control(orders=orders)
    async with running_subject(SMM_PANEL, home, panel.url) as subject:
        await subject.do("follow", count=orders)
        await subject.do("refresh")
        found.append(("refresh, unchanged", await subject.profile("refresh")))
        await panel.control(change_every=1)
        found.append(("refresh, all changed", await subject.profile("refresh")))
        found.append(("save of that", await subject.profile("settle")))
    async with running_subject(SMM_PANEL, home, panel.url) as subject:
        found.append(("set-up after a restart", await subject.profile("load")))
    return "\n".join(f"# {orders:,} orders: {title}\n\n{text}" for title, text in found)


def _as_json(machine: Mapping[str, str], results: Results, found: list[Target]) -> str:
    content = {
        "machine": machine,
        "rows": [asdict(row) for row in results.rows],
        "targets": [asdict(target) | {"is_met": target.is_met} for target in found],
    }
    return json.dumps(content, indent=1)


def _plan(options: Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    return replace(plan, sizes=options.sizes or plan.sizes, rounds=options.rounds or plan.rounds)


def _options() -> Namespace:
    parser = ArgumentParser(
        prog="scripts/bench",
        description="Measure the integration against Home Assistant's rest integration.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="fewer orders and rounds, without the recorder")
    add("--sizes", type=_sizes, help="numbers of orders, such as 100,1000")
    add("--rounds", type=_number, help="how often each refresh is measured")
    add("--json", action="store_true", help="print JSON instead of tables")
    add("--write", action="store_true", help="write docs/performance.md as well")
    add("--check", action="store_true", help="fail if a target that is not about time is missed")
    add("--profile", action="store_true", help="print where the time goes instead, at the largest")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(_number(size) for size in text.split(","))


def _number(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


if __name__ == "__main__":
    main()
