"""A refresh of all orders: its cost for every subject, and the number of our requests."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .meter import Cost
from .panel import PanelControl
from .plan import Plan
from .results import Row, medians
from .subject_process import SubjectProcess, running_subject
from .subjects import FLOOR, REST_PER_100, REST_PER_ORDER, SMM_PANEL

REFRESH: Final = "refresh"
ALL_SET_UP: Final = "set-up with all orders"
NEW: Final = "new"

_SIDE_BY_SIDE: Final = (SMM_PANEL, REST_PER_ORDER, REST_PER_100, FLOOR)

UNCHANGED: Final = "unchanged"
FEW_CHANGED: Final = "1 % changed"
ALL_CHANGED: Final = "all changed"
CHANGES: Final = {UNCHANGED: 0, FEW_CHANGED: 100, ALL_CHANGED: 1}
"""One of so many orders changes, 0 for none."""

SLOW_PANEL: Final = "panel answers after 200 ms"
LATENCY: Final = 0.2

REQUESTS: Final = "requests of a refresh"
ALL_OPEN: Final = "all open"
HALF_FINAL: Final = "half of them final"
NONE_OPEN: Final = "none open"

_FEWER_ROUNDS_FROM: Final = 5_000
_FEWER_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Refreshes:
    """All subjects, each with the same number of orders."""

    panel: PanelControl
    subjects: Sequence[SubjectProcess]
    orders: int
    recorder: bool

    async def rows(self, rounds: int, *, slow_panel: bool) -> AsyncIterator[Row]:
        """Set up the subjects, then measure each case."""
        await self.panel.control(orders=self.orders, latency=0)
        for subject in self.subjects:
            cost = await subject.cost("follow", heartbeat=True, count=self.orders)
            if (known := await subject.do("known")) != self.orders:
                raise RuntimeError(f"{subject.name} knows {known} of {self.orders} orders")
            yield self._row(ALL_SET_UP, subject.name, NEW, medians([cost]))
        for case, every in CHANGES.items():
            for row in await self._measured(case, every, rounds):
                yield row
        if slow_panel:
            await self.panel.control(latency=LATENCY)
            for row in await self._measured(SLOW_PANEL, 0, 1):
                yield row
            await self.panel.control(latency=0)

    async def _measured(self, case: str, every: int, rounds: int) -> list[Row]:
        costs: dict[str, list[Cost]] = defaultdict(list)
        beats: dict[str, list[Cost]] = defaultdict(list)
        requests: dict[str, dict[str, float]] = {}
        for _ in range(rounds):
            for heartbeat in (False, True):
                await self.panel.control(change_every=every)
                for subject in self.subjects:
                    await self.panel.control()
                    cost = await subject.cost("refresh", heartbeat=heartbeat)
                    (beats if heartbeat else costs)[subject.name].append(cost)
                    counts = await self.panel.control()
                    requests[subject.name] = {
                        "requests": counts.requests.total(),
                        "at_once": counts.at_once,
                    }
                    await subject.do("settle")
        return [
            self._row(
                REFRESH,
                name,
                case,
                requests[name]
                # The other costs are those without a heartbeat, which takes processor time.
                | {"block_ms": medians(beats[name])["block_ms"]}
                | medians(costs[name]),
            )
            for name in costs
        ]

    def _row(self, part: str, subject: str, case: str, figures: dict[str, float]) -> Row:
        return Row(
            part=part,
            subject=subject,
            case=f"{case}, recorder" if self.recorder else case,
            orders=self.orders,
            figures=figures,
        )


async def measure_refreshes(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Measure the refreshes of every size, without and with the recorder."""
    for orders, recorder in _groups(plan):
        async with AsyncExitStack() as stack:
            subjects = await asyncio.gather(
                *(
                    stack.enter_async_context(
                        running_subject(
                            name,
                            folder / f"{name}-{orders}-{recorder}",
                            panel.url,
                            recorder=recorder,
                        )
                    )
                    for name in _SIDE_BY_SIDE
                )
            )
            refreshes = Refreshes(panel, subjects, orders, recorder)
            most_rounds = _FEWER_ROUNDS if orders >= _FEWER_ROUNDS_FROM else plan.rounds
            rounds = min(plan.rounds, most_rounds)
            slow_panel = orders == plan.usual and not recorder
            async for row in refreshes.rows(rounds, slow_panel=slow_panel):
                yield row


def _groups(plan: Plan) -> Iterator[tuple[int, bool]]:
    for orders in plan.sizes:
        yield orders, False
        if plan.recorder:
            yield orders, True


async def measure_requests(folder: Path, panel: PanelControl, plan: Plan) -> AsyncIterator[Row]:
    """Count the requests of our refresh for every size plus one, so that a batch is not full."""
    for size in plan.sizes:
        orders = size + 1
        await panel.control(orders=orders)
        async with running_subject(SMM_PANEL, folder / f"requests-{size}", panel.url) as subject:
            await subject.do("follow", count=orders)
            for case, final in ((ALL_OPEN, 0), (HALF_FINAL, orders // 2), (NONE_OPEN, orders)):
                await panel.control(complete_to=final)
                # This refresh reads that the orders are final.
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
    requests = (await panel.control()).requests
    return {
        "status": requests["status"],
        "balance": requests["balance"],
        "others": requests.total() - requests["status"] - requests["balance"],
    }
