"""The limits of spending, which refuse orders before anything is sent."""

import asyncio
from decimal import Decimal
import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.operations import (
    async_place_order,
    async_quote,
    async_settle_as_not_placed,
)
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Delay, Drop
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, SUBSCRIPTION, act
from tests.helpers.flows import suggested
from tests.helpers.orders import placed_elsewhere
from tests.helpers.spend import set_limits

LIMITS = ["max_charge", "daily_budget", "keep_balance"]
OTHER = ORDER | {"link": "https://example.com/other"}


async def refusal(hass: HomeAssistant, **order: object) -> ServiceValidationError:
    """Place an order that is refused, and return why."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **order)
    return error.value


def assert_nothing_sent(entry: MockConfigEntry, panel: PanelServer) -> None:
    """Make sure that neither the panel nor the book has heard of an order."""
    assert panel.count("add") == 0
    assert not entry.runtime_data.order_book.orders


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_limit_is_set_changed_and_cleared(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limit: str
) -> None:
    """A limit that cannot be lifted again locks the account; one that is lost spends."""
    await set_limits(hass, setup_entry, **{limit: 2.5})
    assert setup_entry.options[limit] == "2.5"
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)
    assert suggested(form) == {"order_slots": 20, "keep_days": 7, limit: 2.5}

    await set_limits(hass, setup_entry, **{limit: 3})
    assert setup_entry.options[limit] == "3.0"

    await set_limits(hass, setup_entry)
    assert limit not in setup_entry.options
    await act(hass, "place_order", **ORDER)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (0.1234567, "0.1234567"),
        (1e-7, "0.0000001"),
        (192000.05, "192000.05"),
        (0, "0.0"),
        (10**12, "1000000000000.0"),
    ],
)
async def test_an_amount_is_kept_as_it_was_typed(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limit: str, typed: float, kept: str
) -> None:
    """The binary neighbours of 0.1 would refuse an order exactly at the limit."""
    await set_limits(hass, setup_entry, **{limit: typed})

    assert setup_entry.options[limit] == kept
    assert json.loads(json.dumps(dict(setup_entry.options)))[limit] == kept
    await set_limits(hass, setup_entry, **suggested_options(setup_entry))
    assert setup_entry.options[limit] == kept


def suggested_options(entry: MockConfigEntry) -> dict[str, float]:
    """Return what the form of the options holds when nothing is changed in it."""
    return {name: float(value) for name, value in entry.options.items()}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("typed", [-0.01, 1e13, "nan", "inf", "-inf"])
async def test_no_amount_is_no_limit(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limit: str, typed: object
) -> None:
    """A limit that no price can be held against would break every order, or allow it."""
    with pytest.raises(InvalidData):
        await set_limits(hass, setup_entry, **{limit: typed})

    assert setup_entry.options == {}


@pytest.mark.parametrize("limit", LIMITS)
async def test_the_form_shows_the_currency(
    hass: HomeAssistant, setup_entry: MockConfigEntry, limit: str
) -> None:
    """A limit in a currency one only guesses is off by a factor."""

    async def unit() -> str | None:
        form = await hass.config_entries.options.async_init(setup_entry.entry_id)
        assert form["data_schema"] is not None
        validator: Any = form["data_schema"].schema[limit]
        config: dict[str, Any] = next(iter(getattr(validator, "validators", [validator]))).config
        return config.get("unit_of_measurement")

    assert await unit() == "USD"
    await hass.config_entries.async_unload(setup_entry.entry_id)
    assert await unit() is None


@pytest.mark.parametrize(
    ("limits", "call", "key", "placeholders", "text"),
    [
        (
            {"max_charge": 0.89},
            {},
            "over_max_charge",
            {"price": "0.90 USD", "allowed": "0.89 USD", "left": "0.89 USD"},
            (
                "The order is expected to cost 0.90 USD, but the largest charge of one order"
                " is 0.89 USD. Nothing was sent. Lower the quantity, or change the limit in"
                " the options of the account"
            ),
        ),
        (
            {"daily_budget": 0.89999},
            {},
            "over_daily_budget",
            {"price": "0.90 USD", "allowed": "0.89999 USD", "left": "0.89999 USD"},
            (
                "The order is expected to cost 0.90 USD, but of the budget of 0.89999 USD per"
                " day only 0.89999 USD is left. Nothing was sent. Wait until midnight, lower"
                " the quantity, or change the budget in the options of the account"
            ),
        ),
        (
            {"keep_balance": 99.5},
            {},
            "over_keep_balance",
            {"price": "0.90 USD", "allowed": "99.50 USD", "left": "0.50 USD"},
            (
                "The order is expected to cost 0.90 USD, but with 99.50 USD to keep on the"
                " account only 0.50 USD may be spent. Nothing was sent. Top up, lower the"
                " quantity, or change the balance to keep in the options of the account"
            ),
        ),
        (
            {},
            {"max_charge": "0.85"},
            "over_call_max_charge",
            {"price": "0.90 USD", "allowed": "0.85 USD", "left": "0.85 USD"},
            (
                "The order is expected to cost 0.90 USD, but max_charge of this call is 0.85"
                " USD. Nothing was sent. Lower the quantity or raise max_charge"
            ),
        ),
        (
            {"max_charge": 5},
            {"max_charge": 0},
            "over_call_max_charge",
            {"price": "0.90 USD", "allowed": "0.00 USD", "left": "0.00 USD"},
            (
                "The order is expected to cost 0.90 USD, but max_charge of this call is 0.00"
                " USD. Nothing was sent. Lower the quantity or raise max_charge"
            ),
        ),
        (
            {"keep_balance": 500},
            {},
            "over_keep_balance",
            {"price": "0.90 USD", "allowed": "500.00 USD", "left": "0.00 USD"},
            (
                "The order is expected to cost 0.90 USD, but with 500.00 USD to keep on the"
                " account only 0.00 USD may be spent. Nothing was sent. Top up, lower the"
                " quantity, or change the balance to keep in the options of the account"
            ),
        ),
    ],
    ids=["largest charge", "budget", "balance", "call", "call of 0", "balance below it"],
)
async def test_a_limit_refuses(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    limits: dict[str, float],
    call: dict[str, Any],
    key: str,
    placeholders: dict[str, str],
    text: str,
) -> None:
    """An order beyond a limit must not reach the panel, in a dry run nor in earnest."""
    await set_limits(hass, setup_entry, **limits)

    for dry_run in (True, False):
        error = await refusal(hass, **ORDER, **call, dry_run=dry_run)
        assert (error.translation_key, error.translation_placeholders) == (key, placeholders)
        assert str(error) == text  # Home Assistant leaves out the last full stop
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_nothing_sent(setup_entry, panel)


@pytest.mark.parametrize("limit", ["max_charge", "daily_budget"])
async def test_a_limit_of_0_refuses_every_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, limit: str
) -> None:
    """Taken for no limit at all, 0 would allow everything."""
    await set_limits(hass, setup_entry, **{limit: 0})

    error = await refusal(hass, **ORDER | {"quantity": 50})

    assert error.translation_key == f"over_{limit}"
    assert_nothing_sent(setup_entry, panel)


async def test_a_balance_to_keep_of_0_allows_no_debt(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
) -> None:
    """Panels with credit would go on below 0."""
    await set_limits(hass, setup_entry, keep_balance=0)

    error = await refusal(hass, **ORDER | {"service": "211", "quantity": 4652})

    assert error.translation_placeholders == {
        "price": "100.018 USD",
        "allowed": "0.00 USD",
        "left": "100.00 USD",
    }
    assert_nothing_sent(setup_entry, panel)


@pytest.mark.parametrize(
    ("limits", "call", "left"),
    [
        ({"max_charge": 0.9}, {}, (None, None)),
        ({"daily_budget": 0.9}, {}, ("0", None)),
        ({"keep_balance": 99.1}, {}, (None, "0")),
        ({}, {"max_charge": 0.9}, (None, None)),
        ({}, {"max_rate": "0.90"}, (None, None)),
        ({"daily_budget": 1.25, "keep_balance": 90, "max_charge": 1}, {}, ("0.35", "9.1")),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
async def test_exactly_at_the_limit_passes(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    limits: dict[str, float],
    call: dict[str, Any],
    left: tuple[str | None, str | None],
    dry_run: bool,  # noqa: FBT001 - a value of the test's
) -> None:
    """A budget may be used up; the answer has what is left after the order."""
    await set_limits(hass, setup_entry, **limits)

    answer = await act(hass, "place_order", **ORDER, **call, dry_run=dry_run)

    told = (answer["budget_left"], answer["balance_left"])
    assert all(value is None or isinstance(value, str) for value in told)
    assert [None if value is None else Decimal(value) for value in told] == [
        None if value is None else Decimal(value) for value in left
    ]
    assert Decimal(answer["estimate"]) == Decimal("0.90")
    assert panel.count("add") == (0 if dry_run else 1)


async def test_what_was_spent_today_is_off_the_budget(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A budget that starts anew with every order is none."""
    await set_limits(hass, setup_entry, daily_budget=1.5)
    await act(hass, "place_order", **ORDER)

    error = await refusal(hass, **OTHER)

    assert error.translation_key == "over_daily_budget"
    assert error.translation_placeholders == {
        "price": "0.90 USD",
        "allowed": "1.50 USD",
        "left": "0.60 USD",
    }
    assert panel.count("add") == 1


async def test_a_budget_below_what_was_spent_leaves_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """That minus 0.40 is left would make no sense to anybody."""
    await act(hass, "place_order", **ORDER)
    await set_limits(hass, setup_entry, daily_budget=0.5)

    error = await refusal(hass, **OTHER)

    assert error.translation_placeholders == {
        "price": "0.90 USD",
        "allowed": "0.50 USD",
        "left": "0.00 USD",
    }


async def test_the_balance_to_keep_is_held_against_the_balance_of_now(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """Somebody else may have spent since the last poll."""
    await set_limits(hass, setup_entry, keep_balance=97)
    placed_elsewhere(simulated, service="211")

    error = await refusal(hass, **ORDER)

    assert error.translation_placeholders == {
        "price": "0.90 USD",
        "allowed": "97.00 USD",
        "left": "0.85 USD",
    }
    assert_nothing_sent(setup_entry, panel)
    await hass.async_block_till_done()
    balance = hass.states.get("sensor.panel_balance")
    assert balance
    assert Decimal(balance.state) == Decimal("97.85")


@pytest.mark.parametrize("dry_run", [True, False])
async def test_without_the_balance_nothing_is_sent(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    dry_run: bool,  # noqa: FBT001 - a value of the test's
) -> None:
    """An old balance may be gone."""
    await set_limits(hass, setup_entry, keep_balance=1)
    panel.faults.add(Drop(), action="balance", times=None)

    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER, dry_run=dry_run)

    assert error.value.translation_key == "cannot_connect"
    assert_nothing_sent(setup_entry, panel)


async def test_without_a_balance_to_keep_it_is_not_asked_for(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A panel whose balance fails must not hold up orders that do not depend on it."""
    await set_limits(hass, setup_entry, daily_budget=1, max_charge=1)
    panel.faults.add(Drop(), action="balance", times=None)

    assert (await act(hass, "place_order", **ORDER))["order"]


@pytest.mark.parametrize(
    ("limit", "amount", "calls"),
    [
        ("daily_budget", 0.95, 2),
        ("daily_budget", 4.5, 20),
        ("keep_balance", 99.05, 2),
        ("keep_balance", 95.5, 20),
    ],
)
async def test_calls_at_once_cannot_overspend(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    limit: str,
    amount: float,
    calls: int,
) -> None:
    """Automations fire together; each alone would be within the limit."""
    await set_limits(hass, setup_entry, **{limit: amount})
    # Until then the panel's balance knows of none of them.
    panel.faults.add(Delay(seconds=0.2), action="add", times=None)

    results = await asyncio.gather(
        *(
            act(hass, "place_order", **ORDER | {"link": f"{LINK}/{number}"})
            for number in range(calls)
        ),
        return_exceptions=True,
    )

    placed = [result for result in results if isinstance(result, dict)]
    refused = [result for result in results if isinstance(result, ServiceValidationError)]
    allowed = round(amount / 0.9) if limit == "daily_budget" else round((100 - amount) / 0.9)
    assert len(placed) + len(refused) == calls
    assert {error.translation_key for error in refused} == {f"over_{limit}"}
    # One that is charged while the balance is read counts twice for a moment.
    fewest = allowed if limit == "daily_budget" else 1
    assert fewest <= len(placed) <= allowed
    assert len(placed) == panel.count("add") == len(simulated.orders)
    assert simulated.balance == Decimal(100) - len(placed) * Decimal("0.90")


@pytest.mark.parametrize(("limit", "amount"), [("daily_budget", 1), ("keep_balance", 99)])
async def test_an_unconfirmed_order_counts_until_it_is_settled(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    limit: str,
    amount: float,
) -> None:
    """The panel may have it: its money may be gone already, or go any moment."""
    await set_limits(hass, setup_entry, **{limit: amount})
    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)

    error = await refusal(hass, **OTHER | {"quantity": 200})
    assert error.translation_key == f"over_{limit}"
    assert (error.translation_placeholders or {})["left"] == "0.10 USD"

    (unconfirmed,) = setup_entry.runtime_data.order_book.unconfirmed
    await async_settle_as_not_placed(hass, setup_entry, unconfirmed.local_id)
    await act(hass, "place_order", **OTHER)
    assert panel.count("add") == 2


@pytest.mark.parametrize(("limit", "amount"), [("daily_budget", 1), ("keep_balance", 99)])
async def test_an_order_waits_for_the_one_before(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    limit: str,
    amount: float,
) -> None:
    """What it costs is known only when it has been answered; and panels count by the second."""
    await set_limits(hass, setup_entry, **{limit: amount})
    panel.faults.add(Delay(seconds=0.3, accepted=True), action="add")
    quote = await async_quote(hass, setup_entry, ORDER)
    call = asyncio.create_task(async_place_order(hass, setup_entry, quote, Context()))
    while panel.count("add") == 0:  # noqa: ASYNC110 - the server tells by its counter only
        await asyncio.sleep(0)

    error = await refusal(hass, **OTHER | {"quantity": 200})

    assert call.done()
    assert (error.translation_placeholders or {})["left"] == "0.10 USD"
    assert panel.count("add") == 1


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_price_nobody_knows_is_refused_where_there_are_limits(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, limit: str
) -> None:
    """A subscription without an end would pass under every limit."""
    await set_limits(hass, setup_entry, **{limit: 50})

    error = await refusal(hass, **SUBSCRIPTION)

    assert error.translation_key == "price_unknown"
    assert str(error).startswith("What this order will cost cannot be known beforehand")
    assert_nothing_sent(setup_entry, panel)


async def test_a_price_nobody_knows_is_no_matter_without_limits(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Who has set no limits must not be asked for any."""
    answer = await act(hass, "place_order", **SUBSCRIPTION)

    assert answer["order"]
    assert (answer["budget_left"], answer["balance_left"]) == (None, None)


async def test_max_charge_counts_as_the_price_nobody_knows(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It is held against the limits, and counts for the orders after it."""
    await set_limits(hass, setup_entry, daily_budget=5.5, max_charge=5)

    error = await refusal(hass, **SUBSCRIPTION, max_charge=5.01)
    assert error.translation_key == "over_max_charge"
    answer = await act(hass, "place_order", **SUBSCRIPTION, max_charge=5)
    assert answer["estimate"] is None
    assert Decimal(answer["budget_left"]) == Decimal("0.5")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert Decimal(state(hass, "sensor.panel_spent_today")) == 5

    error = await refusal(hass, **ORDER)
    assert (error.translation_placeholders or {})["left"] == "0.50 USD"
    assert panel.count("add") == 1


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    found = hass.states.get(entity_id)
    assert found
    return found.state


@pytest.mark.parametrize(
    ("limits", "call", "key"),
    [
        ({"max_charge": 0.1, "daily_budget": 0.1, "keep_balance": 100}, {}, "over_max_charge"),
        ({"daily_budget": 0.1, "keep_balance": 100}, {}, "over_daily_budget"),
        ({"max_charge": 0.1}, {"max_charge": 0.5}, "over_call_max_charge"),
        ({"max_charge": 0.1}, {"max_charge": 5}, "over_max_charge"),
    ],
)
async def test_the_first_of_several_limits_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    limits: dict[str, float],
    call: dict[str, float],
    key: str,
) -> None:
    """A call cannot raise the owner's limits, only add its own."""
    await set_limits(hass, setup_entry, **limits)

    assert (await refusal(hass, **ORDER, **call)).translation_key == key


async def test_limits_outlive_a_restart(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """So does what was spent under them."""
    await set_limits(hass, setup_entry, daily_budget=1)
    await act(hass, "place_order", **ORDER)
    await hass.config_entries.async_reload(setup_entry.entry_id)

    assert (await refusal(hass, **OTHER)).translation_key == "over_daily_budget"
