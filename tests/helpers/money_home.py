"""A Home Assistant that runs one account, and can be killed and started again at any moment."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, override
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    INSTANCES,
    MockConfigEntry,
    async_test_home_assistant,
    mock_storage,
)

from custom_components.smm_panel.api import Answer
from custom_components.smm_panel.const import CONF_ORDER_SLOTS, DOMAIN
from custom_components.smm_panel.orders import OrderBook

from .money_panel import FakePanel


@dataclass(frozen=True, kw_only=True)
class Disk:
    """What outlives a run: the files of `Store`, kept in memory, and a folder for the others."""

    stored: dict[str, Any]
    folder: Path

    @property
    def journals(self) -> Path:
        """The folder in which the order books keep their journals."""
        return self.folder / ".storage"

    def wipe(self) -> None:
        """Delete all files."""
        self.stored.clear()
        rmtree(self.journals, ignore_errors=True)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Put everything back as it is now when the context is left."""
        stored = deepcopy(self.stored)
        files = {path: path.read_bytes() for path in self.journals.glob("*")}
        yield
        self.wipe()
        self.stored.update(stored)
        self.journals.mkdir()
        for path, content in files.items():
            path.write_bytes(content)


# More turns of the event loop than any number of calls here needs to get to the panel.
_TURNS = 1000


@contextmanager
def disk() -> Iterator[Disk]:
    """Keep what is written in files of its own; writing one lets others go first."""
    # So small that journals are replaced by snapshots in the short runs of a test.
    compaction = patch("custom_components.smm_panel.orders.book_store.SMALLEST_COMPACTION", 4000)
    with mock_storage() as stored, TemporaryDirectory() as folder, compaction:
        write = Store._async_write_data  # noqa: SLF001 - the one of `mock_storage`

        async def write_slowly(store: Store[Any], data: dict[str, Any]) -> None:
            await asyncio.sleep(0)
            await write(store, data)

        with patch.object(Store, "_async_write_data", write_slowly):
            yield Disk(stored=stored, folder=Path(folder))


class AtOnce(ThreadPoolExecutor):
    """An executor without threads, so that the same calls always go the same way."""

    @override
    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as err:  # noqa: BLE001 - it is the caller's, as of a thread
            future.set_exception(err)
        return future


class Line:
    """The transport of one run of Home Assistant; nothing gets through once it is cut."""

    def __init__(self, panel: FakePanel) -> None:
        """Lead to a panel."""
        self.is_cut = False
        self._panel = panel

    async def post(self, form: Mapping[str, str], **_: bool) -> Answer:
        if self.is_cut:
            raise asyncio.CancelledError
        return await self._panel.answer(form)


class Home:
    """Home Assistant with its account set up, in an event loop of its own for each run."""

    hass: HomeAssistant
    entry: MockConfigEntry

    def __init__(self, panel: FakePanel, files: Disk) -> None:
        """Keep no file yet."""
        self._panel = panel
        self._files = files
        files.wipe()

    @property
    def book(self) -> OrderBook:
        """The order book of the account."""
        book: OrderBook = self.entry.runtime_data.order_book
        return book

    def start(self, options: Mapping[str, str]) -> None:
        """Start with the files there are; the options were saved."""
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._line = Line(self._panel)
        self._runner.run(self._async_start(options))
        self.settle()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end, and on until nothing happens any more but what the panel holds."""
        result = self._runner.run(work)
        self.settle()
        return result

    def launch[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin something that may wait for the panel."""
        return self._runner.get_loop().create_task(work)

    def turn(self, turns: int) -> None:
        """Let everything go on by a number of turns of the event loop."""
        self._runner.run(_async_turn(turns, lambda: False))

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Let everything go on until something is done."""
        self._runner.run(_async_turn(_TURNS, is_done))
        assert is_done(), "something hangs"

    def settle(self) -> None:
        """Let everything go on until nothing happens any more but what the panel holds."""
        self._runner.run(self._async_settle())

    def set_options(self, options: Mapping[str, str]) -> None:
        """Have the owner change the options, which reloads the account."""
        self._runner.run(self._async_set_options(options))
        self.settle()

    def reload(self) -> None:
        """Reload the account; the panel answers what it holds meanwhile."""
        self._runner.run(self._async_reload())
        self.settle()

    def stop(self) -> None:
        """Stop as Home Assistant does, writing what there is to write."""
        self._runner.run(self._async_stop())
        self.kill()

    def kill(self) -> None:
        """End the run at once: of what happens from now on, nothing gets to disk or panel."""
        with self._files.unchanged():
            self._line.is_cut = True
            if self.hass in INSTANCES:
                INSTANCES.remove(self.hass)
            self.hass.import_executor.shutdown()
            self._runner.run(self._stack.aclose())
            self._runner.close()

    async def _async_start(self, options: Mapping[str, str]) -> None:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        self.hass = await self._stack.enter_async_context(
            async_test_home_assistant(config_dir=str(self._files.folder))
        )
        self.hass.import_executor.shutdown()
        self.hass.import_executor = AtOnce()  # type: ignore[assignment]  # as good as the other
        # Where the test plugin keeps custom integrations from being found.
        self.hass.data.pop(DATA_CUSTOM_COMPONENTS)
        package = f"custom_components.{DOMAIN}"
        self._stack.enter_context(patch(f"{package}.HttpTransport", return_value=self._line))
        self._stack.enter_context(patch(f"{package}.async_get_clientsession"))
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            entry_id="account",
            title="Panel",
            data={CONF_URL: "https://panel.example/api/v2", CONF_API_KEY: "key"},
            options={CONF_ORDER_SLOTS: 1, **options},
        )
        self.entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)

    async def _async_settle(self) -> None:
        if self._panel.held:
            # Some tasks would wait for ever.
            await _async_turn(60, lambda: False)
        else:
            await self.hass.async_block_till_done(wait_background_tasks=True)

    async def _async_set_options(self, options: Mapping[str, str]) -> None:
        self.hass.config_entries.async_update_entry(
            self.entry, options={CONF_ORDER_SLOTS: 1, **options}
        )
        await self._async_answered(self.hass.async_block_till_done())
        assert self.entry.state is ConfigEntryState.LOADED

    async def _async_reload(self) -> None:
        await self._async_answered(self.hass.config_entries.async_reload(self.entry.entry_id))

    async def _async_stop(self) -> None:
        # The clock stands still, and so it would wait for answers for ever.
        self._panel.is_holding = False
        await self.hass.async_stop(force=True)
        self._panel.is_holding = True

    async def _async_answered(self, work: Coroutine[Any, Any, object]) -> None:
        """Do what waits for answers; they come once others had time to get into trouble."""
        task = asyncio.create_task(work)
        await _async_turn(60, task.done)
        self._panel.is_holding = False
        for held in self._panel.held.values():
            held.set()
        await task
        self._panel.is_holding = True


async def _async_turn(turns: int, is_done: Callable[[], bool]) -> None:
    for _ in range(turns):
        if is_done():
            return
        await asyncio.sleep(0)
