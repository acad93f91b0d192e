"""The options of an account, and the forms as the browser gets them."""

from http import HTTPStatus
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.const import (
    CONF_KEEP_DAYS,
    CONF_ORDER_SLOTS,
    DEFAULT_KEEP_DAYS,
    DEFAULT_ORDER_SLOTS,
    DOMAIN,
)
from tests.helpers.flows import suggested


async def test_options(hass: HomeAssistant, setup_entry: MockConfigEntry) -> None:
    """Options must be whole numbers and be in use at once."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)
    assert form["step_id"] == "init"
    assert suggested(form) == {
        CONF_ORDER_SLOTS: DEFAULT_ORDER_SLOTS,
        CONF_KEEP_DAYS: DEFAULT_KEEP_DAYS,
    }

    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_ORDER_SLOTS: 3.0, CONF_KEEP_DAYS: 30.0}
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert json.dumps(dict(setup_entry.options)) == '{"order_slots": 3, "keep_days": 30}'
    assert setup_entry.runtime_data.orders_coordinator.slot_limit == 3

    form = await hass.config_entries.options.async_init(setup_entry.entry_id)
    assert suggested(form) == {CONF_ORDER_SLOTS: 3, CONF_KEEP_DAYS: 30}


@pytest.mark.parametrize(("slots", "days"), [(0, 1), (100, 365)])
async def test_options_at_their_bounds(
    hass: HomeAssistant, setup_entry: MockConfigEntry, slots: int, days: int
) -> None:
    """No slot at all is a choice; so is a year."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)

    await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert setup_entry.options == {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
    assert setup_entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(("slots", "days"), [(-1, 7), (101, 7), (20, 0), (20, 366)])
async def test_options_beyond_their_bounds(
    hass: HomeAssistant, setup_entry: MockConfigEntry, slots: int, days: int
) -> None:
    """More than the bounds would swell the registries; less makes no sense."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)

    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
        )

    assert setup_entry.options == {}


async def test_the_forms_reach_the_browser(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A schema the frontend can't be told of shows an empty dialog."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()

    async def fields(path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await client.post(f"/api/config/config_entries/{path}", json=body)
        assert response.status == HTTPStatus.OK
        form = await response.json()
        return {field["name"]: field["selector"] for field in form["data_schema"]}

    options = await fields("options/flow", {"handler": setup_entry.entry_id})
    assert options[CONF_ORDER_SLOTS]["number"]["mode"] == "box"
    assert options[CONF_KEEP_DAYS]["number"]["max"] == 365
    reconfigure = await fields("flow", {"handler": DOMAIN, "entry_id": setup_entry.entry_id})
    assert reconfigure[CONF_API_KEY]["text"]["type"] == "password"
    assert reconfigure[CONF_URL]["text"]["type"] == "url"
