"""The files of an order book, as a test looks into them; with them the disk may be full."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
import json
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any
from unittest.mock import patch

from homeassistant.util.file import WriteError

from custom_components.smm_panel.orders.book_changes import Replay
from custom_components.smm_panel.orders.book_journal import JournalContent

type Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BookFiles:
    """The snapshot and the journal of the order book of a test's account.

    `storage` is where the test plugin keeps the snapshot, if not on the disk.
    """

    folder: Path
    storage: dict[str, Any] = field(default_factory=dict)
    name: str = "smm_panel.account"

    @property
    def snapshot(self) -> Path:
        """The file of the snapshot."""
        return self.folder / self.name

    @property
    def journal(self) -> Path:
        """The file of the journal."""
        return self.folder / f"{self.name}.journal"

    @property
    def data(self) -> Row:
        """What the next start reads from both."""
        stored = self._stored()
        replay = Replay(stored)
        if self.journal.exists():
            journal = JournalContent.of(self.journal.read_bytes())
            if journal.generation == stored.get("generation", ""):
                for record in journal.records:
                    for change in json.loads(record):
                        replay.carry_out(change)
        assert not replay.unreadable
        return replay.stored

    @property
    def rows(self) -> list[Row]:
        """The orders in it."""
        rows: list[Row] = self.data["orders"]
        return rows

    @property
    def lengths(self) -> tuple[int, int]:
        """Which snapshot there is, as a number, and the length of the journal in bytes."""
        return (
            self.snapshot.stat().st_ino if self.snapshot.exists() else 0,
            self.journal.stat().st_size if self.journal.exists() else 0,
        )

    def copied(self, name: str) -> BookFiles:
        """Return a copy of the files as they are now."""
        folder = self.folder.with_name(name)
        copytree(self.folder, folder)
        return BookFiles(folder=folder, storage=deepcopy(self.storage), name=self.name)

    def become(self, copy: BookFiles) -> None:
        """Put a copy in the place of the files."""
        rmtree(self.folder)
        copytree(copy.folder, self.folder)
        self.storage.pop(self.name, None)
        self.storage.update(deepcopy(copy.storage))

    def _stored(self) -> Row:
        if self.name in self.storage:
            stored: Row = self.storage[self.name]["data"]
        elif self.snapshot.exists():
            stored = json.loads(self.snapshot.read_bytes())["data"]
        else:
            stored = {"orders": []}
        return stored


@contextmanager
def disk_full() -> Iterator[None]:
    """Let no order book be written."""
    with (
        patch(
            "homeassistant.helpers.storage.Store._async_write_data",
            side_effect=WriteError("disk full"),
        ),
        patch(
            "custom_components.smm_panel.orders.book_journal.os.fsync",
            side_effect=OSError("disk full"),
        ),
    ):
        yield
