"""The actions get_balance and get_services: what they answer."""

from decimal import Decimal
import json

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.smm_panel.simulator import CATALOG, SimulatedPanel
from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import act
from tests.helpers.orders import FOLLOWERS, placed_elsewhere


async def test_the_balance_is_read_now(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Somebody who topped up asks for it; the sensor must not show less than the answer."""
    placed_elsewhere(simulated)

    answer = await act(hass, "get_balance")

    assert answer == {"balance": answer["balance"], "currency": "USD"}
    assert isinstance(answer["balance"], str)
    assert Decimal(answer["balance"]) == simulated.balance == Decimal("99.91")
    state = hass.states.get("sensor.panel_balance")
    assert state
    assert Decimal(state.state) == simulated.balance


async def test_a_service_is_described(hass: HomeAssistant, setup_entry: MockConfigEntry) -> None:
    """All that is needed to choose and to order, with exact money and JSON only."""
    answer = await act(hass, "get_services", search=FOLLOWERS)

    assert json.loads(json.dumps(answer)) == answer
    assert answer == {
        "services": [
            {
                "service": FOLLOWERS,
                "name": "Instagram Followers | Mixed | No Refill",
                "type": "Default",
                "category": "Instagram Followers",
                "rate": "0.90",
                "min": 50,
                "max": 10_000,
                "refill": False,
                "cancel": True,
                "dripfeed": True,
                "description": None,
            }
        ],
        "total": 1,
    }


@pytest.mark.parametrize(
    ("fields", "services"),
    [
        ({"search": "ViEwS  youtube"}, ["201", "202", "203", "204", "205"]),
        ({"search": "youtube 30"}, ["211", "213"]),
        ({"search": "nothing like it"}, []),
        ({"category": " tiktok ", "max_rate": "0.014"}, ["304", "306"]),
        ({"type": "subscriptions", "search": "instagram"}, ["121", "122", "123"]),
        ({"type": "Custom_Comments_Package"}, ["133", "404"]),
        ({"type": "package", "max_rate": 0.6}, ["117", "307"]),
        ({"search": "", "category": "", "type": "", "max_rate": 0}, []),
    ],
)
async def test_services_are_found(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    fields: dict[str, object],
    services: list[str],
) -> None:
    """A service that is not found is not bought; one found by mistake is."""
    answer = await act(hass, "get_services", **fields)

    assert [item["service"] for item in answer["services"]] == services
    assert answer["total"] == len(services)


@pytest.mark.parametrize(
    ("limit", "shown"), [({}, 50), ({"limit": 3.0}, 3), ({"limit": "500"}, len(CATALOG))]
)
async def test_the_answer_is_limited_and_says_so(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limit: dict[str, object], shown: int
) -> None:
    """Thousands of services freeze a browser; what is left out must be told."""
    answer = await act(hass, "get_services", **limit)

    assert len(answer["services"]) == shown
    assert answer["total"] == len(CATALOG)


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "many"},
        {"max_rate": "cheap"},
        {"max_rate": -1},
        {"max_rate": "NaN"},
        {"max_rate": True},
        {"query": "followers"},
    ],
)
async def test_a_search_that_makes_no_sense_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, fields: dict[str, object]
) -> None:
    """A limit on the price that is ignored lets the dear ones through."""
    with pytest.raises(vol.Invalid):
        await act(hass, "get_services", **fields)


async def test_the_catalogue_is_read_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Some panels allow the service list ten times an hour."""
    await act(hass, "get_services", search="youtube")
    await act(hass, "get_services", search="tiktok")

    assert panel.count("services") == 1


async def test_small_rates_are_written_in_full(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Python writes them as 9E-8, which people misread and spreadsheets refuse."""
    row = {"service": 1, "name": "Views", "type": "Default", "category": "A", "min": 1, "max": 9}
    panel.faults.add(Reply(text=json.dumps([row | {"rate": "0.00000009"}])), action="services")

    answer = await act(hass, "get_services")

    assert [item["rate"] for item in answer["services"]] == ["0.00000009"]
