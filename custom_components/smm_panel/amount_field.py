"""The field of a form that takes an amount of money."""

from decimal import Decimal

from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import voluptuous as vol

from .const import MAX_AMOUNT


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
