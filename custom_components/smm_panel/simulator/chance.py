"""The random source of the simulated panel."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Probabilities between 0 and 1; orders that are neither partial nor canceled complete."""

    partial: float = 0.10
    canceled: float = 0.05
    refill_rejected: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """A random source with its odds and speed."""

    random: Random
    speed: float = 1.0
    odds: Odds = field(default_factory=Odds)

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError("speed must be above 0")

    def duration(self, seconds: tuple[float, float]) -> timedelta:
        """Draw a duration from a range of seconds, which applies at speed 1."""
        return timedelta(seconds=self.random.uniform(*seconds) / self.speed)
