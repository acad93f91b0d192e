"""Sensors of an account and of its order slots."""

from decimal import Decimal

from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.smm_panel.api import Balance, OrderStatus
from custom_components.smm_panel.operations import async_track, async_untrack
from custom_components.smm_panel.orders import ORDER_STATES, Placement
from custom_components.smm_panel.sensor.order_slot import StatusSensor
from custom_components.smm_panel.simulator import SimulatedPanel
from tests.helpers.orders import NOON, placed_elsewhere, report, tracked

PARTIAL = tracked(
    "7",
    service="101",
    name="Followers",
    link="https://example.com/p",
    quantity=1000,
    changed_at=NOON,
    report=report(
        OrderStatus.PARTIAL,
        charge=Decimal("0.27819"),
        start_count=3572,
        remains=157,
        currency="USD",
    ),
)


async def show(hass: HomeAssistant, entry: MockConfigEntry, *orders: object) -> None:
    """Put orders into the book and show them."""
    data = entry.runtime_data
    await data.order_book.async_put(orders)
    data.orders_coordinator.async_publish(data.order_book.orders)
    await hass.async_block_till_done()


@pytest.mark.freeze_time("2026-11-02 12:10:00+00:00")
async def test_sensors(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    """Classes, units, categories, names and values of every sensor."""
    await show(hass, setup_entry, PARTIAL)

    entities = er.async_entries_for_config_entry(entity_registry, setup_entry.entry_id)
    for entity in entities:
        if entity.domain == Platform.SENSOR:
            assert entity == snapshot(name=f"{entity.entity_id}-entry")
            assert hass.states.get(entity.entity_id) == snapshot(name=f"{entity.entity_id}-state")


@pytest.mark.freeze_time("2026-11-02 12:10:00+00:00")
async def test_the_start_count_is_there_for_those_who_enable_it(
    hass: HomeAssistant, setup_entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Disabled by default, it must work when enabled."""
    await show(hass, setup_entry, PARTIAL)
    entity_id = "sensor.panel_order_slot_1_start_count"
    assert not hass.states.get(entity_id)

    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    state = hass.states.get(entity_id)
    assert state
    assert state.state == "3572"


async def test_the_slot_s_device_is_named_after_its_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The dashboard says which order it shows; the entity id stays that of the slot."""
    await show(hass, setup_entry, PARTIAL)
    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert state.name == "#7 Followers Status"

    await async_untrack(setup_entry, ["key 7"])
    await hass.async_block_till_done()
    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert (state.name, state.state) == ("Order slot 1 Status", "unavailable")

    await show(hass, setup_entry, tracked("8", OrderStatus.PENDING, name="Likes"))
    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert (state.name, state.state) == ("#8 Likes Status", "pending")
    devices = dr.async_entries_for_config_entry(device_registry, setup_entry.entry_id)
    assert {device.name: device.model for device in devices} == {
        "Panel": "SMM panel API v2",
        "#8 Likes": "Order slot 1",
    }
    account = next(device for device in devices if device.name == "Panel")
    assert [device.via_device_id for device in devices] == [None, account.id]


async def test_an_unconfirmed_order_is_shown_as_such(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """An order of which nobody knows must not look like any other."""
    await show(
        hass,
        setup_entry,
        tracked("1", panel_id=None, placement=Placement.UNCONFIRMED, name="Likes"),
    )

    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert (state.name, state.state) == ("Likes Status", "unconfirmed")
    attention = hass.states.get("sensor.panel_orders_needing_attention")
    assert attention
    assert attention.state == "1"


async def test_an_unknown_status_is_unknown_and_keeps_the_panel_s_word(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A word no one has met yet must not raise, and must not pass for another."""
    await show(hass, setup_entry, tracked("1", OrderStatus.UNKNOWN))

    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert state.state == "unknown"
    assert state.attributes["status_text"] == "unknown"
    assert state.attributes["options"] == list(ORDER_STATES)


@pytest.mark.parametrize(
    ("currency", "unit", "device_class"),
    [
        ("USD", "USD", "monetary"),
        ("usd", "USD", "monetary"),
        ("USDT", "USDT", None),
        ("Coins", "Coins", None),
        (None, None, None),
    ],
)
async def test_a_currency_that_is_no_iso_code_is_shown_as_it_is(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    currency: str | None,
    unit: str | None,
    device_class: str | None,
) -> None:
    """Monetary promises an ISO code; panels also count in units of their own."""
    setup_entry.runtime_data.balance_coordinator.async_set_updated_data(
        Balance(amount=Decimal("-1.50"), currency=currency)
    )
    await show(hass, setup_entry, tracked("1", report=report(charge=Decimal("0.5"))))

    for entity_id, value in (
        ("sensor.panel_balance", "-1.50"),
        ("sensor.panel_order_slot_1_charge", "0.5"),
    ):
        state = hass.states.get(entity_id)
        assert state
        assert state.state == value
        assert state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == unit
        assert state.attributes.get(ATTR_DEVICE_CLASS) == device_class


async def test_a_charge_has_its_own_currency(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Some panels keep the balance in one currency and charge in another."""
    await show(
        hass, setup_entry, tracked("1", report=report(charge=Decimal("0.5"), currency="EUR"))
    )

    state = hass.states.get("sensor.panel_order_slot_1_charge")
    assert state
    assert state.attributes[ATTR_UNIT_OF_MEASUREMENT] == "EUR"


async def test_long_attributes_are_not_recorded(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Links and names would fill the recorder at every change of a status."""
    await async_track(setup_entry, [placed_elsewhere(simulated)])
    await hass.async_block_till_done(wait_background_tasks=True)

    state = hass.states.get("sensor.panel_order_slot_1_status")
    assert state
    assert state.state_info
    unrecorded = state.state_info["unrecorded_attributes"]
    assert unrecorded >= StatusSensor._unrecorded_attributes >= {"link", "name"}  # noqa: SLF001 - what HA reads
