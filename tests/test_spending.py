"""What orders cost."""

from decimal import Decimal
from typing import Any

import pytest

from custom_components.smm_panel.api import OrderRequest, Service
from custom_components.smm_panel.spending import estimate

LINK = "https://example.com/p"


@pytest.mark.parametrize(
    ("type_name", "fields", "price"),
    [
        ("Default", {"link": LINK, "quantity": 250}, "0.225"),
        ("Default", {"link": LINK, "quantity": 250, "runs": 4, "interval": 30}, "0.900"),
        ("A type nobody has met", {"link": LINK, "quantity": 250}, None),
        ("Custom Comments", {"link": LINK, "comments": "one\ntwo\n\nthree"}, "0.0027"),
        ("Package", {"link": LINK}, "0.90"),
        ("Custom Comments Package", {"link": LINK, "comments": "one\ntwo"}, "0.90"),
        ("Subscriptions", {"username": "u", "min": 10, "max": 50, "delay": 0, "posts": 3}, "0.135"),
        ("Subscriptions", {"username": "u", "min": 10, "max": 50, "delay": 0}, None),
    ],
)
def test_estimate(type_name: str, fields: dict[str, Any], price: str | None) -> None:
    """Rates are per 1000, of packages per order; without an end or a known type: no price."""
    service = Service(
        id="1",
        name="Followers",
        type=type_name,
        category="",
        rate=Decimal("0.90"),
        min=1,
        max=10_000,
        refill=False,
        cancel=False,
    )
    request = OrderRequest(service="1", type=type_name, **fields)

    assert estimate(request, service) == (None if price is None else Decimal(price))
