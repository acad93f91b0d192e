"""The watch over services in use: how often it reads, what it tells, and what it warns of."""

from datetime import timedelta
from logging import INFO
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.const import CATALOG_CHECK_INTERVAL, CATALOG_INTERVAL
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.offers import change_service
from tests.helpers.orders import FOLLOWERS, REFILLABLE
from tests.helpers.repairs import Repairs, issues, title

ENTITY = "event.panel_service_changes"
A_MINUTE = timedelta(minutes=1)
FILE = "smm_panel.account.services"
NAME = "Instagram Followers | Mixed | No Refill"


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event[Any]]:
    """The events from now on."""
    return async_capture_events(hass, "smm_panel_service_changed")


async def add_preset(hass: HomeAssistant, entry: MockConfigEntry, **data: str) -> None:
    """Add a preset for followers, which reloads the account."""
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(
                {
                    "service": FOLLOWERS,
                    "service_name": NAME,
                    "fields": {"link": LINK, "quantity": 1000},
                    "administrators_only": True,
                    **data,
                }
            ),
            subentry_type="preset",
            title="My page",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def preset_entry(hass: HomeAssistant, setup_entry: MockConfigEntry) -> MockConfigEntry:
    """The account with a preset that has no largest charge."""
    await add_preset(hass, setup_entry)
    return setup_entry


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    """Let time pass, and all that it sets off."""
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def next_read(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Wait for the next turn of the watch."""
    await wait(hass, freezer, CATALOG_INTERVAL + CATALOG_CHECK_INTERVAL)


async def read_by_action(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Have the list read without a poll of the orders in between."""
    freezer.tick(timedelta(hours=2))
    await act(hass, "place_order", **ORDER | {"service": "211"}, dry_run=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Start the account anew, with what its files hold."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def stay_open(panel: PanelServer) -> None:
    """Let nobody hear that an order is completed."""
    panel.faults.add(Drop(), action="status", times=None)


def found(hass: HomeAssistant) -> list[str | None]:
    """Return the keys of the issues."""
    return [issue.translation_key for issue in issues(hass)]


async def test_without_presets_and_orders_nothing_is_read(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Who uses the balance alone must not load the panel with lists of megabytes."""
    for _ in range(3):
        await next_read(hass, freezer)

    assert panel.count("services") == 0


async def test_the_list_is_read_every_few_hours(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Some panels allow ten lists an hour, and users need them."""
    assert panel.count("services") == 1
    await wait(hass, freezer, CATALOG_INTERVAL - A_MINUTE)
    assert panel.count("services") == 1
    await wait(hass, freezer, CATALOG_CHECK_INTERVAL)
    assert panel.count("services") == 2

    await read_by_action(hass, freezer)
    assert panel.count("services") == 3
    await wait(hass, freezer, CATALOG_INTERVAL - A_MINUTE)
    assert panel.count("services") == 3
    await wait(hass, freezer, CATALOG_CHECK_INTERVAL)
    assert panel.count("services") == 4


async def test_a_removed_preset_is_not_watched(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The reads would go on for a service that nobody uses."""
    (preset,) = preset_entry.subentries
    hass.config_entries.async_remove_subentry(preset_entry, preset)
    await hass.async_block_till_done(wait_background_tasks=True)
    before = panel.count("services")

    await next_read(hass, freezer)

    assert panel.count("services") == before


@pytest.mark.parametrize(
    ("fault", "until_the_next"),
    [
        (Drop(), CATALOG_CHECK_INTERVAL),
        (Reply.html(), CATALOG_CHECK_INTERVAL),
        (Reply(text="[]"), CATALOG_CHECK_INTERVAL + CATALOG_INTERVAL),
    ],
)
async def test_a_failed_read_is_tried_again_and_tells_nothing(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    told: list[Event[Any]],
    fault: Drop | Reply,
    until_the_next: timedelta,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A panel that offers nothing for a moment has dropped no service."""
    panel.faults.add(fault, action="services")
    await next_read(hass, freezer)
    assert panel.count("services") == 2
    assert (told, found(hass)) == ([], [])
    assert preset_entry.state is ConfigEntryState.LOADED
    assert not [
        record for record in caplog.records if "smm_panel" in record.name and record.levelno > INFO
    ]

    await wait(hass, freezer, until_the_next)
    assert panel.count("services") == 3
    assert (told, found(hass)) == ([], [])


async def test_a_change_is_told_once(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    told: list[Event[Any]],
) -> None:
    """A price that rose unnoticed is paid with each order; one told daily is ignored."""
    changes = {"rate": "1.20", "min": 100, "cancel": False, "name": "Followers"}
    change_service(simulated, changes)
    await next_read(hass, freezer)

    expected = [
        {"field": "rate", "old": "0.90", "new": "1.20"},
        {"field": "min", "old": 50, "new": 100},
        {"field": "cancel", "old": True, "new": False},
    ]
    (event,) = told
    assert event.data.pop("device_id")
    assert event.data == {
        "config_entry_id": "account",
        "account": "Panel",
        "change": "changed",
        "gone": False,
        "service": FOLLOWERS,
        "name": "Followers",
        "currency": "USD",
        "changes": expected,
    }
    state = hass.states.get(ENTITY)
    assert state
    shown = {"event_type": "changed", "service": FOLLOWERS, "changes": expected}
    assert shown.items() <= state.attributes.items()

    await reload(hass, preset_entry)
    await next_read(hass, freezer)
    assert len(told) == 1


async def test_what_changed_while_the_account_was_not_loaded_is_told(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    told: list[Event[Any]],
) -> None:
    """Home Assistant is off when a panel changes its prices as often as not."""
    assert await hass.config_entries.async_unload(preset_entry.entry_id)
    change_service(simulated, {"type": "Package"})

    await hass.config_entries.async_setup(preset_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    (event,) = told
    assert event.data["changes"] == [{"field": "type", "old": "Default", "new": "Package"}]


async def test_a_service_that_goes_and_comes_back(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    told: list[Event[Any]],
) -> None:
    """What it was before must outlast its absence, and the restarts during that."""
    change_service(simulated, None)
    await next_read(hass, freezer)
    await reload(hass, preset_entry)
    change_service(simulated, {"max": 500})
    await next_read(hass, freezer)

    gone, returned = (event.data for event in told)
    assert (gone["change"], gone["gone"], gone["name"]) == ("gone", True, NAME)
    assert gone["changes"] == []
    assert (returned["change"], returned["gone"]) == ("returned", False)
    assert returned["changes"] == [{"field": "max", "old": 10_000, "new": 500}]


async def test_the_service_of_a_new_order_is_known_at_once(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    told: list[Event[Any]],
) -> None:
    """What the panel changes before the next read would pass for what was ordered."""
    await act(hass, "place_order", **ORDER)
    change_service(simulated, {"rate": "0.80"})

    await read_by_action(hass, freezer)

    assert [event.data["service"] for event in told] == [FOLLOWERS]
    assert found(hass) == []


@pytest.mark.parametrize(
    "content",
    [
        {"version": 1, "data": {"services": "none"}},
        {"version": 1, "data": {"services": [{"id": FOLLOWERS, "rate": "NaN"}, 7]}},
        {"version": 99, "data": {}},
    ],
)
async def test_a_file_that_cannot_be_read_is_begun_anew(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    told: list[Event[Any]],
    content: dict[str, Any],
) -> None:
    """Old prices are no reason to leave the account out."""
    assert await hass.config_entries.async_unload(preset_entry.entry_id)
    hass_storage[FILE] = {"minor_version": 1, "key": FILE} | content
    await hass.config_entries.async_setup(preset_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (preset_entry.state, told) == (ConfigEntryState.LOADED, [])

    change_service(simulated, {"rate": "0.80"})
    await next_read(hass, freezer)
    assert len(told) == 1


async def test_the_file_is_written_for_changes_only_and_goes_with_the_account(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Eight writes a day for nothing wear out the cards that small machines run on."""
    await next_read(hass, freezer)
    hass_storage.pop(FILE)
    await next_read(hass, freezer)
    assert FILE not in hass_storage
    change_service(simulated, {"rate": "0.80"})
    await next_read(hass, freezer)
    await wait(hass, freezer, CATALOG_CHECK_INTERVAL)
    assert hass_storage[FILE]["data"]["services"][0]["rate"] == "0.80"

    assert await hass.config_entries.async_remove(preset_entry.entry_id)
    assert FILE not in hass_storage


async def test_open_orders_of_a_service_that_is_gone(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nobody looks into the service list while waiting for an order."""
    stay_open(panel)
    await act(hass, "place_order", **ORDER)
    await act(hass, "place_order", **ORDER | {"link": f"{LINK}/2"})
    change_service(simulated, None)
    await read_by_action(hass, freezer)

    (issue,) = issues(hass)
    assert issue.translation_key == "orders_service_gone"
    assert not issue.is_fixable
    assert title(issue) == f"Panel: {NAME} (101) is gone while orders are open"
    assert issue.translation_placeholders
    assert issue.translation_placeholders["orders"] == "2"

    change_service(simulated, {})
    await read_by_action(hass, freezer)
    assert issues(hass) == []

    change_service(simulated, None)
    await read_by_action(hass, freezer)
    assert found(hass) == ["orders_service_gone"]
    panel.faults.clear()
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    assert issues(hass) == []


async def test_open_orders_whose_options_were_withdrawn(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A refill that was paid for is asked for while the panel still grants it, or never."""
    stay_open(panel)
    await act(hass, "place_order", **ORDER | {"service": REFILLABLE})
    change_service(simulated, {"refill": False, "cancel": False}, REFILLABLE)
    await read_by_action(hass, freezer)

    (issue,) = issues(hass)
    assert issue.translation_key == "orders_lost_options"
    assert issue.translation_placeholders
    lost = issue.translation_placeholders["options"]
    assert lost == "cancel, refill"

    change_service(simulated, {}, REFILLABLE)
    await read_by_action(hass, freezer)
    assert issues(hass) == []


async def test_a_rate_that_rose_is_confirmed_once(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_client: ClientSessionGenerator,
) -> None:
    """Without a largest charge nothing else stands between a preset and a tenfold price."""
    change_service(simulated, {"rate": "1.20"})
    await reload(hass, preset_entry)
    change_service(simulated, {"rate": "1.50"})
    await reload(hass, preset_entry)
    await reload(hass, preset_entry)

    (issue,) = issues(hass)
    dialog = await (await Repairs.of(hass, hass_client)).open(issue)
    assert "from 0.90 USD to 1.50 USD" in dialog.text
    assert "new rate: My page." in dialog.text
    assert (await dialog.send()).is_done
    await reload(hass, preset_entry)
    await reload(hass, preset_entry)
    assert issues(hass) == []

    change_service(simulated, {"rate": "1.60"})
    await reload(hass, preset_entry)
    assert found(hass) == ["price_changed"]
    change_service(simulated, {"rate": "1.50"})
    await reload(hass, preset_entry)
    assert issues(hass) == []


async def test_a_rate_that_rose_cannot_be_confirmed_while_the_account_is_not_loaded(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    hass_client: ClientSessionGenerator,
) -> None:
    """What was confirmed then would be asked again."""
    change_service(simulated, {"rate": "1.20"})
    await reload(hass, preset_entry)
    dialog = await (await Repairs.of(hass, hass_client)).open(issues(hass)[0])

    assert await hass.config_entries.async_unload(preset_entry.entry_id)

    assert "not loaded" in (await dialog.send()).abort


async def test_a_rate_that_rose_within_the_largest_charge_is_no_repair(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    told: list[Event[Any]],
) -> None:
    """The user has said already what may be paid."""
    await add_preset(hass, setup_entry, max_charge="2")
    change_service(simulated, {"rate": "1.20"})

    await next_read(hass, freezer)

    assert (len(told), issues(hass)) == (1, [])


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"min": 2000}, "quantity", "too_few"),
        ({"max": 500}, "quantity", "too_many"),
        ({"type": "Package"}, "quantity", "not_allowed"),
        ({"type": "Poll"}, "answer_number", "required"),
    ],
)
async def test_a_preset_that_no_longer_fits_is_a_repair_and_refused(
    hass: HomeAssistant,
    preset_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    changes: dict[str, Any],
    field: str,
    reason: str,
) -> None:
    """The panel would refuse the order, or deliver something else."""
    change_service(simulated, changes)
    await next_read(hass, freezer)

    (issue,) = issues(hass)
    assert issue.translation_key == "preset_unfit"
    assert issue.translation_placeholders
    assert issue.translation_placeholders["field"] == field
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.my_page_place_order"}, blocking=True
        )
    assert error.value.translation_key == f"invalid_order_{reason}"
    with pytest.raises(ServiceValidationError):
        await act(hass, "place_order", preset="My page")
    assert panel.count("add") == 0

    change_service(simulated, {})
    await next_read(hass, freezer)
    assert issues(hass) == []
