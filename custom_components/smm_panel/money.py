"""Amounts as text."""

from decimal import Decimal

_CENTS = 2


def money_text(amount: Decimal | None) -> str | None:
    """Write an amount in full; Decimal itself writes small ones as 1E-7."""
    return None if amount is None else f"{amount:f}"


def price_text(amount: Decimal, currency: str | None) -> str:
    """Write an amount with its currency, as people read it.

    Two decimals, and more only where they say something.
    """
    plain = f"{amount.normalize():f}"
    shown = plain if len(plain.partition(".")[2]) > _CENTS else f"{amount:.{_CENTS}f}"
    return f"{shown} {currency or ''}".rstrip()
