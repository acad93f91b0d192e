"""The numbers of orders and repetitions of a run."""

from dataclasses import dataclass
from typing import Final

_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The numbers of a run; the properties follow from the sizes."""

    sizes: tuple[int, ...]
    rounds: int
    polls: int
    """Polls after which the bytes on disk are measured; a day is extrapolated from them."""

    recorder: bool
    """Whether refreshes are measured with the recorder as well."""

    @property
    def largest(self) -> int:
        """The largest number of orders."""
        return max(self.sizes)

    @property
    def usual(self) -> int:
        """The number of orders for parts with one size: the largest size, at most 1000."""
        return min(self.largest, _THOUSAND)

    @property
    def churned(self) -> int:
        """The number of orders that are added and removed again."""
        return 5 * self.usual

    @property
    def services(self) -> int:
        """The number of services in the catalogue."""
        return 10 * self.usual


FULL: Final = Plan(sizes=(100, 1_000, 10_000), rounds=5, polls=144, recorder=True)
QUICK: Final = Plan(sizes=(100, 1_000), rounds=2, polls=12, recorder=False)
