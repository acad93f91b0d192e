"""What all tests share."""

# First of all imports: Home Assistant's test plugin brings a package of this name too,
# and the loader looks for integrations in the one that was imported first.
import custom_components  # noqa: F401, I001 (imported for its effect, before the rest)

from collections.abc import AsyncIterator
from random import Random
import socket

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer

API_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find our integration in every test that runs one.

    Tests without Home Assistant (the API client, the simulator) are left alone:
    starting one for them would only cost time.
    """
    if "hass" not in request.fixturenames:
        return
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")  # must exist before hass does
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Leave out of snapshots what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def simulated() -> SimulatedPanel:
    """A panel whose orders all complete, on Home Assistant's clock."""
    return SimulatedPanel(
        clock=dt_util.utcnow,
        random=Random(1),
        odds=Odds(partial=0, canceled=0, refill_rejected=0),
        api_key=API_KEY,
    )


@pytest.fixture
async def panel(simulated: SimulatedPanel, socket_enabled: None) -> AsyncIterator[PanelServer]:
    """The simulated panel over HTTP on the loopback interface."""
    async with PanelServer(simulated) as server:
        yield server


@pytest.fixture
def entry(hass: HomeAssistant, panel: PanelServer) -> MockConfigEntry:
    """A config entry of an account on the panel, not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id="account",
        title="Panel",
        data={CONF_URL: panel.url, CONF_API_KEY: API_KEY},
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def setup_entry(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """The account, set up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


@pytest.fixture
def free_port(socket_enabled: None) -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def any_key(simulated: SimulatedPanel) -> None:
    """Let the panel take any key, as if each were an account of its own."""
    simulated.api_key = None
