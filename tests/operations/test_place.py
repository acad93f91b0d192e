"""The action place_order, over HTTP."""

from decimal import Decimal
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.orders import Placement
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, SUBSCRIPTION, act, act_blindly, sent_order
from tests.helpers.orders import FOLLOWERS


async def test_the_answer_has_the_order_id_and_the_price(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Scripts go on with the id; money in it must be exact text, and all of it JSON."""
    answer = await act(hass, "place_order", **ORDER)

    order = setup_entry.runtime_data.order_book.find(answer["order"])
    assert order is not None
    assert answer == {
        "order": order.panel_id,
        "service": FOLLOWERS,
        "name": "Instagram Followers | Mixed | No Refill",
        "type": "Default",
        "link": LINK,
        "quantity": 1000,
        "estimate": answer["estimate"],
        "charge": None,
        "currency": "USD",
        "budget_left": None,
        "balance_left": None,
        "dry_run": False,
    }
    assert isinstance(answer["estimate"], str)
    assert Decimal(answer["estimate"]) == Decimal("0.90")
    assert json.loads(json.dumps(answer)) == answer
    assert sent_order(panel) == {"service": FOLLOWERS, "link": LINK, "quantity": "1000"}


async def test_without_taking_the_answer_the_order_is_placed_too(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Most automations do not look at the answer."""
    await act_blindly(hass, "place_order", **ORDER)

    assert sent_order(panel)["quantity"] == "1000"


async def test_a_dry_run_sends_nothing(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """A dry run that spends money would be the worst defect there is."""
    answer = await act(hass, "place_order", **ORDER, dry_run=True)

    assert (answer["order"], answer["dry_run"]) == (None, True)
    assert Decimal(answer["estimate"]) == Decimal("0.90")
    assert panel.count("add") == 0
    assert not simulated.orders
    assert not setup_entry.runtime_data.order_book.orders


async def test_a_dry_run_makes_the_checks(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A dry run that passes must not be refused when it is repeated in earnest."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER | {"quantity": 49}, dry_run=True)

    assert error.value.translation_key == "invalid_order_too_few"


async def test_an_unlimited_subscription_has_no_estimate(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A made-up price would be believed."""
    answer = await act(hass, "place_order", **SUBSCRIPTION, dry_run=True)

    assert (answer["estimate"], answer["quantity"]) == (None, None)


@pytest.mark.parametrize("service", ["999", "1 01", "x"])
async def test_an_unknown_service_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, service: str
) -> None:
    """Without the service nothing can be checked."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER | {"service": service})

    assert error.value.translation_key == "unknown_service"
    assert panel.count("add") == 0


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Reply(text='{"error": "Not enough funds on balance"}'), "rejected"),
        (Reply(text='{"error": "Invalid API key"}'), "invalid_auth"),
        (Reply.too_many_requests(retry_after=30), "rate_limited_until"),
    ],
)
async def test_a_refused_order_leaves_no_trace(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, fault: Fault, key: str
) -> None:
    """A refusal is certain: nothing to track, nothing unconfirmed."""
    panel.faults.add(fault, action="add")

    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER)

    assert error.value.translation_key == key
    assert panel.count("add") == 1
    assert not setup_entry.runtime_data.order_book.orders


@pytest.mark.parametrize(
    "fault",
    [
        Drop(accepted=True),
        Cut(),
        Reply.html(accepted=True),
        Reply.html(status=502),
        Reply(text='{"order": 0}', accepted=True),
    ],
)
async def test_a_lost_answer_is_told_and_never_repeated(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, fault: Fault
) -> None:
    """The order may exist: it must be shown as unconfirmed, and sent exactly once."""
    panel.faults.add(fault, action="add")

    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert error.value.translation_key == "outcome_unknown"
    assert panel.count("add") == 1
    (order,) = setup_entry.runtime_data.order_book.orders.values()
    assert (order.placement, order.panel_id) == (Placement.UNCONFIRMED, None)
    (row,) = (await act(hass, "get_orders"))["orders"]
    assert {name: row[name] for name in ("order", "status", "link", "needs_attention")} == {
        "order": None,
        "status": "unconfirmed",
        "link": LINK,
        "needs_attention": True,
    }


async def test_an_unreachable_panel_took_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Where no connection was made the order is certainly not placed."""
    await act(hass, "get_services")
    await panel.__aexit__(None, None, None)

    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER)

    assert error.value.translation_key == "cannot_connect"
    assert not setup_entry.runtime_data.order_book.orders


async def test_a_script_can_place_an_order_and_use_its_id(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Templates deliver texts and floats; scripts run without a user."""
    script: dict[str, Any] = {
        "order": {
            "sequence": [
                {
                    "action": "smm_panel.place_order",
                    "data": {
                        "service": "{{ 100 + 1 }}",
                        "link": LINK,
                        "quantity": "{{ 500 * 2.0 }}",
                    },
                    "response_variable": "placed",
                },
                {"stop": "done", "response_variable": "placed"},
            ]
        }
    }
    assert await async_setup_component(hass, "script", {"script": script})

    answer: Any = await hass.services.async_call(
        "script", "order", blocking=True, return_response=True
    )

    assert setup_entry.runtime_data.order_book.find(answer["order"])
    assert answer["quantity"] == 1000
