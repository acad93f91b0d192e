"""The practice account: a simulated panel that survives restarts."""

import asyncio
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.api import OrderReport, OrderRequest, PanelClient
from custom_components.smm_panel.const import CONF_PRACTICE, DOMAIN
from custom_components.smm_panel.practice import PracticeTransport

from .helpers.orders import FOLLOWERS

ENTRY_ID = "practice_entry"
KEY = f"{DOMAIN}.{ENTRY_ID}.practice"

ORDER = OrderRequest(
    service=FOLLOWERS, type="Default", link="https://example.com/practice", quantity=100
)


async def load(hass: HomeAssistant) -> PanelClient:
    """Return a client of the practice account as a start of Home Assistant finds it."""
    return PanelClient(await PracticeTransport.async_load(hass, ENTRY_ID))


@pytest.fixture
def practice_entry(hass: HomeAssistant) -> MockConfigEntry:
    """A config entry of the practice account, not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=ENTRY_ID,
        title="Practice account",
        data={CONF_PRACTICE: True},
    )
    entry.add_to_hass(hass)
    return entry


async def test_an_order_is_on_disk_when_its_id_is_known(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """An order whose id was told must not be gone after a crash."""
    client = await load(hass)

    placed = await client.add(ORDER)

    assert placed.order in str(hass_storage[KEY]["data"])
    restarted = await load(hass)
    [report] = (await restarted.status([placed.order])).values()
    assert isinstance(report, OrderReport)
    assert await restarted.balance() == await client.balance()


async def test_the_answer_waits_for_the_disk(hass: HomeAssistant) -> None:
    """An answer before the save would leave a moment in which a crash loses the order."""
    client = await load(hass)
    may_write = asyncio.Event()
    writing = asyncio.Event()

    async def slow_save(self: Store[dict[str, Any]], data: dict[str, Any]) -> None:
        writing.set()
        await may_write.wait()

    with patch.object(Store, "async_save", slow_save):
        add = hass.async_create_task(client.add(ORDER))
        await writing.wait()
        assert not add.done()
        may_write.set()
        assert (await add).order


async def test_reading_writes_nothing(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Polls go on for ever; a write at each would wear out the SD card."""
    client = await load(hass)
    placed = await client.add(ORDER)
    del hass_storage[KEY]

    await client.balance()
    await client.services()
    await client.status([placed.order])

    assert KEY not in hass_storage


async def test_a_change_whose_caller_gave_up_is_saved_later(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """A caller cancelled during the save must not leave its order in memory alone."""
    client = await load(hass)
    with (
        patch.object(Store, "async_save", side_effect=asyncio.CancelledError),
        pytest.raises(asyncio.CancelledError),
    ):
        await client.add(ORDER)
    assert KEY not in hass_storage

    await client.balance()

    assert ORDER.link is not None
    assert ORDER.link in str(hass_storage[KEY])


@pytest.mark.usefixtures("hass_storage")
async def test_a_full_disk_is_logged_and_the_order_placed(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Practice must go on while the disk is full: there is nothing real to lose."""
    client = await load(hass)

    with patch.object(Store, "_async_write_data", side_effect=WriteError("disk full")):
        placed = await client.add(ORDER)

    assert "disk full" in caplog.text
    [report] = (await client.status([placed.order])).values()
    assert isinstance(report, OrderReport)


@pytest.mark.usefixtures("hass_storage")
async def test_orders_move_on_while_home_assistant_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A panel works on whether or not somebody watches, and so must a simulated one."""
    placed = await (await load(hass)).add(ORDER)

    freezer.tick(24 * 60 * 60)
    [report] = (await (await load(hass)).status([placed.order])).values()

    assert isinstance(report, OrderReport)
    assert report.status.is_final


async def test_removing_the_account_removes_its_file(
    hass: HomeAssistant, practice_entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A practice account that is added again must start anew."""
    assert await hass.config_entries.async_setup(ENTRY_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    await practice_entry.runtime_data.client.add(ORDER)
    assert KEY in hass_storage

    await hass.config_entries.async_remove(ENTRY_ID)

    assert KEY not in hass_storage


async def test_a_file_of_something_else(
    hass: HomeAssistant, practice_entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A damaged file must be told of, not be overwritten, nor end in a traceback."""
    stored = {"version": 1, "minor_version": 1, "key": KEY, "data": {"orders": "none"}}
    hass_storage[KEY] = dict(stored)

    await hass.config_entries.async_setup(ENTRY_ID)

    assert practice_entry.state is ConfigEntryState.SETUP_ERROR
    assert practice_entry.error_reason_translation_key == "practice_unreadable"
    assert hass_storage[KEY] == stored
