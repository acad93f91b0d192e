"""How long the balance lasts, and what is left of the budget of a day."""

from datetime import datetime
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.api import Balance
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, act
from tests.helpers.spend import ORDER_ID, place, report_status, set_limits

LASTS = "sensor.panel_balance_lasts"
LEFT = "sensor.panel_budget_left_today"


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon in UTC, so that no test runs over midnight by chance."""
    freezer.move_to("2026-11-02 12:00:00+00:00")


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return what a sensor shows."""
    state = hass.states.get(entity_id)
    assert state
    return state.state


async def go_to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: str) -> None:
    """Set the clock, and let happen what was to happen until then."""
    freezer.move_to(datetime.fromisoformat(f"{moment}+00:00"))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def set_balance(entry: MockConfigEntry, amount: str, currency: str = "USD") -> None:
    """Let another balance have been read."""
    entry.runtime_data.balance_coordinator.async_set_updated_data(
        Balance(amount=Decimal(amount), currency=currency)
    )


async def place_and_forget(hass: HomeAssistant, panel: PanelServer) -> None:
    """Place an order for 0.90, and track it no more."""
    await place(hass, panel)
    await act(hass, "untrack_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_there_is_nothing_to_go_by_on_the_first_day(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The orders of one hour would make the balance last an hour; and nothing spent lasts on."""
    assert shown(hass, LASTS) == "unknown"
    await place(hass, panel)
    await go_to(hass, freezer, "2026-11-03T11:59:59")
    set_balance(setup_entry, "90")
    assert shown(hass, LASTS) == "unknown"

    # The clock alone brings it: 0.90 in a day and an hour.
    await go_to(hass, freezer, "2026-11-03T13:00:00")
    set_balance(setup_entry, "90")
    assert shown(hass, LASTS) == "104.2"
    state = hass.states.get(LASTS)
    assert state
    assert state.attributes["device_class"] == "duration"
    assert state.attributes["unit_of_measurement"] == "d"


async def test_it_follows_balance_orders_and_clock(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each of the three makes the days fewer or more."""
    await place(hass, panel)
    await go_to(hass, freezer, "2026-11-04T12:00:00")
    set_balance(setup_entry, "90")
    assert shown(hass, LASTS) == "200.0"

    set_balance(setup_entry, "45")
    assert shown(hass, LASTS) == "100.0"

    # The order turns out twice as dear.
    await report_status(hass, panel, status="In progress", charge="1.80")
    assert shown(hass, LASTS) == "50.0"

    freezer.move_to("2026-11-06T12:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    set_balance(setup_entry, "45")
    assert shown(hass, LASTS) == "100.0"

    set_balance(setup_entry, "-1")
    assert shown(hass, LASTS) == "0.0"


async def test_the_hour_alone_brings_more_days(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Where neither balance nor orders change, nobody else would tell the sensor."""
    await place(hass, panel)
    await report_status(hass, panel, status="Completed", charge="0.90")
    await go_to(hass, freezer, "2026-11-03T12:30:00")
    amount = setup_entry.runtime_data.balance_coordinator.data.amount

    await go_to(hass, freezer, "2026-11-04T12:00:00.600000")

    assert setup_entry.runtime_data.balance_coordinator.data.amount == amount
    assert Decimal(shown(hass, LASTS)) == round(amount / Decimal("0.45"), 1)


async def test_orders_forgotten_days_ago_still_make_the_rate(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """They are sums of a day by then; a restart must not lose them, nor count them twice."""
    for moment in ("02T12", "02T18", "03T12", "05T12", "07T12"):
        await go_to(hass, freezer, f"2026-11-{moment}:00:00")
        await place_and_forget(hass, panel)
    await go_to(hass, freezer, "2026-11-09T12:00:00")
    spending = setup_entry.runtime_data.order_book.spending
    set_balance(setup_entry, "45")
    # 4.50 in the 6.75 days since the youngest of the first day.
    assert shown(hass, LASTS) == "67.5"
    assert len(spending.days) + len(spending.forgotten) == 4

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    set_balance(setup_entry, "45")
    assert shown(hass, LASTS) == "67.5"


async def test_what_is_over_a_week_old_counts_no_more(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A large order of last month says nothing of today, but that there was a last month."""
    await place(hass, panel, charge="40")
    await act(hass, "untrack_orders", orders=[ORDER_ID])
    await go_to(hass, freezer, "2026-11-06T12:00:00")
    assert len(setup_entry.runtime_data.order_book.spending.days) == 1
    await go_to(hass, freezer, "2026-11-12T00:00:00")
    await place_and_forget(hass, panel)
    set_balance(setup_entry, "90")

    # 0.90 since the 5th, seven days.
    assert shown(hass, LASTS) == "700.0"
    await go_to(hass, freezer, "2026-11-12T12:00:00")
    assert setup_entry.runtime_data.order_book.spending.days == []
    assert len(setup_entry.runtime_data.order_book.spending.before) == 1

    await go_to(hass, freezer, "2026-11-30T12:00:00")
    assert shown(hass, LASTS) == "unknown"
    assert shown(hass, "sensor.panel_spent_in_total") == "40.90"


async def test_what_came_back_was_not_spent(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nor does what was spent in another currency say how long this one lasts."""
    await place(hass, panel)
    await go_to(hass, freezer, "2026-11-04T12:00:00")
    await report_status(hass, panel, status="Partial", charge="0.90", remains=500)
    set_balance(setup_entry, "90")
    assert shown(hass, LASTS) == "400.0"

    set_balance(setup_entry, "90", "EUR")
    assert shown(hass, LASTS) == "unknown"


async def test_next_to_nothing_spent_lasts_a_century(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A number of thirty digits is an error in the log, not a sensor."""
    await place(hass, panel, charge="0.0000000000000000000001")
    await go_to(hass, freezer, "2026-11-04T12:00:00")
    set_balance(setup_entry, "900000000000")

    assert shown(hass, LASTS) == "36525.0"


async def test_the_budget_left_is_there_while_there_is_a_budget(
    hass: HomeAssistant, setup_entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Without one it would be a figure without meaning, or a dead entity."""
    assert not hass.states.get(LEFT)

    await set_limits(hass, setup_entry, daily_budget=2.5)
    state = hass.states.get(LEFT)
    assert state
    assert Decimal(state.state) == Decimal("2.5")
    assert state.attributes["device_class"] == "monetary"
    assert state.attributes["unit_of_measurement"] == "USD"

    await set_limits(hass, setup_entry, max_charge=1)
    assert not hass.states.get(LEFT)
    assert not entity_registry.async_get(LEFT)


async def test_the_budget_left_is_that_of_the_day(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It says what an order may still cost: with its limit, at once, and anew at midnight."""
    await hass.config.async_update(time_zone="Asia/Ho_Chi_Minh")
    await set_limits(hass, setup_entry, daily_budget=1)
    await place(hass, panel)
    assert Decimal(shown(hass, LEFT)) == Decimal("0.1")
    await report_status(hass, panel, status="Completed", charge="1.20")
    assert Decimal(shown(hass, LEFT)) == 0

    await go_to(hass, freezer, "2026-11-02T16:59:59")
    assert Decimal(shown(hass, LEFT)) == 0
    await go_to(hass, freezer, "2026-11-02T17:00:00.600000")
    assert Decimal(shown(hass, LEFT)) == 1


async def test_the_budget_left_is_in_units_of_the_panel_s_own_too(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Monetary promises an ISO code."""
    await set_limits(hass, setup_entry, daily_budget=1)
    set_balance(setup_entry, "80", "Coins")
    await place(hass, panel, ORDER | {"quantity": 500})
    set_balance(setup_entry, "80", "Coins")
    setup_entry.runtime_data.orders_coordinator.async_publish(
        setup_entry.runtime_data.order_book.orders
    )

    state = hass.states.get(LEFT)
    assert state
    assert state.attributes["unit_of_measurement"] == "Coins"
    assert "device_class" not in state.attributes
