"""The targets of the integration: ratios and counts of one run."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from .key_log import HTTP_ERROR, KEY_LOG
from .order_book import DAY, DAY_OF_MORE, MEMORY, PER_ORDER, SAVE, TIMES_MORE, WRITING
from .panel import BATCH
from .plan import Plan
from .refreshes import (
    ALL_CHANGED,
    ALL_OPEN,
    FEW_CHANGED,
    HALF_FINAL,
    LATENCY,
    NONE_OPEN,
    REFRESH,
    REQUESTS,
    SLOW_PANEL,
    UNCHANGED,
)
from .restarts import CHURN, COME_AND_GONE, FIRST_SLOT_FULL, RESTART, SET_UP
from .results import Results
from .subjects import FLOOR, REST_PER_ORDER, SLOTS, SMM_PANEL

_REST_SHARE: Final = {1_000: 25, 10_000: 60}
_FLOOR_TIMES: Final = 1.5
_BLOCKS: Final = {FEW_CHANGED: 10.0, ALL_CHANGED: 25.0}
_BLOCKS_AT: Final = 10_000
_SET_UP_TIMES: Final = 1.3
_SET_UP_BLOCK: Final = 50.0
_SAVE_BLOCK: Final = 10.0
_WRITTEN_TIMES: Final = 1.5
_ORDER_BYTES: Final = 1_500.0
_ROUND_TRIPS: Final = 4
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure and its upper limit; times depend on the machine and its load."""

    text: str
    figure: float
    most: float
    unit: str = ""
    is_time: bool = True

    @property
    def is_met(self) -> bool:
        """Whether the figure is within the target."""
        return self.figure <= self.most


def targets(results: Results, plan: Plan) -> list[Target]:
    """Return the targets for which the run has figures."""
    return [
        *_requests(results, plan),
        *_processor(results),
        *_blocks(results),
        *_restarts(results, plan),
        *_upkeep(results, plan),
        *_writing(results, plan),
        *_slow_panel(results, plan),
    ]


def _requests(results: Results, plan: Plan) -> Iterator[Target]:
    """Limit the difference: too few requests are as wrong as too many."""
    for size in plan.sizes:
        orders = size + 1
        for case in (ALL_OPEN, HALF_FINAL, NONE_OPEN):
            counts = results.figures(REQUESTS, SMM_PANEL, case, orders)
            due = ceil(counts["open"] / BATCH)
            yield Target(
                text=f"requests of a refresh that differ from {due} + balance"
                f" ({orders:,} orders, {case})",
                figure=abs(counts["status"] - due) + abs(counts["balance"] - 1) + counts["others"],
                most=0,
                is_time=False,
            )


def _processor(results: Results) -> Iterator[Target]:
    for orders, share in _REST_SHARE.items():
        ours, rest, floor = (
            results.figures(REFRESH, subject, UNCHANGED, orders)
            for subject in (SMM_PANEL, REST_PER_ORDER, FLOOR)
        )
        if not ours:
            continue
        yield Target(
            text=f"CPU, {orders:,} orders unchanged, of that of `rest` per order",
            figure=ours["cpu_ms"] / rest["cpu_ms"],
            most=1 / share,
        )
        yield Target(
            text=f"CPU, {orders:,} orders unchanged, times the floor",
            figure=ours["cpu_ms"] / floor["cpu_ms"],
            most=_FLOOR_TIMES,
        )


def _blocks(results: Results) -> Iterator[Target]:
    for case, most in _BLOCKS.items():
        if found := results.figures(REFRESH, SMM_PANEL, case, _BLOCKS_AT):
            yield Target(
                text=f"longest block of a refresh, {_BLOCKS_AT:,} orders, {case}",
                figure=found["block_ms"],
                most=most,
                unit="ms",
            )


def _restarts(results: Results, plan: Plan) -> Iterator[Target]:
    few = results.figures(RESTART, SMM_PANEL, SET_UP, SLOTS)
    many = results.figures(RESTART, SMM_PANEL, SET_UP, plan.largest)
    yield Target(
        text=f"set-up with {plan.largest:,} tracked orders, times that with {SLOTS}",
        figure=many["wall_ms"] / few["wall_ms"],
        most=_SET_UP_TIMES,
    )
    yield Target(
        text=f"longest block of the set-up with {plan.largest:,} tracked orders",
        figure=many["block_ms"],
        most=_SET_UP_BLOCK,
        unit="ms",
    )


def _upkeep(results: Results, plan: Plan) -> Iterator[Target]:
    full = results.figures(CHURN, SMM_PANEL, FIRST_SLOT_FULL, SLOTS)
    gone = results.figures(CHURN, SMM_PANEL, COME_AND_GONE, plan.churned)
    yield Target(
        text=f"registry rows, dead ones included, after {plan.churned:,} orders have come and"
        " gone, beyond those of the first slot-full",
        figure=gone["registry_rows"] - full["registry_rows"],
        most=0,
        is_time=False,
    )
    yield Target(
        text="memory of a tracked order outside the slots",
        figure=results.figures(MEMORY, SMM_PANEL, PER_ORDER, plan.usual)["bytes"],
        most=_ORDER_BYTES,
        unit="B",
        is_time=False,
    )
    yield Target(
        text="logs with the API key in them after an HTTP error",
        figure=results.figures(KEY_LOG, SMM_PANEL, HTTP_ERROR, 1)["key_in_log"],
        most=0,
        is_time=False,
    )


def _writing(results: Results, plan: Plan) -> Iterator[Target]:
    day = results.figures(WRITING, SMM_PANEL, DAY, plan.usual)
    more = results.figures(WRITING, SMM_PANEL, DAY_OF_MORE, TIMES_MORE * plan.usual)
    yield Target(
        text=f"bytes the order book writes for the same changes among {TIMES_MORE} times the"
        " orders, times as many",
        figure=more["bytes"] / day["bytes"],
        most=_WRITTEN_TIMES,
        is_time=False,
    )
    yield Target(
        text=f"longest block of a save, {plan.largest:,} orders, all changed",
        figure=results.figures(WRITING, SMM_PANEL, SAVE, plan.largest)["block_ms"],
        most=_SAVE_BLOCK,
        unit="ms",
    )


def _slow_panel(results: Results, plan: Plan) -> Iterator[Target]:
    if found := results.figures(REFRESH, SMM_PANEL, SLOW_PANEL, plan.usual):
        yield Target(
            text=f"round trips of a refresh, {plan.usual:,} orders, {SLOW_PANEL}",
            # The remainder is the time that processing the answers takes.
            figure=found["wall_ms"] / 1000 // LATENCY,
            most=_ROUND_TRIPS,
        )
        yield Target(
            text="requests at once at most",
            figure=found["at_once"],
            most=_AT_ONCE,
            is_time=False,
        )
