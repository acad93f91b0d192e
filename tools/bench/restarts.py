"""The cost of many orders: at a restart, when they are added, and after they were removed."""

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .meter import Cost
from .panel import BATCH, PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import SubjectProcess, running_subject
from .subjects import SLOTS, SMM_PANEL

RESTART: Final = "restart"
SET_UP: Final = "set-up of the entry"
FIRST_REFRESH: Final = "set-up and first refresh"

ADDING: Final = "adding orders"
TRACKED: Final = "tracked in one call"
CHURN: Final = "churn"
FIRST_SLOT_FULL: Final = "first slot-full"
COME_AND_GONE: Final = "come and gone"

_TASKS: Final = {SET_UP: "load", FIRST_REFRESH: "load_and_refresh"}
_ROUNDS: Final = 3


async def measure_restarts(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure restarts with as many orders as slots, and with the largest number."""
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


async def measure_growth(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure adding orders to an empty account; count what many removed orders leave behind."""
    await panel.control(orders=max(plan.usual, plan.churned))
    async with running_subject(SMM_PANEL, folder / "adding", panel.url) as subject:
        await subject.do("connect")
        cost = await subject.cost("track", heartbeat=True, first=1, count=plan.usual)
        yield Row(
            part=ADDING,
            subject=SMM_PANEL,
            case=TRACKED,
            orders=plan.usual,
            figures=medians([cost]),
        )
    async with running_subject(SMM_PANEL, folder / "churn", panel.url) as subject:
        await subject.do("connect")
        await subject.do("track", first=1, count=SLOTS)
        yield await _registries(subject, FIRST_SLOT_FULL, SLOTS)
        await subject.do("untrack", first=1, count=SLOTS)
        for first in range(1, plan.churned + 1, BATCH):
            count = min(BATCH, plan.churned + 1 - first)
            await subject.do("track", first=first, count=count)
            await panel.control(complete_to=first + count - 1)
            await subject.do("refresh")
            await subject.do("untrack", first=first, count=count)
        yield await _registries(subject, COME_AND_GONE, plan.churned)


async def _registries(subject: SubjectProcess, case: str, orders: int) -> Row:
    await subject.do("settle")
    return Row(
        part=CHURN,
        subject=SMM_PANEL,
        case=case,
        orders=orders,
        figures={"registry_rows": await subject.do("registry_rows")},
    )
