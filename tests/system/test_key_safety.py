"""The API key is in requests' bodies and in the stored config entry, and nowhere else."""

from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
import json
from typing import Any
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.api import HttpTransport
from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Fault, FaultScript, Reply
from custom_components.smm_panel.simulator.server import PATH, create_app
from tests.conftest import API_KEY, HowMany
from tests.helpers.actions import ORDER, act, act_blindly
from tests.helpers.book_files import BookFiles
from tests.helpers.busy_machine import ALL_TIMED_OUT, endless_delays
from tests.helpers.flows import submit
from tests.helpers.key_quotes import broken_answers, replies
from tests.helpers.key_watch import KeyWatch
from tests.helpers.orders import REFILLABLE
from tests.helpers.repairs import Repairs, issues
from tests.platforms.test_services import CALLS

from .test_fault_table import FAULTS, SMALL

pytestmark = pytest.mark.long("every fault of a panel, searched for the key")

ODD_KEY = "Aé/+\"&<'%=" + API_KEY
"""A key that each way of writing spells otherwise."""


@dataclass(kw_only=True)
class WatchedPanel:
    """The simulated panel on a web server that looks at every request for the key."""

    panel: SimulatedPanel
    watch: KeyWatch
    faults: FaultScript = field(default_factory=FaultScript)
    broken: deque[bytes] = field(default_factory=deque)
    """Sent in the place of answers, one for each request."""

    requests: int = 0

    def app(self) -> web.Application:
        """Make the application; every other address of it belongs to the panel too."""
        app = create_app(self.panel, faults=self.faults, received=lambda _: None)
        app.middlewares.append(self._look)
        return app

    @web.middleware
    async def _look(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own type is private
        self.requests += 1
        self.watch.look_at("request", f"{request.method} {request.raw_path} {request.headers}")
        assert request.method == "POST"
        assert self.watch.is_in(await request.text()) or not self.panel.api_key
        if not self.broken:
            answer: web.StreamResponse = await handler(request)
            return answer
        assert request.transport is not None
        request.transport.write(self.broken.popleft())
        request.transport.close()
        return web.Response()


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a write that would have to wait for its turn be told so at once."""
    monkeypatch.setattr("custom_components.smm_panel.api.pacing._LONGEST_WAIT_FOR_TURN", 0)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Let a time-out take no time."""
    with endless_delays(ALL_TIMED_OUT):
        yield


@pytest.fixture
def watch() -> Iterator[KeyWatch]:
    """The search for the key, while it hears the log."""
    with KeyWatch(core=API_KEY) as watch:
        yield watch


@pytest.fixture(params=[API_KEY, ODD_KEY], ids=["usual key", "odd key"])
def key(request: pytest.FixtureRequest) -> str:
    """The key of the account."""
    return str(request.param)


@pytest.fixture
def watched(simulated: SimulatedPanel, watch: KeyWatch, key: str) -> WatchedPanel:
    """The panel of the account."""
    simulated.api_key = key
    return WatchedPanel(panel=simulated, watch=watch)


@pytest.fixture
async def url(watched: WatchedPanel, socket_enabled: None) -> AsyncIterator[str]:
    """The address of the panel, once it answers."""
    async with TestServer(watched.app()) as server:
        yield str(server.make_url(PATH))


@pytest.fixture
async def account(hass: HomeAssistant, url: str, key: str, watch: KeyWatch) -> ConfigEntry:
    """The account, set up as the user does, with little room for answers."""
    watch.listen(hass)
    form = await account_form(hass)
    with patch("custom_components.smm_panel.HttpTransport", partial(HttpTransport, limits=SMALL)):
        result = await submit(hass, form, url=url, api_key=key)
    entry: ConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def account_form(hass: HomeAssistant) -> Any:  # noqa: ANN401 - the result of a flow
    """Open the form that asks for address and key."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "account"}
    )


async def try_it(
    hass: HomeAssistant, account: ConfigEntry, watch: KeyWatch, action: str, **fields: object
) -> bool:
    """Perform an action with its answer taken and not, let polls go on, and look at all of it.

    Tell whether the panel wants to be left alone now.
    """
    errors: list[Exception] = []
    for perform in (act, act_blindly):
        if perform is act_blindly and action.startswith("get_"):
            continue
        try:
            watch.look_at("answer", json.dumps(await perform(hass, action, **fields)))
        except HomeAssistantError as err:
            errors.append(err)
    for coordinator in (
        account.runtime_data.orders_coordinator,
        account.runtime_data.balance_coordinator,
    ):
        await coordinator.async_refresh()
        if coordinator.last_exception is not None:
            errors.append(coordinator.last_exception)
    for error in errors:
        watch.look_at_error("raised", error)
    watch.look_around(hass)
    assert not watch.leaks
    return any("rate_limited" in str(getattr(error, "translation_key", "")) for error in errors)


async def start_afresh(hass: HomeAssistant, account: ConfigEntry) -> None:
    """Let the client forget what the panel taught it: it may be holding back requests."""
    with patch("custom_components.smm_panel.HttpTransport", partial(HttpTransport, limits=SMALL)):
        await hass.config_entries.async_reload(account.entry_id)
    assert account.state is ConfigEntryState.LOADED


def table_faults(result: str) -> Iterator[Fault]:
    """Give the faults that every write is tried with; `result` confirms this one."""
    for fault, _ in FAULTS.values():
        if isinstance(fault, Reply):
            yield replace(fault, text=fault.text.replace("{result}", result))
        elif fault is not None:
            yield fault


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("action", "call"), CALLS.items(), ids=CALLS)
async def test_the_key_stays_where_it_belongs(
    hass: HomeAssistant,
    account: ConfigEntry,
    watched: WatchedPanel,
    watch: KeyWatch,
    key: str,
    hass_storage: dict[str, Any],
    book_files: BookFiles,
    hass_client: ClientSessionGenerator,
    how_many: HowMany,
    action: str,
    call: tuple[dict[str, Any], str],
) -> None:
    """Whoever reads a log, a dashboard, a backup or a bug report could spend the balance."""
    assert await async_setup_component(hass, "diagnostics", {})
    repairs = await Repairs.of(hass, hass_client)
    order: str = (await act(hass, "place_order", **ORDER | {"service": REFILLABLE}))["order"]
    fields, panel_action = call
    fields = {name: order if text == "1" else text for name, text in fields.items()}
    asked = dict.fromkeys([panel_action, *(["services"] if "service" in fields else [])])
    faults = (*table_faults(panel_action), *replies(key, order), *broken_answers(key))
    # Most spellings of the usual key are one and the same.
    different = {repr(fault): fault for fault in faults}.values()
    script: list[tuple[str, Fault | bytes]] = [(on, fault) for on in asked for fault in different]

    # The actions take turns: between them the ordinary run meets all faults, the long one
    # every fault with every action.
    turns = how_many(len(CALLS), 1)
    script = script[list(CALLS).index(action) % turns :: turns]
    for number, (on, fault) in enumerate(script):
        if isinstance(fault, bytes):
            watched.broken.extend([fault] * 2)
        else:
            watched.faults.add(fault, action=on, times=None)
        if action == "place_order":
            fields["link"] = f"https://example.com/{number}"
        is_paused = await try_it(hass, account, watch, action, **fields)
        watched.broken.clear()
        watched.faults.clear()
        if is_paused or number % 20 == 0:
            await start_afresh(hass, account)

    # A spoilt service list raises issues of other kinds, which have no dialog.
    fixable = [item for item in issues(hass) if item.is_fixable]
    for issue in fixable[:3]:
        dialog = await repairs.open(issue)
        watch.look_at("repair", dialog.text)
        watch.look_at("repair", (await dialog.choose("placed")).text)
    shown = await get_diagnostics_for_config_entry(hass, hass_client, account)
    watch.look_at("diagnostics", json.dumps(shown))
    async_fire_time_changed(hass, dt_util.utcnow().replace(year=2040))
    await hass.async_block_till_done(wait_background_tasks=True)
    watch.look_at_files(hass_storage)
    (journal,) = book_files.folder.glob("*.journal")
    watch.look_at("file of the order book", journal.read_text("utf-8"))
    assert not watch.leaks
    assert watch.is_in(json.dumps(hass_storage["core.config_entries"], ensure_ascii=False))
    assert watch.seen > 50 * len(script)
    assert watched.requests > len(script)
