"""The threshold of a low balance, and the warning below it."""

from decimal import Decimal

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import EntityCategory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.api import Balance
from custom_components.smm_panel.orders.book_content import BookContent, Settings
from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.book_files import disk_full
from tests.helpers.spend import set_limits

THRESHOLD = "number.panel_low_balance_threshold"
WARNING = "binary_sensor.panel_low_balance"


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity."""
    state = hass.states.get(entity_id)
    assert state
    return state


async def set_threshold(hass: HomeAssistant, value: float) -> None:
    """Set the threshold as a user does."""
    await hass.services.async_call(
        "number", "set_value", {"entity_id": THRESHOLD, "value": value}, blocking=True
    )


def set_balance(entry: MockConfigEntry, amount: str, currency: str | None = "USD") -> None:
    """Let another balance have been read."""
    entry.runtime_data.balance_coordinator.async_set_updated_data(
        Balance(amount=Decimal(amount), currency=currency)
    )


async def test_nobody_is_warned_unasked(
    hass: HomeAssistant, setup_entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """A warning on the first day would be switched off for good; a debt is one all the same."""
    threshold, warning = shown(hass, THRESHOLD), shown(hass, WARNING)
    assert (float(threshold.state), warning.state) == (0, "off")
    assert threshold.attributes["min"] == 0
    assert threshold.attributes["step"] == 0.01
    assert threshold.attributes["mode"] == "box"
    assert warning.attributes["device_class"] == "problem"
    row = entity_registry.async_get(THRESHOLD)
    assert row
    assert row.entity_category is EntityCategory.CONFIG

    set_balance(setup_entry, "0")
    assert shown(hass, WARNING).state == "off"
    set_balance(setup_entry, "-0.01")
    assert shown(hass, WARNING).state == "on"


async def test_the_warning_follows_the_threshold_at_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Until the next poll nobody would know whether it works; a reload would stop writes."""
    data = setup_entry.runtime_data
    requests = len(panel.requests)
    await set_threshold(hass, 100.01)
    assert (shown(hass, THRESHOLD).state, shown(hass, WARNING).state) == ("100.01", "on")

    await set_threshold(hass, 100)
    assert shown(hass, WARNING).state == "off"

    assert setup_entry.runtime_data is data
    assert len(panel.requests) == requests


async def test_the_warning_follows_the_balance_at_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """It is what the warning is for."""
    await set_threshold(hass, 25)
    assert shown(hass, WARNING).state == "off"

    set_balance(setup_entry, "24.99")
    assert shown(hass, WARNING).state == "on"

    set_balance(setup_entry, "25")
    assert shown(hass, WARNING).state == "off"


async def test_the_threshold_survives_a_restart_and_a_change_of_options(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A warning that is lost with the first restart never comes."""
    await set_threshold(hass, 250.5)

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (shown(hass, THRESHOLD).state, shown(hass, WARNING).state) == ("250.5", "on")

    await set_limits(hass, setup_entry, daily_budget=1)
    assert (shown(hass, THRESHOLD).state, shown(hass, WARNING).state) == ("250.5", "on")


async def test_a_threshold_that_cannot_be_written_is_not_kept(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Shown as set, it would be gone after the restart."""
    await set_threshold(hass, 25)
    with disk_full(), pytest.raises(HomeAssistantError) as err:
        await set_threshold(hass, 250)

    assert err.value.translation_key == "book_not_written"
    set_balance(setup_entry, "99")
    assert (shown(hass, THRESHOLD).state, shown(hass, WARNING).state) == ("25.0", "off")


async def test_a_threshold_below_0_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """No balance that is worth a warning is below it."""
    with pytest.raises(ServiceValidationError):
        await set_threshold(hass, -1)


async def test_a_panel_that_is_down_locks_the_threshold_not(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The balance is unknown then, and so is whether it is low; what to hold it against is not."""
    panel.faults.add(Reply(text="<html>", status=502), action="balance", times=None)
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    assert shown(hass, WARNING).state == "unavailable"

    await set_threshold(hass, 250)
    assert shown(hass, THRESHOLD).state == "250.0"

    panel.faults.clear()
    await setup_entry.runtime_data.balance_coordinator.async_refresh()
    assert shown(hass, WARNING).state == "on"


@pytest.mark.parametrize(
    ("currency", "unit", "device_class"),
    [
        ("usd", "USD", "monetary"),
        ("INR", "INR", "monetary"),
        ("Coins", "Coins", None),
        (None, None, None),
    ],
)
async def test_the_threshold_is_in_the_currency_of_the_account(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    currency: str | None,
    unit: str | None,
    device_class: str | None,
) -> None:
    """25 of what, people would ask; monetary promises an ISO code."""
    set_balance(setup_entry, "80", currency)

    attributes = shown(hass, THRESHOLD).attributes
    assert attributes.get("unit_of_measurement") == unit
    assert attributes.get("device_class") == device_class


def test_a_threshold_that_cannot_be_read_is_damage() -> None:
    """The owner would go on trusting a warning that is at its default."""
    content = BookContent.of({"orders": [], "settings": {"low_balance": "much"}})

    assert (content.unreadable, content.settings) == (1, Settings())
