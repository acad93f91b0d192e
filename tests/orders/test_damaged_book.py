"""An order book that cannot be read whole, as real files on a real disk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
import errno
import json
from pathlib import Path
import stat
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.const import CONF_DAILY_BUDGET
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.book_files import BookFiles, disk_full
from tests.helpers.orders import FOLLOWERS, placed_elsewhere
from tests.helpers.repairs import Repairs, issues, title

type Row = dict[str, Any]
type Damaging = Callable[[Row], object]

GOOD: Row = {
    "local_id": "01",
    "placement": "unconfirmed",
    "added_at": "2026-11-02T12:00:00+00:00",
    "service": FOLLOWERS,
    "name": "Followers",
    "link": "https://example.com/good",
    "quantity": 1000,
    "estimate": "0.90",
}
SPENT: Row = {
    "at": "2026-11-02T12:00:00+00:00",
    "currency": "USD",
    "amounts": {"estimate": "0.50", "charge": "0.50", "given_back": "0"},
}
WRITE = "custom_components.smm_panel.orders.book_store.Path.write_bytes"


def content() -> Row:
    """Return what a file in order holds."""
    return {
        "version": 1,
        "minor_version": 1,
        "key": "smm_panel.account",
        "data": {
            "generation": "first",
            "orders": [dict(GOOD)],
            "slots": {"1": "01"},
            "forgotten": [dict(SPENT)],
            "before": [dict(SPENT)],
            "damage": None,
        },
    }


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Nothing, in the place of the test plugin's files in memory."""
    return {}


@dataclass(frozen=True)
class BookFile:
    """The file of the order book."""

    path: Path

    def write(self, content: bytes | Row) -> None:
        """Put something in the place of the file."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.path.write_bytes(data)

    @property
    def content(self) -> bytes:
        """What is in the file."""
        return self.path.read_bytes()

    @property
    def rows(self) -> list[Row]:
        """The orders in the file, and in the journal that goes on from it."""
        return BookFiles(folder=self.path.parent, name=self.path.name).rows

    @property
    def kept(self) -> list[BookFile]:
        """The files beside it that have to do with it, but for the journal."""
        found = set(self.path.parent.glob(f"{self.path.name}*")) - {self.services.path}
        names = {self.path.name, f"{self.path.name}.journal"}
        return [BookFile(path) for path in sorted(found) if path.name not in names]

    @property
    def services(self) -> BookFile:
        """The file of the known services, which is nobody's order book."""
        return BookFile(self.path.with_name(f"{self.path.name}.services"))

    @property
    def mode(self) -> int:
        """Who may read and write the file."""
        return stat.S_IMODE(self.path.stat().st_mode)


@pytest.fixture
def file(hass_config_dir: str) -> BookFile:
    """The file of the order book, which is not there yet."""
    folder = Path(hass_config_dir) / ".storage"
    folder.mkdir(exist_ok=True)
    return BookFile(folder / "smm_panel.account")


@pytest.fixture
async def repairs(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repairs:
    """The page with the repairs."""
    return await Repairs.of(hass, hass_client)


def state_of(entry: MockConfigEntry) -> ConfigEntryState:
    """Return the state of an entry, which mypy takes for constant between two asserts."""
    return entry.state


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up the account from its files; a second time it is a restart."""
    if entry.state is ConfigEntryState.LOADED:
        assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def start_again(hass: HomeAssistant) -> None:
    """Let Home Assistant set up what it is to try again by now."""
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def is_refused(hass: HomeAssistant, **fields: object) -> bool:
    """Try to place an order; tell whether it is refused because of the book."""
    try:
        await act(hass, "place_order", **ORDER | fields)
    except ServiceValidationError as err:
        return err.translation_key == "book_damaged"
    return False


async def test_a_file_in_order_raises_no_alarm(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, panel: PanelServer
) -> None:
    """The other tests here would mean nothing if any file were taken for damaged."""
    file.write(content())

    await start(hass, entry)

    assert [issue.translation_key for issue in issues(hass)] == ["unconfirmed_order"]
    assert file.kept == []
    assert not await is_refused(hass)
    assert [row["link"] for row in file.rows] == [GOOD["link"], LINK]


WHOLE = json.dumps(content()).encode()
NO_STORE = {
    "half-written": WHOLE[: len(WHOLE) // 2],
    "empty": b"",
    "zeros": bytes(4096),
    "garbage": b"\x93\x00\xff\xfe{]",
    "a list": b"[]",
    "nothing": b"null",
    "an empty object": b"{}",
    "a version without data": b'{"version": 1, "minor_version": 2}',
    "data without a version": b'{"data": {"orders": []}}',
    "data of another kind": b'{"version": 1, "minor_version": 2, "data": [1, 2]}',
    "a version of another kind": b'{"version": "1", "data": {"orders": []}}',
    "a minor version of another kind": b'{"version": 1, "minor_version": "x", "data": {}}',
    "no number": WHOLE.replace(b"1000", b"NaN"),
    "no text": WHOLE.replace(b"Followers", b"\xff"),
    "half a character": WHOLE.replace(b"Followers", b"\\ud800"),
    "another encoding": WHOLE.decode().encode("utf-16"),
    "a bottomless list": b"[" * 100_000,
}


@pytest.mark.parametrize("damaged", NO_STORE.values(), ids=NO_STORE)
async def test_a_file_that_is_no_order_book(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    file: BookFile,
    panel: PanelServer,
    repairs: Repairs,
    damaged: bytes,
) -> None:
    """Begun anew in silence, the book would lose open orders and what was spent."""
    file.write(damaged)

    await start(hass, entry)

    assert state_of(entry) is ConfigEntryState.LOADED
    (kept,) = file.kept
    assert kept.content == damaged
    assert kept.mode == 0o600
    assert (await act(hass, "get_orders"))["orders"] == []
    (issue,) = ir.async_get(hass).issues.values()
    assert title(issue) == "The order book of Panel is damaged"
    assert issue.severity is ir.IssueSeverity.CRITICAL
    assert issue.translation_placeholders == {"account": "Panel", "file": kept.path.name}
    assert kept.path.name in (await repairs.open(issue)).text
    assert await is_refused(hass)
    assert panel.count("add") == 0
    assert file.rows == []


def bad_row(**fields: object) -> Damaging:
    """Put a row that differs in these fields from a good one before it."""
    return lambda data: data["orders"].insert(
        0, GOOD | {"local_id": "00", "panel_id": "7"} | fields
    )


PARTLY = {
    "a field nobody knows": bad_row(colour="red"),
    "a quantity as text": bad_row(quantity="1000"),
    "a link as number": bad_row(link=5),
    "money as number": bad_row(estimate=0.9),
    "money that is none": bad_row(estimate="free"),
    "money without end": bad_row(estimate="Infinity"),
    "an unknown placement": bad_row(placement="lost"),
    "a placement of another kind": bad_row(placement=[]),
    "a time without zone": bad_row(added_at="2026-11-02T12:00:00"),
    "a date instead of a time": bad_row(added_at="2026-11-02"),
    "a time that is none": bad_row(added_at="yesterday"),
    "a report of another kind": bad_row(report=[]),
    "a report with an unknown status": bad_row(report={"status": "?", "status_text": ""}),
    "refills of another kind": bad_row(refills={}),
    "nothing but a local id": lambda data: data["orders"].insert(0, {"local_id": "00"}),
    "no row": lambda data: data["orders"].insert(0, None),
    "a list for a row": lambda data: data["orders"].append([]),
    "a bad number in spending": lambda data: data["forgotten"].append(
        SPENT | {"amounts": {"charge": "1,5"}}
    ),
    "spending as text": lambda data: data["before"].append("0.50"),
    "spending of another kind": lambda data: data.update(forgotten={}),
    "damage of another kind": lambda data: data.update(damage="yes"),
}


@pytest.mark.parametrize("damage", PARTLY.values(), ids=PARTLY)
async def test_what_can_be_read_is_in_use(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    file: BookFile,
    panel: PanelServer,
    damage: Damaging,
) -> None:
    """One bad record must not cost the others, nor go unnoticed."""
    stored = content()
    damage(stored["data"])
    damaged = json.dumps(stored).encode()
    file.write(damaged)

    await start(hass, entry)

    assert state_of(entry) is ConfigEntryState.LOADED
    (answer,) = (await act(hass, "get_orders"))["orders"]
    assert (answer["link"], answer["status"]) == (GOOD["link"], "unconfirmed")
    assert {issue.translation_key for issue in issues(hass)} == {
        "book_damaged",
        "unconfirmed_order",
    }
    (kept,) = file.kept
    assert kept.content == damaged
    assert kept.mode == 0o600
    assert [row["local_id"] for row in file.rows] == ["01"]
    assert await is_refused(hass)
    assert panel.count("add") == 0


@pytest.mark.parametrize("orders", [None, {}, "none"])
async def test_without_its_orders_the_book_still_knows_what_was_spent(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, orders: object
) -> None:
    """The sums are records of their own."""
    stored = content()
    stored["data"]["orders"] = orders
    file.write(stored)

    await start(hass, entry)

    spent = hass.states.get("sensor.panel_spent_in_total")
    assert spent
    assert Decimal(spent.state) == Decimal("1.00")
    assert [issue.translation_key for issue in issues(hass)] == ["book_damaged"]


async def test_orders_go_on_once_the_damage_is_confirmed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    file: BookFile,
    panel: PanelServer,
    repairs: Repairs,
) -> None:
    """Whoever has not looked at the panel's list must not spend twice, restart or not."""
    file.write(b"garbage")
    await start(hass, entry)
    assert await is_refused(hass)

    await start(hass, entry)

    (issue,) = issues(hass)
    assert await is_refused(hass)
    (kept,) = file.kept
    assert issue.translation_placeholders == {"account": "Panel", "file": kept.path.name}
    form = await repairs.open(issue)
    assert (form.step, form.fields, form.error) == ("confirm", {}, None)
    assert await is_refused(hass)
    assert (await form.send()).is_done
    assert issues(hass) == []
    assert not await is_refused(hass)
    assert panel.count("add") == 1

    await start(hass, entry)

    assert issues(hass) == []
    assert [row["link"] for row in file.rows] == [LINK]
    assert not await is_refused(hass, link=f"{LINK}/2")
    assert file.kept == [kept]


async def test_a_dry_run_is_refused_too(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile
) -> None:
    """A dry run that passes must not be refused when it is repeated in earnest."""
    file.write(b"garbage")
    await start(hass, entry)

    assert await is_refused(hass, dry_run=True)


async def test_lost_orders_can_be_added_before_the_damage_is_confirmed(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, simulated: SimulatedPanel
) -> None:
    """The repair itself advises to."""
    order = placed_elsewhere(simulated)
    file.write(b"garbage")
    await start(hass, entry)

    await act(hass, "track_orders", orders=order)
    await start(hass, entry)

    assert [row["panel_id"] for row in file.rows] == [order]
    assert [issue.translation_key for issue in issues(hass)] == ["book_damaged"]


async def test_what_was_spent_still_counts_against_the_budget(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, repairs: Repairs
) -> None:
    """Confirming the damage is no leave to spend what good rows hold."""
    hass.config_entries.async_update_entry(entry, options={CONF_DAILY_BUDGET: "1"})
    stored = content()
    stored["data"]["orders"] = [GOOD | {"added_at": dt_util.utcnow().isoformat()}, None]
    file.write(stored)
    await start(hass, entry)
    (issue,) = (item for item in issues(hass) if item.translation_key == "book_damaged")
    assert (await (await repairs.open(issue)).send()).is_done

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER)

    assert error.value.translation_key == "over_daily_budget"


async def test_a_full_disk_keeps_orders_from_going_on(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, repairs: Repairs
) -> None:
    """Confirmed in memory only, the damage would be news again after the restart."""
    file.write(b"garbage")
    await start(hass, entry)
    form = await repairs.open(issues(hass)[0])
    text = form.text

    with disk_full():
        form = await form.send()

    assert form.error == (
        "This could not be written to disk. Make room or repair the disk, then try again."
    )
    assert form.text == text
    assert len(issues(hass)) == 1
    assert await is_refused(hass, dry_run=True)
    assert (await form.send()).is_done
    assert issues(hass) == []
    assert not await is_refused(hass, dry_run=True)


async def test_a_dialog_of_an_unloaded_account_gives_up(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, repairs: Repairs
) -> None:
    """The order book in memory is no longer the one that counts."""
    file.write(b"garbage")
    await start(hass, entry)
    form = await repairs.open(issues(hass)[0])
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == []

    assert (await form.send()).abort == (
        "The account is not loaded. Wait until it is, then try again."
    )

    await start(hass, entry)
    assert len(issues(hass)) == 1
    assert await is_refused(hass, dry_run=True)


def write_half(path: Path, data: bytes) -> int:
    """Write until the disk is full."""
    with path.open("wb") as stream:
        stream.write(data[: len(data) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "damaged",
    [b"garbage", WHOLE.replace(b"1000", b'"many"')],
    ids=["no order book", "read in part"],
)
async def test_a_file_that_cannot_be_set_aside_stays_as_it_is(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    file: BookFile,
    freezer: FrozenDateTimeFactory,
    damaged: bytes,
) -> None:
    """Overwritten on a full disk it would be lost, with no copy of it."""
    file.write(damaged)

    with patch(WRITE, write_half):
        await start(hass, entry)
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        assert "No space left on device" in (entry.reason or "")
        assert file.content == damaged
        assert file.kept == []
        assert issues(hass) == []

    freezer.tick(timedelta(minutes=2))
    await start_again(hass)

    assert state_of(entry) is ConfigEntryState.LOADED
    assert [kept.content for kept in file.kept] == [damaged]
    assert "book_damaged" in {issue.translation_key for issue in issues(hass)}


async def test_trying_again_makes_no_second_copy(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, freezer: FrozenDateTimeFactory
) -> None:
    """Set-up is tried again for hours: copies would fill what is left of the disk."""
    file.write(b"garbage")

    with disk_full():
        await start(hass, entry)
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        freezer.tick(timedelta(minutes=2))
        await start_again(hass)
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        assert file.content == b"garbage"
    freezer.tick(timedelta(minutes=10))
    await start_again(hass)

    assert state_of(entry) is ConfigEntryState.LOADED
    assert [kept.content for kept in file.kept] == [b"garbage"]


async def test_a_file_of_a_newer_version_is_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile
) -> None:
    """After going back to an older version the newer one must find its orders again."""
    newer = json.dumps(content() | {"version": 2, "minor_version": 1}).encode()
    file.write(newer)

    await start(hass, entry)

    assert state_of(entry) is not ConfigEntryState.LOADED
    assert file.content == newer
    assert file.kept == []


async def test_a_file_of_a_newer_minor_version_with_unknown_fields_is_kept(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile
) -> None:
    """What a newer version wrote of an order is not dropped in silence."""
    stored = content() | {"minor_version": 2}
    stored["data"]["orders"][0]["priority"] = "high"
    file.write(stored)

    await start(hass, entry)

    assert state_of(entry) is ConfigEntryState.LOADED
    (kept,) = file.kept
    assert kept.rows[0]["priority"] == "high"
    assert [issue.translation_key for issue in issues(hass)] == ["book_damaged"]


@pytest.mark.parametrize("damaged", NO_STORE.values(), ids=NO_STORE)
async def test_a_damaged_file_of_known_services_raises_no_alarm(
    hass: HomeAssistant, entry: MockConfigEntry, file: BookFile, panel: PanelServer, damaged: bytes
) -> None:
    """Home Assistant would advise to restore a backup, for a list that the panel has."""
    services = file.services
    services.write(damaged)

    await start(hass, entry)

    assert state_of(entry) is ConfigEntryState.LOADED
    assert not ir.async_get(hass).issues
    await act(hass, "place_order", **ORDER)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert b"Instagram Followers" in services.content
    assert services.mode == 0o600
