"""Actions on several orders whose caller does not take the answer."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, act, act_blindly


@pytest.mark.parametrize(
    "action", ["track_orders", "untrack_orders", "refill_orders", "cancel_orders"]
)
@pytest.mark.parametrize("orders", ["9", ["9", "10"]])
async def test_nothing_done_is_an_error_for_who_takes_no_answer(
    hass: HomeAssistant, setup_entry: MockConfigEntry, action: str, orders: object
) -> None:
    """An automation that is told nothing must not go on as if it had canceled."""
    with pytest.raises(ServiceValidationError) as error:
        await act_blindly(hass, action, orders=orders)

    assert error.value.translation_key == "nothing_done"
    assert "#9: " in str(error.value)


async def test_something_done_is_no_error_but_in_the_log(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The rest of an automation must run, and the reason be found afterwards."""
    order = (await act(hass, "place_order", **ORDER))["order"]

    await act_blindly(hass, "cancel_orders", orders=[order, "9"])

    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert any("#9: Incorrect order ID" in message for message in warnings)


@pytest.mark.parametrize("action", ["refill_orders", "cancel_orders"])
async def test_an_unknown_outcome_is_told_in_any_case(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, action: str
) -> None:
    """The panel answered for one order and left out the other: nobody knows about that one."""
    panel_action = action.removesuffix("_orders")
    answer = f'[{{"order": 1, "{panel_action}": 1}}]'
    panel.faults.add(Reply(text=answer), action=panel_action, times=2)

    _, row = (await act(hass, action, orders=["1", "2"]))["orders"]
    with pytest.raises(HomeAssistantError) as error:
        await act_blindly(hass, action, orders=["1", "2"])

    assert (row["order"], row["outcome"]) == ("2", "unknown")
    assert error.value.translation_key == "outcome_unknown"
    assert panel.count(panel_action) == 2
