"""The order book: the bytes it writes to disk, and the memory of its orders."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from .panel import PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import SubjectProcess, running_subject
from .subjects import REST_PER_100, REST_PER_ORDER, SMM_PANEL

WRITING: Final = "order book on disk"
DAY: Final = "a day of polls, 1 % changed by each"
DAY_OF_MORE: Final = "as many changes among four times the orders"
TIMES_MORE: Final = 4
PLACED: Final = "an order placed"
SAVE: Final = "save, all changed"

MEMORY: Final = "memory"
PER_ORDER: Final = "Python objects of an order"

_POLLS_A_DAY: Final = 288
_EACH_POLL_CHANGES: Final = 100  # one of so many orders
_PLACED: Final = 20


async def measure_writing(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure the bytes of a day of polls, with the same changes among more orders, and a save."""
    for case, times in ((DAY, 1), (DAY_OF_MORE, TIMES_MORE)):
        orders = times * plan.usual
        every = times * min(_EACH_POLL_CHANGES, plan.usual)
        await panel.control(orders=orders, services=1)
        async with running_subject(SMM_PANEL, folder / f"writing-{orders}", panel.url) as subject:
            await subject.do("follow", count=orders)
            # Subtracted, as Home Assistant writes its own files meanwhile.
            idle = await _written(subject, plan.polls)
            written = await _written(subject, plan.polls, partial(_poll, subject, panel, every))
            yield _row(case, orders, {"bytes": (written - idle) * _POLLS_A_DAY / plan.polls})
            if case == DAY:
                yield _row(PLACED, orders, {"bytes": await _placing(subject, orders)})
    await panel.control(orders=plan.largest)
    async with running_subject(SMM_PANEL, folder / "save", panel.url) as subject:
        await subject.do("follow", count=plan.largest)
        await panel.control(change_every=1)
        await subject.do("refresh")
        cost = await subject.cost("settle", heartbeat=True)
        yield _row(SAVE, plan.largest, medians([cost]))


async def _written(
    subject: SubjectProcess, times: int, work: Callable[[], Awaitable[None]] | None = None
) -> int:
    """Do some work repeatedly, saving each time; return the bytes written."""
    before: int = await subject.do("written")
    for _ in range(times):
        if work is not None:
            await work()
        await subject.do("settle")
    after: int = await subject.do("written")
    return after - before


async def _poll(subject: SubjectProcess, panel: PanelControl, every: int) -> None:
    await panel.control(change_every=every)
    await subject.do("refresh")


async def _placing(subject: SubjectProcess, orders: int) -> float:
    """Place orders one after the other; return the bytes written for each."""
    before: int = await subject.do("written")
    await subject.do("place", first=orders + 1, count=_PLACED)
    after: int = await subject.do("written")
    return (after - before) / _PLACED


def _row(case: str, orders: int, figures: dict[str, float]) -> Row:
    return Row(part=WRITING, subject=SMM_PANEL, case=case, orders=orders, figures=figures)


async def measure_memory(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure the memory of an order: many orders compared with one; ours without slots."""
    await panel.control(orders=plan.usual)
    for subject in (SMM_PANEL, REST_PER_ORDER, REST_PER_100):
        used = {count: await _memory_of(folder, panel, subject, count) for count in (1, plan.usual)}
        yield Row(
            part=MEMORY,
            subject=subject,
            case=PER_ORDER,
            orders=plan.usual,
            figures={"bytes": (used[plan.usual] - used[1]) / (plan.usual - 1)},
        )


async def _memory_of(folder: Path, panel: PanelControl, name: str, count: int) -> int:
    home = folder / f"memory-{name}-{count}"
    arguments = {"count": count}
    if name == SMM_PANEL:
        async with running_subject(name, home, panel.url) as subject:
            await subject.do("connect", slots=0)
            await subject.do("track", first=1, count=count)
        arguments = {}
    async with running_subject(name, home, panel.url) as subject:
        used: int = await subject.do("memory", **arguments)
        return used
