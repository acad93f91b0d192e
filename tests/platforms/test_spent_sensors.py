"""What was spent today and in total, as the sensors show it."""

from datetime import datetime, timedelta
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.operations import async_settle_as_not_placed
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, SUBSCRIPTION, act
from tests.helpers.orders import placed_elsewhere
from tests.helpers.spend import ORDER_ID, place, report_status, set_limits

TODAY = "sensor.panel_spent_today"
TOTAL = "sensor.panel_spent_in_total"
DRIP_FEED = {"quantity": 250, "runs": 4, "interval": 30}


def sensor(hass: HomeAssistant, entity_id: str = TODAY) -> State:
    """Return the state of a sensor."""
    state = hass.states.get(entity_id)
    assert state
    return state


def spent(hass: HomeAssistant, entity_id: str = TODAY) -> Decimal:
    """Return what a sensor says was spent."""
    return Decimal(sensor(hass, entity_id).state)


def assert_spent(
    hass: HomeAssistant, *, estimate: str = "0.9", charge: str, given_back: str = "0"
) -> None:
    """Hold both sensors against the sums of a day on which everything was spent."""
    for entity_id in (TODAY, TOTAL):
        attributes = sensor(hass, entity_id).attributes
        shown = {name: attributes[name] for name in ("estimate", "charge", "given_back")}
        assert all(isinstance(amount, str) for amount in shown.values())
        assert {name: Decimal(amount) for name, amount in shown.items()} == {
            "estimate": Decimal(estimate),
            "charge": Decimal(charge),
            "given_back": Decimal(given_back),
        }
        assert spent(hass, entity_id) == Decimal(charge) - Decimal(given_back)


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon in UTC, so that no test runs over midnight by chance."""
    freezer.move_to("2026-11-02 12:00:00+00:00")


async def go_to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: str) -> None:
    """Set the clock, and let happen what was to happen until then."""
    freezer.move_to(datetime.fromisoformat(moment))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_nothing_spent_is_0(hass: HomeAssistant, setup_entry: MockConfigEntry) -> None:
    """Unknown would break sums and automations."""
    assert_spent(hass, estimate="0", charge="0")
    assert sensor(hass, TODAY).attributes["unit_of_measurement"] == "USD"
    assert sensor(hass, TOTAL).attributes["unit_of_measurement"] == "USD"


async def test_an_order_costs_its_estimate_until_the_panel_tells_a_charge(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Not counted before the first report, orders of one minute would pass every budget."""
    await place(hass, panel)
    assert_spent(hass, charge="0.9")

    await report_status(hass, panel, status="In progress", charge="0.95")
    assert_spent(hass, charge="0.95")

    await report_status(hass, panel, status="Completed", charge="0.60")
    assert_spent(hass, charge="0.60")


async def test_the_charge_that_add_tells_counts_at_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It is what the panel has taken."""
    await place(hass, panel, charge="0.50")

    assert_spent(hass, charge="0.50")


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize(
    ("report", "given_back"),
    [
        ({"status": "Partial", "charge": "0.60", "remains": 333}, "0.30"),
        ({"status": "Partial", "charge": "0.90", "remains": 250}, "0.225"),
        ({"status": "Partial", "charge": "0.90", "remains": 0}, "0"),
        ({"status": "Partial", "charge": "0.90", "remains": -5}, "0"),
        ({"status": "Partial", "charge": "0.90", "remains": 2000}, "0.90"),
        ({"status": "Partial", "remains": 250}, "0.225"),
        ({"status": "Canceled", "charge": "0", "remains": 1000}, "0.90"),
        ({"status": "Canceled", "charge": "0.90", "remains": 1000}, "0.90"),
        ({"status": "Canceled", "charge": "0.30", "remains": 667}, "0.60"),
        ({"status": "Canceled", "charge": "0.90"}, "0"),
        ({"status": "Canceled", "charge": "-0.10"}, "0.90"),
        ({"status": "Refunded", "charge": "0.90"}, "0.90"),
        ({"status": "Refunded", "charge": "0.90", "remains": 250}, "0.90"),
        ({"status": "Refunded"}, "0.90"),
        ({"status": "Fail", "charge": "0.90", "remains": 1000}, "0.90"),
        ({"status": "Fail", "charge": "0"}, "0.90"),
        ({"status": "Fail", "charge": "0.90"}, "0"),
    ],
)
async def test_what_comes_back(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    report: dict[str, object],
    given_back: str,
    seen: bool,  # noqa: FBT001 - a value of the test's
) -> None:
    """Some panels lower the charge, others let it stand and tell what remains."""
    await place(hass, panel)
    if seen:
        await report_status(hass, panel, status="In progress", charge="0.90")

    await report_status(hass, panel, **report)

    assert_spent(hass, charge="0.9", given_back=given_back)


@pytest.mark.parametrize(
    ("report", "given_back"),
    [
        ({"status": "Active", "runs": 1, "orders": ["8"]}, "0"),
        ({"status": "Canceled", "runs": 1, "orders": ["8"]}, "0.675"),
        ({"status": "Canceled", "runs": 0, "orders": []}, "0.9"),
        ({"status": "Completed", "runs": 4, "orders": ["8", "9", "10", "11"]}, "0"),
    ],
)
async def test_a_drip_feed_that_ends_early(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    report: dict[str, object],
    given_back: str,
) -> None:
    """The runs that were not begun come back."""
    await place(hass, panel, ORDER | DRIP_FEED)

    await report_status(hass, panel, **report)

    assert_spent(hass, charge="0.9", given_back=given_back)


@pytest.mark.parametrize(
    ("status", "orders", "given_back"),
    [
        ("Active", ["8"], "0"),
        ("Canceled", ["8", "9"], "0.108"),
        ("Expired", [], "0.324"),
        ("Expired", ["8", "9", "10", "11"], "0"),
        ("Completed", ["8", "9", "10"], "0"),
    ],
)
async def test_a_subscription_that_ends_early(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    status: str,
    orders: list[str],
    given_back: str,
) -> None:
    """Posts that never came cost nothing."""
    await place(hass, panel, SUBSCRIPTION | {"posts": 2, "old_posts": 1})

    await report_status(hass, panel, status=status, posts=2, orders=orders)

    assert_spent(hass, estimate="0.324", charge="0.324", given_back=given_back)


async def test_amounts_in_another_currency_are_not_added_up(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """70 rupees are not 70 dollars; the estimate is all there is."""
    await place(hass, panel)

    await report_status(hass, panel, status="In progress", charge="75.50", currency="INR")
    assert_spent(hass, charge="0.9")

    await report_status(hass, panel, status="In progress", charge="0.80", currency="usd")
    assert_spent(hass, charge="0.80")


async def test_what_was_spent_in_another_currency_is_left_out(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An account may be moved to another currency; the old amounts stay in the old one."""
    await place(hass, panel)
    panel.faults.clear()
    panel.faults.add(Reply(text='{"balance": "80", "currency": "EUR"}'), action="balance")
    await act(hass, "get_balance")
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    setup_entry.runtime_data.orders_coordinator.async_publish(
        setup_entry.runtime_data.order_book.orders
    )

    assert sensor(hass, TOTAL).attributes["unit_of_measurement"] == "EUR"
    assert_spent(hass, estimate="0", charge="0")


async def test_an_order_from_elsewhere_does_not_count(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Nobody knows when it was paid, nor by whom."""
    await act(hass, "track_orders", orders=[placed_elsewhere(simulated)])
    await hass.async_block_till_done(wait_background_tasks=True)

    assert_spent(hass, estimate="0", charge="0")


async def test_a_lost_order_counts_until_it_is_settled(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It may have been charged; once it was not, nothing of it stays."""
    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_spent(hass, charge="0.9")

    (unconfirmed,) = setup_entry.runtime_data.order_book.unconfirmed
    await async_settle_as_not_placed(hass, setup_entry, unconfirmed.local_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_spent(hass, estimate="0", charge="0")


async def test_a_refused_order_costs_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Its intent was counted for a moment."""
    panel.faults.add(Reply(text='{"error": "Not enough funds on balance"}'), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert_spent(hass, estimate="0", charge="0")


async def test_an_untracked_order_stays_counted_and_counts_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Untracking orders would make room in the budget; tracking them again would use it up."""
    await place(hass, panel)
    await report_status(hass, panel, status="In progress", charge="0.80")
    await act(hass, "untrack_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_spent(hass, charge="0.80")

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_spent(hass, charge="0.80")

    await act(hass, "track_orders", orders=[ORDER_ID])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_spent(hass, charge="0.80")


async def test_a_pruned_order_stays_in_the_total(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A total that shrinks each week is none; a restart must not change it either."""
    await place(hass, panel)
    await report_status(hass, panel, status="Completed", charge="0.80")
    await go_to(hass, freezer, "2026-11-09T14:00:00+00:00")
    assert not setup_entry.runtime_data.order_book.orders
    await place(hass, panel, ORDER | {"quantity": 500})
    assert (spent(hass), spent(hass, TOTAL)) == (Decimal("0.45"), Decimal("1.25"))

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (spent(hass), spent(hass, TOTAL)) == (Decimal("0.45"), Decimal("1.25"))
    attributes = sensor(hass, TOTAL).attributes
    assert Decimal(attributes["estimate"]) == Decimal("1.35")


async def test_orders_forgotten_one_after_the_other_stay_in_the_total(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After two days they are one sum, which the next one must not replace."""
    for day in ("02", "06", "10"):
        await go_to(hass, freezer, f"2026-11-{day}T15:00:00+00:00")
        await place(hass, panel)
        await act(hass, "untrack_orders", orders=[ORDER_ID])
    await go_to(hass, freezer, "2026-11-14T15:00:00+00:00")
    assert spent(hass, TOTAL) == Decimal("2.7")

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (spent(hass), spent(hass, TOTAL)) == (Decimal(0), Decimal("2.7"))
    attributes = sensor(hass, TOTAL).attributes
    assert Decimal(attributes["estimate"]) == Decimal(attributes["charge"]) == Decimal("2.7")


async def test_an_order_under_way_at_a_restart_counts_once(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Counted anew from the file, and not beside what was counted before."""
    await place(hass, panel, charge="0.50")

    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert_spent(hass, charge="0.50")


@pytest.mark.parametrize(
    ("time_zone", "before", "midnight"),
    [
        ("UTC", "2026-11-03T23:59:59+00:00", "2026-11-04T00:00:00+00:00"),
        ("Asia/Ho_Chi_Minh", "2026-11-02T16:59:59+00:00", "2026-11-02T17:00:00+00:00"),
        ("America/New_York", "2026-11-03T04:59:59+00:00", "2026-11-03T05:00:00+00:00"),
        ("Asia/Kathmandu", "2026-11-02T18:14:59+00:00", "2026-11-02T18:15:00+00:00"),
        # The clocks go back, a day of 25 hours.
        ("America/New_York", "2026-11-02T04:59:59+00:00", "2026-11-02T05:00:00+00:00"),
        # They go forward, a day of 23 hours.
        ("America/New_York", "2026-03-09T03:59:59+00:00", "2026-03-09T04:00:00+00:00"),
        # They go forward at midnight, the day begins at 1:00.
        ("Africa/Cairo", "2026-04-23T21:59:59+00:00", "2026-04-23T22:00:00+00:00"),
        # They go back at 1:00, there are two midnights.
        ("America/Havana", "2026-11-01T03:59:59+00:00", "2026-11-01T04:00:00+00:00"),
    ],
)
async def test_the_day_begins_at_midnight_of_home_assistant_s_time_zone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    time_zone: str,
    before: str,
    midnight: str,
) -> None:
    """A day that begins at another hour has another budget than people think."""
    start = datetime.fromisoformat(midnight)
    freezer.move_to(start - timedelta(hours=22))
    await hass.config.async_update(time_zone=time_zone)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await place(hass, panel)
    await go_to(hass, freezer, before)
    assert spent(hass) == Decimal("0.9")

    await go_to(hass, freezer, (start + timedelta(milliseconds=600)).isoformat())

    assert spent(hass) == 0
    assert datetime.fromisoformat(sensor(hass).attributes["last_reset"]) == start
    assert spent(hass, TOTAL) == Decimal("0.9")
    assert "last_reset" not in sensor(hass, TOTAL).attributes


async def test_the_budget_is_that_of_home_assistant_s_day(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The sensor and the limit must mean the same day."""
    await hass.config.async_update(time_zone="Asia/Ho_Chi_Minh")
    await set_limits(hass, setup_entry, daily_budget=1)
    await place(hass, panel)
    other = ORDER | {"link": "https://example.com/other"}

    await go_to(hass, freezer, "2026-11-02T16:59:59+00:00")
    with pytest.raises(ServiceValidationError):
        await act(hass, "place_order", **other)

    await go_to(hass, freezer, "2026-11-02T17:00:00+00:00")
    assert (await act(hass, "place_order", **other))["order"]


async def test_another_time_zone_has_another_today(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """In use at once: nobody restarts for it."""
    await place(hass, panel)

    await hass.config.async_update(time_zone="Pacific/Kiritimati")
    await hass.async_block_till_done()
    assert spent(hass) == Decimal("0.9")
    reset = datetime.fromisoformat(sensor(hass).attributes["last_reset"])
    assert reset == datetime.fromisoformat("2026-11-02T10:00:00+00:00")

    await hass.config.async_update(time_zone="America/New_York")
    await hass.async_block_till_done()
    reset = datetime.fromisoformat(sensor(hass).attributes["last_reset"])
    assert reset == datetime.fromisoformat("2026-11-02T05:00:00+00:00")


async def test_an_order_of_yesterday_in_the_new_time_zone_is_off_today(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The amount goes with the day, not only the time of its beginning."""
    await go_to(hass, freezer, "2026-11-02T09:00:00+00:00")
    await place(hass, panel)
    await go_to(hass, freezer, "2026-11-02T12:00:00+00:00")
    assert spent(hass) == Decimal("0.9")

    await hass.config.async_update(time_zone="Pacific/Kiritimati")
    await hass.async_block_till_done()

    assert (spent(hass), spent(hass, TOTAL)) == (Decimal(0), Decimal("0.9"))


@pytest.mark.parametrize("days", [1, 10])
async def test_a_clock_that_is_set_back_frees_no_budget(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    days: int,
) -> None:
    """Better too much counted than too little; the total is the same on any day."""
    await place(hass, panel)
    await act(hass, "untrack_orders", orders=[ORDER_ID])
    await place(hass, panel, ORDER | {"quantity": 500})

    freezer.tick(timedelta(days=-days))
    setup_entry.runtime_data.orders_coordinator.async_prune(dt_util.utcnow())
    await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert_spent(hass, estimate="1.35", charge="1.35")


async def test_a_refund_of_yesterday_lowers_the_total_only(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Today's budget is for today's orders; a negative sum would enlarge it."""
    await place(hass, panel)
    await go_to(hass, freezer, "2026-11-03T00:00:01+00:00")

    await report_status(hass, panel, status="Refunded", charge="0.90")

    assert (spent(hass), spent(hass, TOTAL)) == (Decimal(0), Decimal(0))
