"""How long a balance lasts."""

from decimal import Decimal

_NOTHING = Decimal(0)

# A rate near 0 would otherwise give a number too large for a sensor.
_CENTURY = Decimal(36_525)


def days_left(balance: Decimal, rate: Decimal) -> Decimal:
    """Return how many days a balance lasts at a rate per day: to a tenth, at most a century."""
    return round(min(max(balance, _NOTHING) / rate, _CENTURY), 1)
