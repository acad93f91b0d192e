"""Buttons that refill or cancel the order in a slot."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button import DATA_COMPONENT, DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.smm_panel.api import OrderStatus, RefillStatus
from custom_components.smm_panel.operations import async_track, async_untrack
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.orders import REFILLABLE, placed_elsewhere, tracked

CANCEL = "button.panel_order_slot_1_cancel"
REFILL = "button.panel_order_slot_1_refill"


async def press(hass: HomeAssistant, entity_id: str) -> None:
    """Press a button as a user does."""
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )
    await hass.async_block_till_done(wait_background_tasks=True)


def is_available(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether a button can be pressed."""
    state = hass.states.get(entity_id)
    assert state
    return state.state != STATE_UNAVAILABLE


@pytest.fixture
async def order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> str:
    """An order shown in slot 1."""
    order = placed_elsewhere(simulated, service=REFILLABLE)
    await async_track(setup_entry, [order])
    await hass.async_block_till_done(wait_background_tasks=True)
    return order


async def test_buttons(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    order: str,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    """Names and ids of the buttons."""
    for entity_id in (CANCEL, REFILL):
        assert entity_registry.async_get(entity_id) == snapshot(name=entity_id)


async def test_cancel_asks_once_and_is_shown_as_asked(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str, panel: PanelServer
) -> None:
    """An accepted cancel is no canceled order, and is not asked for twice."""
    assert is_available(hass, CANCEL)
    assert not is_available(hass, REFILL)

    await press(hass, CANCEL)

    assert [request.form for request in panel.requests if request.action == "cancel"] == [
        {"action": "cancel", "orders": order}
    ]
    tracked_order = setup_entry.runtime_data.order_book.find(order)
    assert tracked_order.cancel_requested_at
    assert tracked_order.status is OrderStatus.PENDING
    assert not is_available(hass, CANCEL)


async def test_refill_keeps_the_refill_id(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    order: str,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The refill's id is needed to ask what became of it."""
    freezer.tick(timedelta(days=2))
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    assert is_available(hass, REFILL)
    assert not is_available(hass, CANCEL)

    await press(hass, REFILL)

    assert panel.count("refill") == 1
    refill = setup_entry.runtime_data.order_book.find(order).refill_id
    assert await setup_entry.runtime_data.client.refill_status([refill]) == {
        refill: RefillStatus.PENDING
    }


async def test_a_refusal_is_told_with_the_panel_s_reason(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str, panel: PanelServer
) -> None:
    """A refill button that does nothing is what users complain about."""
    panel.faults.add(Reply(text='{"error": "You are not eligible"}'), action="cancel")

    with pytest.raises(ServiceValidationError) as caught:
        await press(hass, CANCEL)

    assert caught.value.translation_key == "rejected"
    assert caught.value.translation_placeholders == {"reason": "You are not eligible"}
    assert is_available(hass, CANCEL)


async def test_a_refusal_of_the_one_order_is_told_too(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str, panel: PanelServer
) -> None:
    """The batch form answers per order; a button has only one."""
    text = f'[{{"order": {order}, "cancel": {{"error": "Cannot cancel"}}}}]'
    panel.faults.add(Reply(text=text), action="cancel")

    with pytest.raises(ServiceValidationError) as caught:
        await press(hass, CANCEL)

    assert caught.value.translation_placeholders == {"reason": "Cannot cancel"}
    assert setup_entry.runtime_data.order_book.find(order).cancel_requested_at is None


async def test_a_lost_answer_is_told_and_not_repeated(
    hass: HomeAssistant, order: str, panel: PanelServer
) -> None:
    """Nobody knows whether the panel took it: the user must hear that."""
    panel.faults.add(Drop(accepted=True), action="cancel")

    with pytest.raises(HomeAssistantError) as caught:
        await press(hass, CANCEL)

    assert caught.value.translation_key == "outcome_unknown"
    assert panel.count("cancel") == 1


async def test_a_slot_without_order_has_no_buttons(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str, panel: PanelServer
) -> None:
    """Pressing by an automation what the dashboard does not offer sends nothing."""
    data = setup_entry.runtime_data
    await async_untrack(
        data.orders_coordinator.config_entry, [data.order_book.find(order).local_id]
    )

    assert not is_available(hass, CANCEL)
    await press(hass, CANCEL)

    assert panel.count("cancel") == 0


async def test_a_press_that_waited_finds_the_slot_empty(
    hass: HomeAssistant, setup_entry: MockConfigEntry, order: str, panel: PanelServer
) -> None:
    """Presses wait for each other; the order may be gone when it is the second's turn."""
    button = hass.data[DATA_COMPONENT].get_entity(CANCEL)
    assert button
    data = setup_entry.runtime_data
    await async_untrack(
        data.orders_coordinator.config_entry, [data.order_book.find(order).local_id]
    )

    with pytest.raises(ServiceValidationError) as caught:
        await button.async_press()

    assert caught.value.translation_key == "slot_without_order"
    assert panel.count("cancel") == 0


async def test_a_service_without_cancel_has_no_cancel_button(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """The service list says what a service allows."""
    data = setup_entry.runtime_data
    await data.order_book.async_put([tracked("1", OrderStatus.PENDING, can_cancel=False)])
    data.orders_coordinator.async_publish(["key 1"])
    await hass.async_block_till_done()

    assert not is_available(hass, CANCEL)
