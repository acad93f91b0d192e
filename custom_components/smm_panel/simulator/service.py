"""One service of the simulated panel."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .money import FIVE_PLACES

PRICED_PER_ORDER: Final = frozenset({"Package", "Custom Comments Package"})
"""Types whose rate is the price of one order; every other rate is per 1000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedService:
    """A row of the service list (API document, "Service list").

    The rate is kept as the text the panel prints: "8" and "8.00" are one price but two answers.
    """

    service: int
    name: str
    type: str
    category: str
    rate: str
    min: int
    max: int
    refill: bool = False
    cancel: bool = False
    dripfeed: bool = False

    @property
    def unit_price(self) -> Decimal:
        """Price of one unit of quantity, unrounded."""
        rate = Decimal(self.rate)
        return rate if self.type in PRICED_PER_ORDER else rate / 1000

    def charge(self, quantity: int) -> Decimal:
        """Price of an order of this quantity, to five decimals."""
        return (self.unit_price * quantity).quantize(FIVE_PLACES)

    def answer(self) -> dict[str, object]:
        """Row of the service list: ids as numbers, rate, min and max as text.

        The document's example has no `dripfeed`; panels that sell drip-feed add it.
        """
        return {
            "service": self.service,
            "name": self.name,
            "type": self.type,
            "category": self.category,
            "rate": self.rate,
            "min": str(self.min),
            "max": str(self.max),
            "refill": self.refill,
            "cancel": self.cancel,
            "dripfeed": self.dripfeed,
        }
