"""Several accounts side by side: money, orders, limits and mishaps stay with their own."""

from collections.abc import AsyncIterator
from decimal import Decimal
from random import Random
from typing import Any

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.const import CONF_DAILY_BUDGET, DOMAIN
from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, act
from tests.helpers.flows import OTHER_KEY
from tests.helpers.repairs import issues, title
from tests.helpers.spend import report_status, tell

PRICE = "0.9"


@pytest.fixture
async def euro_panel(socket_enabled: None) -> AsyncIterator[PanelServer]:
    """Another panel, in another currency."""
    simulated = SimulatedPanel(
        clock=dt_util.utcnow,
        random=Random(2),
        odds=Odds(partial=0, canceled=0, refill_rejected=0),
        balance=Decimal(40),
        currency="EUR",
        api_key=OTHER_KEY,
    )
    async with PanelServer(simulated) as server:
        yield server


async def add_account(hass: HomeAssistant, url: str, title: str, **options: str) -> MockConfigEntry:
    """Set up one more account."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=title.lower(),
        title=title,
        data={CONF_URL: url, CONF_API_KEY: OTHER_KEY},
        options=options,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


@pytest.fixture
async def euros(
    hass: HomeAssistant, setup_entry: MockConfigEntry, euro_panel: PanelServer
) -> MockConfigEntry:
    """The account on the other panel, beside the first."""
    return await add_account(hass, euro_panel.url, "Euros")


async def order_from(hass: HomeAssistant, entry: MockConfigEntry, **fields: Any) -> dict[str, Any]:
    """Place an order on an account and let what follows come to an end."""
    order = ORDER | fields
    answer: dict[str, Any] = await act(hass, "place_order", **order, config_entry_id=entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return answer


def money(hass: HomeAssistant, account: str) -> dict[str, tuple[Decimal, str]]:
    """Return the amounts that an account shows, each with its currency."""
    shown = {}
    for name in ("balance", "spent_today", "spent_in_total"):
        state = hass.states.get(f"sensor.{account}_{name}")
        assert state
        shown[name] = (Decimal(state.state), state.attributes["unit_of_measurement"])
    return shown


def count(hass: HomeAssistant, account: str, name: str) -> str:
    """Return a number of orders that an account shows."""
    state = hass.states.get(f"sensor.{account}_{name}")
    assert state
    return state.state


async def test_currencies_are_kept_apart(
    hass: HomeAssistant, setup_entry: MockConfigEntry, euros: MockConfigEntry
) -> None:
    """Dollars and euros in one sum are neither; the dashboard would show nonsense."""
    await order_from(hass, setup_entry)
    await order_from(hass, euros)
    await order_from(hass, euros, link="https://example.com/other")
    # The second read after a write waits a while.
    await act(hass, "get_balance", config_entry_id=euros.entry_id)

    assert money(hass, "panel") == {
        "balance": (Decimal("99.1"), "USD"),
        "spent_today": (Decimal(PRICE), "USD"),
        "spent_in_total": (Decimal(PRICE), "USD"),
    }
    assert money(hass, "euros") == {
        "balance": (Decimal("38.2"), "EUR"),
        "spent_today": (2 * Decimal(PRICE), "EUR"),
        "spent_in_total": (2 * Decimal(PRICE), "EUR"),
    }
    assert count(hass, "panel", "open_orders") == "1"
    assert count(hass, "euros", "open_orders") == "2"


async def test_two_accounts_on_one_panel_are_kept_apart(
    hass: HomeAssistant, any_key: None, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A panel is not an account: the orders of one would be counted as those of the other."""
    other = await add_account(hass, panel.url, "Other", **{CONF_DAILY_BUDGET: PRICE})
    mine = await order_from(hass, setup_entry)
    # The spending of the first leaves this budget alone.
    others = await order_from(hass, other, link="https://example.com/first")

    for entry, placed in ((setup_entry, mine), (other, others)):
        rows = (await act(hass, "get_orders", config_entry_id=entry.entry_id))["orders"]
        assert [row["order"] for row in rows] == [placed["order"]]
        assert money(hass, entry.title.lower())["spent_in_total"] == (Decimal(PRICE), "USD")
    # The limit is the other's alone.
    with pytest.raises(ServiceValidationError) as error:
        await order_from(hass, other, link="https://example.com/second")
    assert error.value.translation_key == "over_daily_budget"
    await order_from(hass, setup_entry, link="https://example.com/second")


async def test_the_account_is_named_only_where_there_are_several(
    hass: HomeAssistant, setup_entry: MockConfigEntry, euros: MockConfigEntry
) -> None:
    """Who has one account need not look up an id; who has two must not have one guessed."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "get_balance")
    assert error.value.translation_key == "service_found_multiple_config_entry_for_domain"
    named = await act(hass, "get_balance", config_entry_id=euros.entry_id)
    assert named == {"balance": "40.00000", "currency": "EUR"}

    await hass.config_entries.async_remove(euros.entry_id)
    assert (await act(hass, "get_balance"))["currency"] == "USD"


@pytest.mark.parametrize("told", ["EUR", "eur", "Points"])
async def test_a_charge_in_another_currency_is_not_spent_in_this_one(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, told: str
) -> None:
    """900 of something would use up the budget of a month, though it is 0.90 of ours."""
    placed = await order_from(hass, setup_entry)
    await report_status(
        hass, panel, placed["order"], status="In progress", charge="900", currency=told
    )

    assert money(hass, "panel")["spent_in_total"] == (Decimal(PRICE), "USD")
    assert money(hass, "panel")["spent_today"] == (Decimal(PRICE), "USD")
    charge = hass.states.get("sensor.panel_order_slot_1_charge")
    assert charge
    assert Decimal(charge.state) == 900
    assert charge.attributes["unit_of_measurement"] in {told, told.upper()}
    await report_status(
        hass, panel, placed["order"], status="In progress", charge="0.95", currency="usd"
    )
    assert money(hass, "panel")["spent_in_total"] == (Decimal("0.95"), "USD")


async def test_money_of_a_changed_currency_stays_in_its_own_sum(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A panel that lets the user choose the currency would turn old dollars into euros."""
    await order_from(hass, setup_entry)
    tell(panel, "balance", {"balance": "90", "currency": "EUR"})
    await act(hass, "get_balance")
    await order_from(hass, setup_entry, link="https://example.com/other")
    await order_from(hass, setup_entry, link="https://example.com/third")

    assert money(hass, "panel")["spent_in_total"] == (2 * Decimal(PRICE), "EUR")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Reply.too_many_requests(retry_after=3600), "rate_limited_until"),
        (Reply(text='{"error": "Panel is under maintenance"}'), "maintenance"),
        (Reply(status=503), "invalid_response"),
        (Drop(), "cannot_connect"),
        (Reply(text='{"error": "Invalid API key"}'), "invalid_auth"),
    ],
)
async def test_mishaps_of_one_account_do_not_touch_the_other(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    euros: MockConfigEntry,
    panel: PanelServer,
    euro_panel: PanelServer,
    fault: Fault,
    key: str,
) -> None:
    """A panel that is down, or tired of us, would stop the orders at every other panel."""
    panel.faults.add(fault, times=None)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "get_balance", config_entry_id=setup_entry.entry_id)
    assert error.value.translation_key == key
    for entry in (setup_entry, euros):
        await entry.runtime_data.balance_coordinator.async_refresh()
        await entry.runtime_data.orders_coordinator.async_refresh()
    before = euro_panel.count()

    await order_from(hass, euros)

    assert euro_panel.count("add") == 1
    assert euro_panel.count() > before
    assert money(hass, "euros")["balance"] == (Decimal("39.1"), "EUR")
    balance = hass.states.get("sensor.panel_balance")
    assert balance
    assert balance.state == "unavailable"
    flows = hass.config_entries.flow.async_progress()
    assert {flow["context"].get("entry_id") for flow in flows} <= {setup_entry.entry_id}


async def test_an_unconfirmed_order_is_that_of_one_account(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    euros: MockConfigEntry,
    panel: PanelServer,
) -> None:
    """The user would look for it in the list of the wrong panel."""
    panel.faults.add(Drop(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await order_from(hass, setup_entry)
    await order_from(hass, euros)

    (issue,) = issues(hass)
    assert title(issue).startswith("Panel: ")
    assert count(hass, "panel", "orders_needing_attention") == "1"
    assert count(hass, "euros", "orders_needing_attention") == "0"
