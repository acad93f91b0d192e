"""Where the time goes in our integration, function by function."""

from pathlib import Path

from .panel_control import PanelControl
from .subject_process import running_subject
from .subjects import SMM_PANEL


async def hot_spots(folder: Path, panel: PanelControl, orders: int) -> str:
    """Profile refreshes and a restart with so many orders."""
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
