"""Amounts in the notations of panels."""

from decimal import Decimal
import json

import pytest

from custom_components.smm_panel.api import Balance, PanelResponseError
from tests.helpers.fake_transport import client_answered


@pytest.mark.parametrize(
    ("balance", "amount"),
    [
        ("100.84292", "100.84292"),
        (100, "100"),
        ("0.0000001", "0.0000001"),
        ("1e-05", "0.00001"),
        (-3.5, "-3.5"),
        ("-$5.25", "-5.25"),
        ("$1,234.50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.5 CHF", "1234.5"),
        ("1,234", "1234"),
        ("0,234", "0.234"),
        ("12,5", "12.5"),
        ("1.234", "1.234"),
        ("1.234.567", "1234567"),
        ("1,23,456.78 INR", "123456.78"),
        ("USD 5", "5"),
        ("7.", "7"),
        ("0e5", "0"),
        (json.loads("123456789012345678"), "123456789012345678"),
    ],
)
async def test_amounts(balance: object, amount: str) -> None:
    """A misplaced separator is a balance a thousand times too high."""
    client = client_answered({"balance": balance, "currency": "USD"})

    assert await client.balance() == Balance(amount=Decimal(amount), currency="USD")


@pytest.mark.parametrize(
    "text",
    [
        '"abc"',
        "null",
        '""',
        "true",
        "[]",
        "{}",
        "NaN",
        '"NaN"',
        "Infinity",
        '"inf"',
        "1e999",
        '"1e99"',
        "1e-400",
        "1" * 5000,
        '"1.2.3"',
        '"1,2,3"',
        '"12 of 20 / 3"',
        '"1.234,56.7"',
        '"1e9999999999"',
        '{"data": {"data": {"data": {"balance": 1}}}}',
        '"' + "1" * 200 + '"',
    ],
)
async def test_amounts_that_are_none(text: str) -> None:
    """A balance that cannot be read is unknown; a made-up one would be believed."""
    with pytest.raises(PanelResponseError):
        await client_answered('{"balance": ' + text + "}").balance()
