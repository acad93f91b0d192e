"""Setting up an account whose orders are on disk, as after a restart."""

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .meter import Cost
from .panel_control import PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import running_subject
from .subjects import SLOTS, SMM_PANEL

RESTART: Final = "restart"
SET_UP: Final = "set-up of the entry"
FIRST_REFRESH: Final = "set-up and first refresh"

_TASKS: Final = {SET_UP: "load", FIRST_REFRESH: "load_and_refresh"}
_ROUNDS: Final = 3


async def measure_restarts(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure the smallest account whose slots are all in use, and the largest."""
    sizes = dict.fromkeys((SLOTS, plan.largest))
    await panel.control(orders=plan.largest)
    for orders in sizes:
        async with running_subject(SMM_PANEL, _home(folder, orders), panel.url) as subject:
            await subject.do("follow", count=orders)
    costs: dict[tuple[str, int], list[Cost]] = defaultdict(list)
    for _ in range(min(plan.rounds, _ROUNDS)):
        for orders in sizes:
            for case, task in _TASKS.items():
                async with running_subject(SMM_PANEL, _home(folder, orders), panel.url) as subject:
                    costs[case, orders].append(await subject.cost(task, heartbeat=True))
    for (case, orders), found in costs.items():
        yield Row(part=RESTART, subject=SMM_PANEL, case=case, orders=orders, figures=medians(found))


def _home(folder: Path, orders: int) -> Path:
    return folder / f"restart-{orders}"
