"""Amounts as text, and their unit."""

from decimal import Decimal

from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import voluptuous as vol

from ..const import MAX_AMOUNT

_CENTS = 2


def money_text(amount: Decimal | None) -> str | None:
    """Format an amount without an exponent; `str` formats small ones as 1E-7."""
    return None if amount is None else f"{amount:f}"


def price_text(amount: Decimal, currency: str | None) -> str:
    """Format an amount with its currency for display.

    It has two decimals, and more only if they are not 0.
    """
    plain = f"{amount.normalize():f}"
    shown = plain if len(plain.partition(".")[2]) > _CENTS else f"{amount:.{_CENTS}f}"
    return f"{shown} {currency or ''}".rstrip()


def currency_unit(currency: str | None) -> str | None:
    """Return the unit of amounts: the ISO 4217 code, or the panel's text if it is no such code."""
    code = (currency or "").upper()
    return code if code in ACTIVE_CURRENCIES else currency


def is_iso_unit(unit: str | None) -> bool:
    """Return whether a monetary entity may have a unit, which must be an ISO 4217 code."""
    return unit in ACTIVE_CURRENCIES


def is_same_currency(one: str | None, other: str | None) -> bool:
    """Return whether amounts may be added; an unknown currency matches any."""
    # The fast comparison comes first: it usually matches, and this runs for every order.
    return one is None or other is None or one == other or one.casefold() == other.casefold()


def amount_selector(currency: str | None) -> object:
    """Return the selector of an amount of money."""
    config = NumberSelectorConfig(min=0, max=MAX_AMOUNT, step="any", mode=NumberSelectorMode.BOX)
    if currency is not None:
        config["unit_of_measurement"] = currency
    # The bounds of the selector accept "nan".
    return vol.All(NumberSelector(config), vol.Range(min=0))


def amount_text(amount: float) -> str:
    """Format an amount for storage: as text, the only form that keeps every amount exact."""
    return f"{Decimal(str(amount)):f}"
