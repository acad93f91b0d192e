"""What all tests share."""

# First of all imports: Home Assistant's test plugin brings a package of this name too,
# and the loader looks for integrations in the one that was imported first.
import custom_components  # noqa: F401, I001 (imported for its effect, before the rest)

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
import logging
from pathlib import Path
from random import Random
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer

from .helpers.book_files import BookFiles
from .helpers.busy_machine import leave_out_stopwatch

API_KEY = "0123456789abcdef0123456789abcdef"

SLOW_TIMEOUT = 3600
"""Seconds for one test with --slow; the ordinary time-out is in pyproject.toml."""

LEFT_OUT = pytest.StashKey[Counter[str]]()
"""How many tests --quick leaves out, by what they are."""

MOST_CASES = 2
"""Of one test, with --quick."""

type HowMany = Callable[[int, int], int]

# No deadlines: on a busy machine an example takes as long as it takes, and so does making it.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", PATIENT)
settings.register_profile("quick", PATIENT, max_examples=20)
settings.register_profile("slow", PATIENT, max_examples=2_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options --slow and --quick."""
    parser.addoption(
        "--slow",
        action="store_true",
        help="run the long forms: tests marked slow too, more examples, higher numbers",
    )
    parser.addoption(
        "--quick", action="store_true", help="leave out the tests marked long, and say which"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples property-based tests try, and what is logged and kept."""
    forms = [form for form in ("slow", "quick") if config.getoption(f"--{form}")]
    if len(forms) > 1:
        raise pytest.UsageError("--slow and --quick are opposites")
    settings.load_profile(forms[0] if forms else "default")
    leave_out_stopwatch()
    # Home Assistant ends threads that are not done within parts of this; where it ends one of
    # several that idle, the others are never told to end.
    patch("homeassistant.util.executor.EXECUTOR_SHUTDOWN_TIMEOUT", 600).start()
    # No test looks at the SQL that the test plugin wants in the log.
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every test more time with --slow, and leave out what was not asked for."""
    if config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(SLOW_TIMEOUT))
    else:
        _leave_out(config, items, [item for item in items if item.get_closest_marker("slow")])
    if config.getoption("--quick"):
        left_out: Counter[str] = Counter()
        config.stash[LEFT_OUT] = left_out
        long = [(item, mark) for item in items if (mark := item.get_closest_marker("long"))]
        left_out.update(f"{item.nodeid.partition('::')[0]}: {mark.args[0]}" for item, mark in long)
        _leave_out(config, items, [item for item, _ in long])
        cases = [*_cases_too_many(items)]
        left_out[f"all but {MOST_CASES} cases of tests that have more"] = len(cases)
        _leave_out(config, items, cases)


def _cases_too_many(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Give most cases of the tests that have many; some of all kinds stay."""
    tests: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    for cases in tests.values():
        stay = {number * len(cases) // MOST_CASES for number in range(MOST_CASES)}
        yield from (case for number, case in enumerate(cases) if number not in stay)


def _leave_out(config: pytest.Config, items: list[pytest.Item], those: list[pytest.Item]) -> None:
    if those:
        config.hook.pytest_deselected(items=those)
        gone = set(those)
        items[:] = [item for item in items if item not in gone]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a process of pytest-xdist tell the one that prints what it has left out."""
    left_out = session.config.stash.get(LEFT_OUT, None)
    if left_out and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - pytest-xdist has no types
    """Hear it from each; they all left out the same."""
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[LEFT_OUT] = Counter(left_out)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what --quick has left out, so that nobody takes it for everything."""
    if left_out := config.stash.get(LEFT_OUT, None):
        terminalreporter.section("left out by --quick")
        for what, tests in sorted(left_out.items()):
            terminalreporter.line(f"{what} ({tests} tests)")


@pytest.fixture(scope="session")
def how_many(pytestconfig: pytest.Config) -> HowMany:
    """Choose a number: `how_many(5, 50)` is 5, or 50 with --slow."""
    return lambda ordinary, slow: slow if pytestconfig.getoption("--slow") else ordinary


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(pytestconfig: pytest.Config) -> None:
    """Let asyncio check what it can (who calls from which thread), as the test plugin does.

    Where a future was made is kept with --slow only: it takes as long as all the rest.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    if not pytestconfig.getoption("--slow"):
        patch.object(loop, "get_debug", lambda: False).start()  # what futures and handles ask


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
def hass_config_dir(tmp_path: Path) -> str:
    """A folder of its own for each test, where it writes what the test plugin does not catch."""
    return str(tmp_path)


@pytest.fixture
def book_files(hass_config_dir: str, hass_storage: dict[str, Any]) -> BookFiles:
    """The files of the order book."""
    return BookFiles(folder=Path(hass_config_dir) / ".storage", storage=hass_storage)


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
