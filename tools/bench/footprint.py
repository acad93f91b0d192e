"""The memory that orders take."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .panel_control import PanelControl
from .plan import Plan
from .results import Row
from .subject_process import running_subject
from .subjects import REST_PER_100, REST_PER_ORDER, SMM_PANEL

MEMORY: Final = "memory"
PER_ORDER: Final = "Python objects of an order"


async def measure_memory(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Compare many orders with one, of ours without the slots."""
    await panel.control(orders=plan.usual)
    for subject in (SMM_PANEL, REST_PER_ORDER, REST_PER_100):
        taken = {count: await _taken(folder, panel, subject, count) for count in (1, plan.usual)}
        yield Row(
            part=MEMORY,
            subject=subject,
            case=PER_ORDER,
            orders=plan.usual,
            figures={"bytes": (taken[plan.usual] - taken[1]) / (plan.usual - 1)},
        )


async def _taken(folder: Path, panel: PanelControl, name: str, count: int) -> int:
    home = folder / f"memory-{name}-{count}"
    arguments = {"count": count}
    if name == SMM_PANEL:
        async with running_subject(name, home, panel.url) as subject:
            await subject.do("connect", slots=0)
            await subject.do("track", first=1, count=count)
        arguments = {}
    async with running_subject(name, home, panel.url) as subject:
        taken: int = await subject.do("memory", **arguments)
        return taken
