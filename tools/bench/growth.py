"""Orders that come, and orders that come and go."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .account import BATCH
from .panel_control import PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import SubjectProcess, running_subject
from .subjects import SLOTS, SMM_PANEL

ADDING: Final = "adding orders"
TRACKED: Final = "tracked in one call"
CHURN: Final = "churn"
FIRST_SLOT_FULL: Final = "first slot-full"
COME_AND_GONE: Final = "come and gone"


async def measure_growth(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Add orders to an empty account, and let many come and go."""
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
