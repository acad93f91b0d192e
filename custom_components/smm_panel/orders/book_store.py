"""The files of an order book: a snapshot, and the journal of the changes since."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import SerializationError, json_loads_array
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN, LOGGER, SAVE_DELAY
from ..storage import BrokenStoreError
from .book_changes import BookChanges, Replay
from .book_content import BookContent, Damage
from .book_journal import Journal, JournalLostError
from .book_snapshot import BookSnapshot

SMALLEST_COMPACTION: Final = 256 * 1024
"""The length of a journal, in bytes, up to which no new snapshot is written."""

NO_SNAPSHOT: Final = ""
"""The generation named in the journal of a book without a snapshot."""

BACKUP_UNDER_WAY: HassKey[bool] = HassKey(f"{DOMAIN}_backup_under_way")
"""While this is set, no snapshot replaces another."""


class OrderBookSaveError(HomeAssistantError):
    """The order book could not be written to disk."""

    def __init__(self, reason: str) -> None:
        """Set the general message that the change may be lost; callers may raise a better one."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="book_not_written",
            translation_placeholders={"reason": reason},
        )
        self.reason = reason


class BookStore:
    """Writes only the changes of a book, so that the cost of a save depends on them alone.

    The first line of a journal names the generation of the snapshot it continues. A journal
    that has grown as long as its snapshot is replaced: a snapshot of a new generation is
    written, which names that of the old journal; then a new journal begins. A crash in
    between leaves the old journal, whose changes are all in the new snapshot.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str, copy: Callable[[], BookContent]) -> None:
        """Use the files of a config entry; `copy` returns the current content of the book."""
        self.changes = BookChanges()
        """The changes that are not on disk yet."""

        self._hass = hass
        self._copy = copy
        self._snapshot = BookSnapshot(hass, entry_id)
        self._journal = Journal(Path(f"{self._snapshot.path}.journal"))
        self._generation: str | None = None
        """The generation of the snapshot on disk; None if the next save has to write a snapshot."""

        self._inode: int | None = None
        self._compact_from = SMALLEST_COMPACTION
        self._lock = asyncio.Lock()
        self._delay: asyncio.TimerHandle | None = None
        self._final_write: CALLBACK_TYPE | None = None

    async def async_load(self) -> BookContent:
        """Read everything that can be read. Raises OrderBookSaveError."""
        stored, is_broken = None, False
        try:
            with _save_errors():
                stored = await self._snapshot.async_load()
        except BrokenStoreError:
            is_broken = True
        return await self._hass.async_add_executor_job(self._read, stored, int(is_broken))

    async def async_set_aside(self) -> Damage:
        """Copy files that cannot be read completely. Raises OrderBookSaveError."""
        return await self._hass.async_add_executor_job(self._set_aside)

    async def async_save(self) -> None:
        """Write the changes, which are on disk on return. Raises OrderBookSaveError.

        While Home Assistant stops, a snapshot that is due is postponed to the final write event.
        """
        # If a write were cancelled with its caller, its thread would run on beside the next write.
        await asyncio.shield(self._hass.async_create_task(self._async_save(), "save order book"))

    @callback
    def async_save_later(self) -> None:
        """Write the changes after SAVE_DELAY, together with those made until then."""
        if self._final_write is None:
            self._final_write = self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_write_at_last
            )
        if self._delay is None and self._hass.state is not CoreState.stopping:
            self._delay = self._hass.loop.call_later(SAVE_DELAY, self._async_write_soon)

    async def async_remove(self) -> None:
        """Delete the files."""
        async with self._lock:
            self._async_cancel()
            await self._snapshot.async_remove()
            await self._hass.async_add_executor_job(self._journal.remove)

    @callback
    def _async_write_soon(self) -> None:
        self._delay = None
        self._hass.async_create_task(self._async_write_unasked(), "save order book")

    async def _async_write_at_last(self, _event: Event) -> None:
        self._final_write = None
        await self._async_write_unasked()

    async def _async_write_unasked(self) -> None:
        # No caller waits for this save; `_async_save` logs its error.
        with suppress(OrderBookSaveError):
            await self.async_save()

    @callback
    def _async_cancel(self) -> None:
        """Cancel what `async_save_later` has scheduled."""
        if self._delay is not None:
            self._delay.cancel()
            self._delay = None
        if self._final_write is not None:
            self._final_write()
            self._final_write = None

    async def _async_save(self) -> None:
        async with self._lock:
            self._async_cancel()
            if not self.changes:
                # Another save already wrote them.
                return
            changes, self.changes = self.changes, BookChanges()
            try:
                is_saved = await self._async_write(changes)
            except OrderBookSaveError as err:
                LOGGER.error("The order book could not be written: %s", err.reason)
                self._take_back(changes)
                raise
            if not is_saved:
                self._take_back(changes)
                self.async_save_later()

    def _take_back(self, changes: BookChanges) -> None:
        """Return changes that could not be written to those of the next save."""
        changes.extend(self.changes)
        self.changes = changes

    async def _async_write(self, changes: BookChanges) -> bool:
        """Write changes; return False if the write is postponed."""
        if self._generation is not None and self._is_grown:
            # A failure is ignored: the changes can still be appended to the journal.
            with suppress(OrderBookSaveError):
                if await self._async_compact(changes):
                    return True
            self._compact_from = self._journal.size + SMALLEST_COMPACTION
        if self._generation is not None:
            try:
                with _save_errors():
                    await self._hass.async_add_executor_job(self._append, self._generation, changes)
            except JournalLostError:
                self._generation = None
            else:
                return True
        return await self._async_compact(changes)

    @property
    def _is_grown(self) -> bool:
        """Whether the journal is long enough to be replaced, and no backup is under way."""
        return self._journal.size > self._compact_from and not self._hass.data.get(BACKUP_UNDER_WAY)

    def _append(self, generation: str, changes: BookChanges) -> None:
        if self._journal.generation != generation:
            self._journal.begin(generation)
        self._journal.append(json_bytes(changes.as_json()))

    async def _async_compact(self, changes: BookChanges) -> bool:
        """Write the whole book; return False if the write is postponed."""
        # The copy also contains the changes made after these.
        self._take_back(changes)
        content, self.changes = self._copy(), BookChanges()
        generation = ulid_now()
        data = await self._hass.async_add_executor_job(_encode, content)
        data |= {"generation": generation, "predecessor": self._journal.generation}
        if self._hass.state is CoreState.stopping:
            # `Store` would write it in the final write event, without later changes.
            return False
        try:
            with _save_errors():
                await self._snapshot.async_save(data)
        except OrderBookSaveError:
            known = self._inode
            await self._hass.async_add_executor_job(self._look_at_snapshot)
            if self._inode != known:
                # Despite the error, the new snapshot has replaced the old one.
                self._generation = None
            raise
        self._generation = generation
        await self._hass.async_add_executor_job(self._begin, generation)
        return True

    def _begin(self, generation: str) -> None:
        self._look_at_snapshot()
        # If this fails, the next save tries again; until then the snapshot holds all changes.
        with suppress(OSError):
            self._journal.begin(generation)

    def _look_at_snapshot(self) -> None:
        """Record the inode of the snapshot, and set `_compact_from` by its size."""
        path = Path(self._snapshot.path)
        found = path.stat() if path.exists() else None
        self._inode = None if found is None else found.st_ino
        self._compact_from = max(SMALLEST_COMPACTION, 0 if found is None else found.st_size)

    def _read(self, stored: dict[str, Any] | None, unreadable: int) -> BookContent:
        """Apply the journal to the snapshot; add what cannot be read to `unreadable`."""
        self._look_at_snapshot()
        journal = self._journal.read()
        generation = NO_SNAPSHOT if stored is None else stored.get("generation")
        predecessor = None if stored is None else stored.get("predecessor")
        replay = Replay({"orders": []} if stored is None else stored)
        if journal is None:
            # A journal existed when the snapshot was written, so it was lost.
            unreadable += predecessor is not None
        elif journal.generation is None or journal.generation != predecessor:
            is_foreign = journal.generation not in (generation, None)
            unreadable += is_foreign + journal.bad_lines
            if stored is None or not is_foreign:
                _carry_out(replay, journal.records)
        content = BookContent.of(replay.stored)
        unreadable += replay.unreadable + content.unreadable
        if not unreadable and isinstance(generation, str):
            self._generation = generation
        return replace(content, unreadable=unreadable)

    def _set_aside(self) -> Damage:
        paths = (Path(self._snapshot.path), self._journal.path)
        try:
            copies = [_set_aside(path) for path in paths if path.exists()]
        except OSError as err:
            raise OrderBookSaveError(str(err)) from err
        return Damage(found_at=dt_util.utcnow(), file=str(next(iter(copies), paths[0])))


def _encode(content: BookContent) -> dict[str, Any]:
    """Return the data of a snapshot, encoded without the spaces that `Store` would write."""
    return {name: json_fragment(json_bytes(value)) for name, value in content.as_json().items()}


def _carry_out(replay: Replay, records: Iterable[bytes]) -> None:
    for record in records:
        try:
            changes = json_loads_array(record)
        except ValueError:
            replay.unreadable += 1
        else:
            for change in changes:
                replay.carry_out(change)


def _set_aside(path: Path) -> Path:
    """Copy a file; return the path of the copy. Raises OSError."""
    # The name has the time of the file, so that a retry on a full disk makes no second copy.
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    copy = path.with_name(f"{path.name}.damaged.{modified:%Y%m%dT%H%M%S%f}")
    try:
        copy.touch(mode=0o600)
        copy.write_bytes(path.read_bytes())
    except OSError:
        copy.unlink(missing_ok=True)
        raise
    return copy


@contextmanager
def _save_errors() -> Iterator[None]:
    """Raise every kind of save failure as OrderBookSaveError, except JournalLostError."""
    try:
        yield
    except JournalLostError:
        raise
    except (OSError, SerializationError, WriteError) as err:
        raise OrderBookSaveError(str(err)) from err
