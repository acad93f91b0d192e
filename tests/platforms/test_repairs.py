"""Unconfirmed orders: the issue each raises, and the dialog in which the user settles it."""

from datetime import timedelta
from decimal import Decimal
import json
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.const import CONF_DAILY_BUDGET
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.book_files import BookFiles, disk_full
from tests.helpers.orders import FOLLOWERS
from tests.helpers.repairs import Dialog, Repairs, issues, title

NAME = "Instagram Followers | Mixed | No Refill"
OTHER_LINK = "https://example.com/other"
SLOT = "sensor.panel_order_slot_1_status"
BOOK = "smm_panel.account"
TAKEN = Drop(accepted=True)
NOT_TAKEN = Drop()


@pytest.fixture
async def repairs(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repairs:
    """The page with the repairs."""
    return await Repairs.of(hass, hass_client)


async def lose(
    hass: HomeAssistant, panel: PanelServer, fault: Fault = TAKEN, **fields: Any
) -> None:
    """Place an order whose answer is lost, and let what follows come to an end."""
    panel.faults.add(fault, action="add")
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER | fields)
    assert error.value.translation_key == "outcome_unknown"
    await hass.async_block_till_done(wait_background_tasks=True)


async def rows(hass: HomeAssistant) -> list[tuple[str | None, str]]:
    """Return id and status of every order, as an automation reads them."""
    answer = await act(hass, "get_orders")
    return [(row["order"], row["status"]) for row in answer["orders"]]


async def state_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the state of an entity once all is quiet."""
    await hass.async_block_till_done(wait_background_tasks=True)
    state = hass.states.get(entity_id)
    return None if state is None else state.state


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the account and set it up from its files, as a restart does."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def only_issue(hass: HomeAssistant) -> ir.IssueEntry:
    """Return the one issue there is."""
    (issue,) = issues(hass)
    return issue


def taken(simulated: SimulatedPanel) -> str:
    """Return the id of the order that the panel took last."""
    return str(max(simulated.orders))


async def placed_form(hass: HomeAssistant, repairs: Repairs) -> Dialog:
    """Open the form that asks for the id."""
    return await (await repairs.open(only_issue(hass))).choose("placed")


async def not_placed_form(hass: HomeAssistant, repairs: Repairs) -> Dialog:
    """Open the form that has it confirmed that there is no such order."""
    return await (await repairs.open(only_issue(hass))).choose("not_placed")


# The issue


async def test_each_unconfirmed_order_raises_one_issue(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A user who is not told goes on believing that the order was placed, or was not."""
    assert not issues(hass)

    await lose(hass, panel)
    first = only_issue(hass)
    await lose(hass, panel, link=OTHER_LINK)

    both = issues(hass)
    assert len(both) == 2
    assert first in both
    assert {title(issue) for issue in both} == {f"Panel: was the order of {NAME} placed?"}
    assert {issue.severity for issue in both} == {ir.IssueSeverity.ERROR}


async def test_a_sure_outcome_raises_no_issue(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An issue about an order that was placed, or refused, would be noise."""
    await act(hass, "place_order", **ORDER)
    panel.faults.add(Reply(text='{"error": "Not enough funds on balance"}'), action="add")
    with pytest.raises(ServiceValidationError):
        await act(hass, "place_order", **ORDER | {"link": OTHER_LINK})
    await hass.async_block_till_done(wait_background_tasks=True)

    assert not issues(hass)


async def test_an_unloaded_account_has_no_issue_until_it_is_back(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Nothing can be settled while the account is not loaded, and nothing is settled by that."""
    await lose(hass, panel)
    issue_id = only_issue(hass).issue_id

    assert await hass.config_entries.async_unload(setup_entry.entry_id)
    assert not issues(hass)

    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    assert only_issue(hass).issue_id == issue_id


async def test_a_removed_account_leaves_no_issue(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An issue of an account that is gone could never be fixed."""
    await lose(hass, panel)

    await hass.config_entries.async_remove(setup_entry.entry_id)

    assert not ir.async_get(hass).issues


async def test_an_order_that_a_crash_interrupted_raises_an_issue(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    repairs: Repairs,
) -> None:
    """Killed between the intent and the answer, nobody was told of the order."""
    hass_storage[BOOK] = {
        "version": 1,
        "minor_version": 1,
        "data": {
            "orders": [
                {
                    "local_id": "01",
                    "placement": "intended",
                    "added_at": "2026-11-02T12:00:00+00:00",
                    "service": FOLLOWERS,
                    "name": "Followers",
                    "link": LINK,
                    "quantity": 100,
                }
            ],
            "slots": {},
        },
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert title(only_issue(hass)) == "Panel: was the order of Followers placed?"
    assert "expected to cost –." in (await repairs.open(only_issue(hass))).text  # noqa: RUF001 - a dash as it is printed


async def test_no_order_is_settled_by_itself(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whatever speaks for it, a guess would count money that was not spent, or not count it."""
    await lose(hass, panel)
    panel.faults.add(orders_list(simulated), action="orders", times=None)

    for _ in range(12):
        freezer.tick(timedelta(hours=2))
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert await rows(hass) == [(None, "unconfirmed")]
    assert len(issues(hass)) == 1
    assert panel.count("orders") == panel.count("status") == 0
    assert panel.count("add") == 1


async def test_the_to_do_list_keeps_an_unconfirmed_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Swept away with the finished ones, it could not be settled any more."""
    order = (await act(hass, "place_order", **ORDER | {"link": OTHER_LINK}))["order"]
    await lose(hass, panel)

    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            "todo",
            "remove_item",
            {"item": [f"#{order} {NAME}", NAME]},
            target={"entity_id": "todo.panel_orders"},
            blocking=True,
        )

    assert str(error.value) == (
        f"{NAME} is unconfirmed: nobody knows yet whether the panel has it."
        " Settle it in Settings > Repairs, then it can be removed"
    )
    assert await rows(hass) == [(order, "pending"), (None, "unconfirmed")]
    assert len(issues(hass)) == 1


# What the dialog shows


def orders_list(simulated: SimulatedPanel, *others: dict[str, object]) -> Reply:
    """Return the list of orders that some panels have."""
    own: list[dict[str, object]] = [
        {"order": order, "service": FOLLOWERS, "link": LINK, "quantity": 1000}
        for order in simulated.orders
    ]
    return Reply(text=json.dumps([*own, *others]))


async def test_the_dialog_shows_the_order_and_the_evidence(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
) -> None:
    """Without the facts the user could only guess what became of it."""
    await hass.config.async_set_time_zone("America/New_York")
    before = dt_util.now()
    await lose(hass, panel)
    panel.faults.add(Reply(text='{"error": "You have active order with this link"}'), action="add")
    with pytest.raises(ServiceValidationError):
        await act(hass, "place_order", **ORDER | {"allow_duplicate": True})
    panel.faults.add(orders_list(simulated), action="orders")

    menu = await repairs.open(only_issue(hass))

    assert menu.step == "init"
    assert menu.options == ["It was placed, I have its id", "It was not placed"]
    assert f"**{NAME}**, service {FOLLOWERS}, quantity 1000" in menu.text
    assert f"Link: `{LINK}`" in menu.text
    assert "expected to cost 0.90 USD." in menu.text
    assert (
        "Balance expected before it was sent: 100.00 USD."
        " First balance read afterwards, other orders left out: 99.10 USD." in menu.text
    )
    assert f"Orders like it on the panel's list: {taken(simulated)}." in menu.text
    shown = menu.content["description_placeholders"]
    for moment in (shown["sent_at"], shown["link_refused_at"]):
        told = dt_util.parse_datetime(moment)
        assert told is not None
        told = told.replace(tzinfo=dt_util.get_default_time_zone())
        assert timedelta(seconds=-1) < told - before < timedelta(minutes=2)
    assert shown["sent_at"] <= shown["link_refused_at"]


async def test_the_balances_do_not_move_for_an_order_the_panel_never_took(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, repairs: Repairs
) -> None:
    """The same balance before and after is the best hint that there is no order."""
    # What is charged for other orders meanwhile must not look like the price of this one.
    await act(hass, "place_order", **ORDER | {"link": OTHER_LINK})
    await lose(hass, panel, NOT_TAKEN)
    await act(hass, "place_order", **ORDER | {"link": f"{OTHER_LINK}/2"})
    await setup_entry.runtime_data.balance_coordinator.async_refresh()

    text = (await repairs.open(only_issue(hass))).text

    assert "before it was sent: 99.10 USD." in text
    assert "other orders left out: 99.10 USD." in text
    assert "because of an active one: –." in text  # noqa: RUF001 - a dash as it is printed
    assert "on the panel's list: –." in text  # noqa: RUF001 - a dash as it is printed


async def test_only_orders_like_it_that_nobody_claims_are_offered(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
) -> None:
    """Another order's id, chosen from a list we offered, would be our mistake."""
    await act(hass, "place_order", **ORDER)
    await lose(hass, panel, NOT_TAKEN, allow_duplicate=True)
    like = {"service": FOLLOWERS, "link": LINK, "quantity": 1000}
    panel.faults.add(
        orders_list(
            simulated,
            {"order": 901} | like,
            {"order": 902} | like | {"link": OTHER_LINK},
            {"order": 903} | like | {"service": "102"},
            {"order": 904} | like | {"quantity": 999},
            {"order": 905, "link": LINK},
            {"order": 906},
        ),
        action="orders",
    )

    form = await placed_form(hass, repairs)

    selector = form.fields["order"]["select"]
    assert selector["options"] == ["901", "905"]
    assert selector["custom_value"] is True
    assert "on the panel's list: 901, 905." in form.text


@pytest.mark.parametrize("step", ["placed", "not_placed"])
async def test_the_forms_repeat_the_facts(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    repairs: Repairs,
    step: str,
) -> None:
    """Once the menu is gone the user still has to compare."""
    await lose(hass, panel)
    menu = await repairs.open(only_issue(hass))

    form = await menu.choose(step)

    assert (form.step, form.error) == (step, None)
    assert menu.text.partition("\n")[2] in form.text


# It was placed


@pytest.mark.parametrize("typed", ["{order}", "#{order}", "  # {order} "])
async def test_an_order_that_was_placed_is_followed_by_its_id(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
    book_files: BookFiles,
    freezer: FrozenDateTimeFactory,
    typed: str,
) -> None:
    """From then on it must be like any other order, also after a restart."""
    await lose(hass, panel)
    order = taken(simulated)
    assert await state_of(hass, SLOT) == "unconfirmed"

    end = await (await placed_form(hass, repairs)).send(order=typed.format(order=order))

    assert end.is_done
    assert not issues(hass)
    assert await rows(hass) == [(order, "pending")]
    assert await state_of(hass, SLOT) == "pending"
    (row,) = book_files.rows
    assert (row["panel_id"], row["placement"], row["link"]) == (order, "placed", LINK)
    assert "evidence" not in row
    freezer.tick(timedelta(days=2))
    async_fire_time_changed(hass)
    assert await state_of(hass, SLOT) == "completed"
    await reload(hass, setup_entry)
    assert await rows(hass) == [(order, "completed")]
    assert not issues(hass)
    assert panel.count("add") == 1


async def test_an_id_the_panel_does_not_know_can_be_corrected(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
) -> None:
    """A slip of the finger must not make the order one that the panel has not."""
    await lose(hass, panel)
    form = await placed_form(hass, repairs)

    form = await form.send(order="999999")

    assert form.error == (
        "The panel does not know this order: Incorrect order ID."
        " Check the id in the panel's order list."
    )
    assert await rows(hass) == [(None, "unconfirmed")]
    assert len(issues(hass)) == 1
    assert (await form.send(order=taken(simulated))).is_done
    assert await rows(hass) == [(taken(simulated), "pending")]


@pytest.mark.parametrize("typed", ["", " ", "#", " # "])
async def test_without_an_id_the_panel_is_not_asked(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    repairs: Repairs,
    typed: str,
) -> None:
    """Some panels answer a question without an id with any order."""
    await lose(hass, panel)

    form = await (await placed_form(hass, repairs)).send(order=typed)

    assert form.error == "Enter the id of the order."
    assert panel.count("status") == 0
    assert await rows(hass) == [(None, "unconfirmed")]


@pytest.mark.parametrize("typed", ["12 34", "1,2"])
async def test_what_is_no_id_is_refused(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    repairs: Repairs,
    typed: str,
) -> None:
    """Two ids in one would be asked as a list, of which one might exist."""
    await lose(hass, panel)

    form = await (await placed_form(hass, repairs)).send(order=typed)

    assert form.error
    assert form.error.startswith("The panel does not know this order: ")
    assert await rows(hass) == [(None, "unconfirmed")]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Drop(), "The panel cannot be asked about it: "),
        (Cut(), "The panel cannot be asked about it: "),
        (Reply.html(status=502), "The panel cannot be asked about it: "),
        (Reply(text='{"error": "Invalid API key"}'), "asked about it: Invalid API key."),
        (Reply.too_many_requests(retry_after=30), "asked about it: Rate limit exceeded."),
    ],
)
async def test_an_id_that_cannot_be_checked_is_not_taken(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
    fault: Fault,
    told: str,
) -> None:
    """An unchecked id may be anything; the dialog must tell why and stay open."""
    await lose(hass, panel)
    form = await placed_form(hass, repairs)
    panel.faults.add(fault, action="status", times=None)

    form = await form.send(order=taken(simulated))

    assert form.error
    assert told in form.error
    assert form.error.endswith("Try again later.")
    assert await rows(hass) == [(None, "unconfirmed")]
    assert len(issues(hass)) == 1


async def test_the_id_of_another_own_order_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, repairs: Repairs
) -> None:
    """Two orders would become one, and the money of the second nobody's."""
    own = (await act(hass, "place_order", **ORDER))["order"]
    await lose(hass, panel, allow_duplicate=True)

    form = await (await placed_form(hass, repairs)).send(order=own)

    assert form.error == (
        "This is the id of another order that was placed from here. Look for the right one."
    )
    assert await rows(hass) == [(own, "pending"), (None, "unconfirmed")]


async def test_an_order_that_was_tracked_meanwhile_becomes_the_same(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
) -> None:
    """Found on the panel's site and added to the to-do list, it is still one order."""
    await lose(hass, panel)
    order = taken(simulated)
    await act(hass, "track_orders", orders=order)
    assert await rows(hass) == [(None, "unconfirmed"), (order, "pending")]

    end = await (await placed_form(hass, repairs)).send(order=order)

    assert end.is_done
    assert await rows(hass) == [(order, "pending")]
    (answer,) = (await act(hass, "get_orders"))["orders"]
    assert (answer["service"], answer["link"]) == (FOLLOWERS, LINK)
    assert Decimal(answer["cost"]) == Decimal("0.9")
    slots = [
        state
        for state in hass.states.async_all("sensor")
        if state.entity_id.endswith("_status") and state.state == "pending"
    ]
    assert len(slots) == 1


# It was not placed


async def spent_today(hass: HomeAssistant) -> Decimal:
    """Return what the account shows to have been spent."""
    return Decimal(await state_of(hass, "sensor.panel_spent_today") or "")


async def test_an_order_that_was_not_placed_costs_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    repairs: Repairs,
    book_files: BookFiles,
) -> None:
    """Until then it holds its part of the budget, afterwards it must not."""
    hass.config_entries.async_update_entry(entry, options={CONF_DAILY_BUDGET: "1"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await lose(hass, panel, NOT_TAKEN)
    other = ORDER | {"link": OTHER_LINK}
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **other)
    assert error.value.translation_key == "over_daily_budget"
    assert await spent_today(hass) == Decimal("0.9")

    end = await (await not_placed_form(hass, repairs)).send()

    assert end.is_done
    assert not issues(hass)
    assert await rows(hass) == []
    assert book_files.rows == []
    assert await spent_today(hass) == 0
    assert Decimal((await act(hass, "place_order", **other))["budget_left"]) == Decimal("0.1")
    await reload(hass, entry)
    assert not issues(hass)


async def test_only_the_order_in_question_is_settled(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, repairs: Repairs
) -> None:
    """Two lost answers at once are common: the panel was down for both."""
    await lose(hass, panel)
    await lose(hass, panel, link=OTHER_LINK)
    first, second = issues(hass)

    menu = await repairs.open(second)
    assert f"Link: `{OTHER_LINK}`" in menu.text
    assert (await (await menu.choose("not_placed")).send()).is_done

    assert only_issue(hass) == first
    (answer,) = (await act(hass, "get_orders"))["orders"]
    assert (answer["link"], answer["status"]) == (LINK, "unconfirmed")


# What can come in between


@pytest.mark.parametrize("step", ["placed", "not_placed"])
async def test_an_order_that_another_dialog_settled_stays_settled(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
    step: str,
) -> None:
    """Two people at two screens must not settle one order both ways."""
    await lose(hass, panel)
    order = taken(simulated)
    late_menu = await repairs.open(only_issue(hass))
    late_form = await (await repairs.open(only_issue(hass))).choose(step)
    assert (await (await placed_form(hass, repairs)).send(order=order)).is_done

    typed = {"order": order} if step == "placed" else {}
    told = "The order was settled meanwhile, or the account is not loaded."
    assert (await late_menu.choose(step)).abort == told
    assert (await late_form.send(**typed)).abort == told
    assert await rows(hass) == [(order, "pending")]


async def test_an_order_settled_while_the_panel_was_asked_stays_settled(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
) -> None:
    """The second dialog's answer comes in while the first one waits for the panel."""
    await lose(hass, panel)
    form = await placed_form(hass, repairs)
    other = await not_placed_form(hass, repairs)
    ask = setup_entry.runtime_data.client.status

    async def settle_and_ask(orders: list[str]) -> object:
        assert (await other.send()).is_done
        return await ask(orders)

    with patch.object(setup_entry.runtime_data.client, "status", settle_and_ask):
        form = await form.send(order=taken(simulated))

    assert form.error == "The order was settled meanwhile. Close this dialog."
    assert await rows(hass) == []


async def test_a_dialog_of_an_unloaded_account_gives_up(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, repairs: Repairs
) -> None:
    """The order book in memory is no longer the one that counts."""
    await lose(hass, panel)
    form = await not_placed_form(hass, repairs)
    assert await hass.config_entries.async_unload(setup_entry.entry_id)

    assert "the account is not loaded" in (await form.send()).abort

    assert await hass.config_entries.async_setup(setup_entry.entry_id)
    assert await rows(hass) == [(None, "unconfirmed")]


@pytest.mark.parametrize(("step", "outcome"), [("placed", "pending"), ("not_placed", None)])
async def test_a_full_disk_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    repairs: Repairs,
    step: str,
    outcome: str | None,
) -> None:
    """It would be unconfirmed again after the restart, and nobody would know why."""
    await lose(hass, panel)
    order = taken(simulated)
    form = await (await repairs.open(only_issue(hass))).choose(step)
    typed = {"order": order} if step == "placed" else {}

    with disk_full():
        form = await form.send(**typed)

    assert form.error == (
        "It could not be written to disk: disk full. It holds until Home Assistant stops."
        " Make room or repair the disk, then try again."
    )
    assert await rows(hass) == ([] if outcome is None else [(order, outcome)])
    assert not issues(hass)
