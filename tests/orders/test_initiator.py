"""Who is behind an order: kept with it, and told by get_orders."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, act
from tests.helpers.book_files import BookFiles
from tests.helpers.orders import placed_elsewhere
from tests.helpers.runs import by_automation, by_script, by_user, set_up_runs

type Way = Callable[[HomeAssistant, MockUser], Awaitable[None]]


async def _script(hass: HomeAssistant, user: MockUser) -> None:
    await by_script(hass, user)


async def _nested_scripts(hass: HomeAssistant, user: MockUser) -> None:
    await by_script(hass, user, "outer")


async def _automation(hass: HomeAssistant, user: MockUser) -> None:
    await by_automation(hass, "buying")


async def _automation_with_script(hass: HomeAssistant, user: MockUser) -> None:
    await by_automation(hass, "calling")


# How an order is placed, whether the user is known, and what ran.
WAYS: list[Any] = [
    pytest.param(by_user, True, [], id="a user"),
    pytest.param(_script, True, ["script.order"], id="a script that a user runs"),
    pytest.param(
        _nested_scripts, True, ["script.outer", "script.order"], id="a script run by another"
    ),
    pytest.param(_automation, False, ["automation.buying"], id="an automation"),
    pytest.param(
        _automation_with_script,
        False,
        ["automation.calling", "script.order"],
        id="a script that an automation runs",
    ),
]


async def placed_by(hass: HomeAssistant) -> dict[str, Any]:
    """Return who get_orders says is behind the only order."""
    (row,) = (await act(hass, "get_orders"))["orders"]
    origin: dict[str, Any] = row["placed_by"]
    return origin


@pytest.mark.parametrize(("way", "is_by_user", "runs"), WAYS)
@pytest.mark.parametrize("is_lost", [False, True], ids=["placed", "unconfirmed"])
async def test_who_is_behind_an_order_is_told_also_after_a_restart(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    hass_admin_user: MockUser,
    book_files: BookFiles,
    way: Way,
    *,
    is_by_user: bool,
    runs: list[str],
    is_lost: bool,
) -> None:
    """Money that is gone, and nobody knows which automation spent it."""
    await set_up_runs(hass)
    if is_lost:
        panel.faults.add(Drop(), action="add")

    await way(hass, hass_admin_user)

    told = await placed_by(hass)
    assert told["automations_and_scripts"] == runs
    assert (told["user_id"], told["user"]) == (
        (hass_admin_user.id, hass_admin_user.name) if is_by_user else (None, None)
    )
    assert told["context_id"]
    (row,) = book_files.rows
    assert row["initiator"]["context"] == told["context_id"]
    assert await hass.config_entries.async_reload(setup_entry.entry_id)
    assert await placed_by(hass) == told


async def test_what_set_off_an_automation_is_kept(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """The parent context leads on to the person who pressed the switch."""
    await set_up_runs(hass)
    cause = Context(user_id=hass_admin_user.id)

    await by_automation(hass, "buying", cause)

    told = await placed_by(hass)
    assert told["parent_context_id"] == cause.id
    assert told["context_id"] != cause.id


async def test_each_run_has_its_own_orders(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_admin_user: MockUser,
) -> None:
    """An order must not be blamed on an automation that ran before."""
    await set_up_runs(hass)
    await by_automation(hass, "buying")
    await by_automation(hass, "calling")  # refused: the link has an order already

    await act(hass, "place_order", hass_admin_user, **ORDER | {"link": "https://example.com/2"})

    first, second = (await act(hass, "get_orders"))["orders"]
    assert first["placed_by"]["automations_and_scripts"] == ["automation.buying"]
    assert second["placed_by"]["automations_and_scripts"] == []


async def test_the_latest_runs_are_remembered(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A house with thousands of runs a day must not use up memory, nor forget the last."""
    await set_up_runs(hass)
    for number in range(1_100):
        hass.bus.async_fire(
            EVENT_AUTOMATION_TRIGGERED,
            {"entity_id": f"automation.other_{number}"},
            context=Context(),
        )

    await by_automation(hass, "buying")

    assert (await placed_by(hass))["automations_and_scripts"] == ["automation.buying"]


async def test_a_user_that_is_deleted_is_still_named(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """An id alone leads nowhere then."""
    await by_user(hass, hass_admin_user)
    await hass.auth.async_remove_user(hass_admin_user)

    assert await hass.config_entries.async_reload(setup_entry.entry_id)

    assert (await placed_by(hass))["user"] == hass_admin_user.name != ""


async def test_of_an_order_from_elsewhere_nobody_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_admin_user: MockUser,
) -> None:
    """Whoever tracks an order has not paid for it."""
    await act(hass, "track_orders", hass_admin_user, orders=placed_elsewhere(simulated))

    (row,) = (await act(hass, "get_orders"))["orders"]
    assert row["placed_by"] is None
