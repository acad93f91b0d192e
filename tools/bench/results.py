"""The results of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from .meter import Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one subject in one case with a number of orders."""

    part: str
    subject: str
    case: str
    orders: int
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Results:
    """All rows of a run."""

    rows: list[Row]

    def figures(self, part: str, subject: str, case: str, orders: int) -> Mapping[str, float]:
        """Return the figures of one row, an empty mapping if it was not measured."""
        for row in self.rows:
            if (row.part, row.subject, row.case, row.orders) == (part, subject, case, orders):
                return row.figures
        return {}


def medians(costs: Iterable[Cost]) -> dict[str, float]:
    """Return the median of each figure of some costs."""
    found = list(costs)
    blocks = [cost.block for cost in found if cost.block is not None]
    return {
        "cpu_ms": median(cost.cpu for cost in found),
        "wall_ms": median(cost.wall for cost in found),
        **({"block_ms": median(blocks)} if blocks else {}),
    }
