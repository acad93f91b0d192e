"""Setting up, unloading and removing an account."""

from datetime import timedelta
from http import HTTPStatus

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.api import OrderStatus
from custom_components.smm_panel.const import CONF_ORDER_SLOTS, DOMAIN
from custom_components.smm_panel.operations import async_track, async_untrack
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer

from .helpers.book_files import BookFiles
from .helpers.orders import NOON, placed_elsewhere, report


def slot_device(entry: MockConfigEntry, slot: int) -> tuple[str, str]:
    """Return the identifier of a slot's device."""
    return (DOMAIN, f"{entry.entry_id}_slot_{slot}")


def state_of(entry: MockConfigEntry) -> ConfigEntryState:
    """Return the state of an entry, which mypy takes for constant between two asserts."""
    return entry.state


async def track(entry: MockConfigEntry, *orders: str) -> None:
    """Track orders, and let the poll that follows pass."""
    await async_track(entry, orders)
    await entry.runtime_data.orders_coordinator.async_refresh()


async def test_set_up_and_unload(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An account costs one request to set up, and unloads cleanly."""
    assert state_of(setup_entry) is ConfigEntryState.LOADED
    assert (panel.count("balance"), panel.count()) == (1, 1)

    assert await hass.config_entries.async_unload(setup_entry.entry_id)

    assert state_of(setup_entry) is ConfigEntryState.NOT_LOADED


@pytest.mark.parametrize(
    "fault", [Drop(), Reply.html(), Reply(status=HTTPStatus.BAD_GATEWAY), Reply(text="[]")]
)
async def test_set_up_is_tried_again_until_the_panel_answers(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    """A panel that is down when Home Assistant starts must not need a person later."""
    panel.faults.add(fault)
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY

    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert state_of(entry) is ConfigEntryState.LOADED


async def test_a_wrong_key_asks_for_another(
    hass: HomeAssistant, entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Polling on with a wrong key gets the address blocked by some panels."""
    simulated.api_key = "another"

    await hass.config_entries.async_setup(entry.entry_id)

    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        SOURCE_REAUTH
    ]


async def test_a_reload_keeps_orders_and_slots(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Changing an option reloads the account; nothing tracked may be lost by it."""
    orders = [placed_elsewhere(simulated, f"https://example.com/{n}") for n in range(3)]
    await track(setup_entry, *orders)
    slots = dict(setup_entry.runtime_data.order_book.slots)

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    book = setup_entry.runtime_data.order_book
    assert [order.panel_id for order in book.orders.values()] == orders
    assert dict(book.slots) == slots != {}


async def test_an_unload_writes_what_the_last_polls_brought(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    book_files: BookFiles,
) -> None:
    """A later write of the old order book would undo what the new one knows."""
    await track(setup_entry, order := placed_elsewhere(simulated))
    book = setup_entry.runtime_data.order_book
    book.apply({order: report(OrderStatus.COMPLETED)}, NOON)

    await hass.config_entries.async_unload(setup_entry.entry_id)

    [row] = book_files.rows
    assert row["report"]["status"] == "completed"


async def test_open_orders_are_read_at_set_up(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
) -> None:
    """After hours without Home Assistant, old figures must not stand for minutes."""
    await track(setup_entry, placed_elsewhere(simulated))
    before = panel.count("status")

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert panel.count("status") == before + 1


async def test_an_unused_slot_outlives_a_reload(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Its entities must not be left without an integration that provides them."""
    await track(setup_entry, order := placed_elsewhere(simulated))
    coordinator = setup_entry.runtime_data.orders_coordinator
    await async_untrack(coordinator.config_entry, [coordinator.order_book.find(order).local_id])

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    status = hass.states.get("sensor.panel_order_slot_1_status")
    assert status
    assert status.state == STATE_UNAVAILABLE
    assert "restored" not in status.attributes


async def test_removing_the_account_removes_its_files(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    book_files: BookFiles,
) -> None:
    """A removed account must leave nothing behind."""
    await track(setup_entry, placed_elsewhere(simulated))
    assert book_files.rows

    await hass.config_entries.async_remove(setup_entry.entry_id)

    assert not [key for key in book_files.storage if key.startswith(DOMAIN)]
    assert list(book_files.folder.iterdir()) == []


async def test_only_an_unused_slot_can_be_deleted(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A slot in use would come back at once; a deleted one must come back with an order."""
    assert await async_setup_component(hass, "config", {})
    await track(setup_entry, order := placed_elsewhere(simulated))
    await hass.async_block_till_done()
    client = await hass_ws_client(hass)

    async def delete(identifier: tuple[str, str]) -> bool:
        device = device_registry.async_get_device_by_identifier(identifier, setup_entry.entry_id)
        assert device
        return (await client.remove_device(device.id))["success"] is True

    assert not await delete((DOMAIN, setup_entry.entry_id))
    assert not await delete(slot_device(setup_entry, 1))

    coordinator = setup_entry.runtime_data.orders_coordinator
    found = coordinator.order_book.find(order)
    await async_untrack(coordinator.config_entry, [found.local_id])
    assert await delete(slot_device(setup_entry, 1))
    await hass.async_block_till_done()
    assert not hass.states.get("sensor.panel_order_slot_1_status")

    await track(setup_entry, order)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.panel_order_slot_1_status")


async def test_lowering_the_number_of_slots_removes_those_above(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Entities nobody will ever fill again must not stay behind."""
    orders = [placed_elsewhere(simulated, f"https://example.com/{n}") for n in range(3)]
    await track(setup_entry, *orders)
    await hass.async_block_till_done()

    hass.config_entries.async_update_entry(setup_entry, options={CONF_ORDER_SLOTS: 1})
    await hass.async_block_till_done(wait_background_tasks=True)

    kept = [
        slot
        for slot in (1, 2, 3)
        if device_registry.async_get_device_by_identifier(
            slot_device(setup_entry, slot), setup_entry.entry_id
        )
    ]
    assert kept == [1]
    assert len(setup_entry.runtime_data.order_book.orders) == 3
