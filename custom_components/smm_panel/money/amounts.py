"""Amounts as text, and the unit they are in."""

from decimal import Decimal

from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import voluptuous as vol

from ..const import MAX_AMOUNT

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


def currency_unit(currency: str | None) -> str | None:
    """Return the unit of amounts: the ISO 4217 code, or the panel's word if it is none."""
    code = (currency or "").upper()
    return code if code in ACTIVE_CURRENCIES else currency


def is_iso_unit(unit: str | None) -> bool:
    """Tell whether a unit may be that of a monetary entity, which promises an ISO 4217 code."""
    return unit in ACTIVE_CURRENCIES


def is_same_currency(one: str | None, other: str | None) -> bool:
    """Tell whether amounts may be added up; a currency that was not told fits any."""
    # Most often they are spelled alike, and this is asked of every order.
    return one is None or other is None or one == other or one.casefold() == other.casefold()


def amount_selector(currency: str | None) -> object:
    """Build the selector of an amount of money."""
    config = NumberSelectorConfig(min=0, max=MAX_AMOUNT, step="any", mode=NumberSelectorMode.BOX)
    if currency is not None:
        config["unit_of_measurement"] = currency
    # The bounds of the selector let "nan" pass.
    return vol.All(NumberSelector(config), vol.Range(min=0))


def amount_text(amount: float) -> str:
    """Write an amount as it is stored: as text, the only form that every amount survives in."""
    return f"{Decimal(str(amount)):f}"
