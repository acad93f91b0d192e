"""The cost of searching a service in a large catalogue."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from .panel import PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import running_subject
from .subjects import SMM_PANEL

CATALOG: Final = "catalogue"
FIRST_SEARCH: Final = "first search, with the download"
NEXT_SEARCH: Final = "next search"
PRESET_FLOW: Final = "pages of the preset's flow"

_TEXT: Final = "followers speed 7k"


async def measure_searches(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure a search with the action and in the flow of a preset."""
    await panel.control(services=plan.services)
    async with running_subject(SMM_PANEL, folder / "catalog", panel.url) as subject:
        await subject.do("connect")
        for case, task, arguments in (
            (FIRST_SEARCH, "search", {"text": _TEXT}),
            (NEXT_SEARCH, "search", {"text": _TEXT}),
            (PRESET_FLOW, "preset_flow", {}),
        ):
            cost = await subject.cost(task, heartbeat=True, **arguments)
            yield Row(
                part=CATALOG,
                subject=SMM_PANEL,
                case=case,
                orders=plan.services,
                figures=medians([cost]),
            )
