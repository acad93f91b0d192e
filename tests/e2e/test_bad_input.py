"""Mistakes in actions and in the config flow, as a real Home Assistant answers them."""

from collections.abc import Mapping

import pytest

from tools.demo.accounts import DOMAIN, PANEL_TITLE, DemoAccount
from tools.demo.home import Demo
from tools.demo.orders import orders_of
from tools.home_assistant.api import HomeAssistantApiError, Json
from tools.processes import free_port

from .orders import account_of

FOLLOWERS: dict[str, Json] = {
    "service": "101",
    "link": "https://instagram.example/mistake",
    "quantity": 100,
}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"quantity": ""}, "field quantity"),
        ({"quantity": -5}, "field quantity must be"),
        ({"quantity": 20_000}, "field quantity must be at most 10000"),
        ({"quantity": 10**12}, "field quantity must be at most"),
        ({"quantity": "lots"}, "field quantity must be a whole number"),
        ({"link": "two words"}, "field link must not contain blanks"),
        ({"service": "no such service"}, "offers no service no such service"),
        ({"runs": 3}, "field interval"),
    ],
)
async def test_place_order(demo: Demo, changed: Mapping[str, Json], told: str) -> None:
    """A mistake would reach the panel, or be answered with a word of Python."""
    account = await account_of(demo, PANEL_TITLE)
    before = len(await orders_of(demo.api, account))

    with pytest.raises(HomeAssistantApiError, match=told):
        await call(demo, "place_order", account, {**FOLLOWERS, **changed})

    assert len(await orders_of(demo.api, account)) == before


@pytest.mark.parametrize("action", ["cancel_orders", "refill_orders", "track_orders"])
@pytest.mark.parametrize("orders", ["99999999", "235 01", "; DROP"])
async def test_unknown_orders(demo: Demo, action: str, orders: str) -> None:
    """An id with a slip of the finger would be taken for another order's, or for done."""
    account = await account_of(demo, PANEL_TITLE)

    with pytest.raises(HomeAssistantApiError, match="Nothing was done"):
        await call(demo, action, account, {"orders": orders})


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("{panel}", "invalid_auth"),
        ("{home_assistant}/api/v2", "invalid_response"),  # answers, but not as a panel
        ("http://127.0.0.1:{nothing}/api/v2", "cannot_connect"),
        ("http://panel.example/api/v2", "insecure_url"),
    ],
)
async def test_config_flow(demo: Demo, address: str, error: str) -> None:
    """All that can be wrong with an account would look the same."""
    url = address.format(
        panel=demo.panel.url, home_assistant=demo.home_assistant.url, nothing=free_port()
    )

    result = await demo.api.config_flow(
        DOMAIN, {"next_step_id": "account"}, {"url": url, "api_key": "mistyped"}
    )

    assert result["errors"] == {"base": error}


async def call(demo: Demo, action: str, account: DemoAccount, fields: Mapping[str, Json]) -> None:
    """Call an action as the frontend does, whose errors are translated."""
    data = {"config_entry_id": account.entry_id, **fields}
    await demo.api.command("call_service", domain=DOMAIN, service=action, service_data=data)
