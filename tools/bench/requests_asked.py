"""How many requests a refresh of the account makes, and of orders that are final none."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .panel_control import PanelControl
from .plan import Plan
from .results import Row
from .subject_process import SubjectProcess, running_subject
from .subjects import SMM_PANEL

REQUESTS: Final = "requests of a refresh"
ALL_OPEN: Final = "all open"
HALF_FINAL: Final = "half of them final"
NONE_OPEN: Final = "none open"


async def measure_requests(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Count them for every size; one order more than the batches hold, so that a batch is short."""
    for size in plan.sizes:
        orders = size + 1
        await panel.control(orders=orders)
        async with running_subject(SMM_PANEL, folder / f"requests-{size}", panel.url) as subject:
            await subject.do("follow", count=orders)
            for case, final in ((ALL_OPEN, 0), (HALF_FINAL, orders // 2), (NONE_OPEN, orders)):
                await panel.control(complete_to=final)
                # The refresh that finds out.
                await subject.do("refresh")
                yield Row(
                    part=REQUESTS,
                    subject=SMM_PANEL,
                    case=case,
                    orders=orders,
                    figures=await _requests(panel, subject) | {"open": orders - final},
                )


async def _requests(panel: PanelControl, subject: SubjectProcess) -> dict[str, float]:
    await panel.control()
    await subject.do("refresh_account")
    asked = (await panel.control()).requests
    return {
        "status": asked["status"],
        "balance": asked["balance"],
        "others": asked.total() - asked["status"] - asked["balance"],
    }
