"""How the simulated panel writes money."""

from decimal import Decimal
from typing import Final

FIVE_PLACES: Final = Decimal("0.00001")
"""The document's amounts have five decimals ("0.27819")."""


def money_text(amount: Decimal) -> str:
    """Amount with five decimals and no exponent."""
    return f"{amount:.5f}"
