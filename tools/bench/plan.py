"""How much is measured."""

from dataclasses import dataclass
from typing import Final

_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Numbers of orders and repetitions; what is not given follows from the largest size."""

    sizes: tuple[int, ...]
    rounds: int
    polls: int
    """Polls of the day whose writing to disk is measured; more are reckoned from them."""

    recorder: bool
    """Whether all is measured with the recorder as well."""

    @property
    def largest(self) -> int:
        """The largest number of orders."""
        return max(self.sizes)

    @property
    def usual(self) -> int:
        """The number of orders where one size is enough: a thousand, if so many are measured."""
        return min(self.largest, _THOUSAND)

    @property
    def churned(self) -> int:
        """The number of orders that come and go."""
        return 5 * self.usual

    @property
    def services(self) -> int:
        """The number of services in the catalogue."""
        return 10 * self.usual


FULL: Final = Plan(sizes=(100, 1_000, 10_000), rounds=5, polls=144, recorder=True)
QUICK: Final = Plan(sizes=(100, 1_000), rounds=2, polls=12, recorder=False)
