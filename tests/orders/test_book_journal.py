"""The journal of an order book: what a crash, a full disk or a bad block makes of the file."""

import errno
import os
from pathlib import Path
import stat
from typing import Any, Self
from unittest.mock import patch

import pytest

from custom_components.smm_panel.orders.book_journal import (
    Journal,
    JournalContent,
    JournalLostError,
)

RECORDS = [b'[{"order":{"key":"1"}}]', b"[]", '[{"slots":{"1":"\u20ac"}}]'.encode()]
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is, in a folder that is not there yet."""
    return tmp_path / ".storage" / "book.journal"


@pytest.fixture
def journal(path: Path) -> Journal:
    """A journal of the generation "g" with three records."""
    journal = Journal(path)
    journal.begin("g")
    for record in RECORDS:
        journal.append(record)
    return journal


def reread(path: Path) -> JournalContent:
    """Return what the next start finds."""
    content = Journal(path).read()
    assert content is not None
    return content


def test_what_was_written_is_read(journal: Journal, path: Path) -> None:
    """An order would be forgotten at the restart."""
    content = reread(path)

    assert (content.generation, content.records, content.bad_lines) == ("g", RECORDS, 0)
    assert content.length == journal.size == path.stat().st_size


def test_no_file_is_no_journal(path: Path) -> None:
    """An empty journal is a damaged one, and must not be taken for none."""
    assert Journal(path).read() is None


def test_nobody_else_may_read_it(journal: Journal, path: Path) -> None:
    """Links and charges are nobody else's business on a shared machine."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_journal_takes_the_place_of_the_old_one(journal: Journal, path: Path) -> None:
    """Changes that are in the snapshot would be carried out a second time."""
    journal.begin("h")
    journal.append(b"[1]")

    content = reread(path)
    assert (content.generation, content.records) == ("h", [b"[1]"])
    assert list(path.parent.iterdir()) == [path]


def test_a_last_line_that_is_cut_off_does_not_count(journal: Journal, path: Path) -> None:
    """A crash in the middle of a write must neither raise an alarm nor spoil what follows."""
    whole = path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    for cut in range(start, len(whole)):
        path.write_bytes(whole[:cut])
        torn = Journal(path)

        content = torn.read()

        assert content is not None
        assert (content.records, content.bad_lines) == (RECORDS[:-1], 0), cut
        torn.append(b"[2]")
        after = reread(path)
        assert (after.records, after.bad_lines) == ([*RECORDS[:-1], b"[2]"], 0), cut


@pytest.mark.parametrize("lost", [slice(0, 4), slice(10, 14), slice(-5, -1)])
def test_a_last_line_with_a_hole_does_not_count(journal: Journal, path: Path, lost: slice) -> None:
    """The end of a line can reach the disk before its beginning."""
    whole = path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    last = bytearray(whole[start:])
    last[lost] = bytes(4)
    path.write_bytes(whole[:start] + last)

    content = reread(path)

    assert (content.records, content.bad_lines) == (RECORDS[:-1], 0)
    assert content.length == start


def test_zeros_at_the_end_do_not_count(journal: Journal, path: Path) -> None:
    """After a power cut the length of a file can be right and its end empty."""
    with path.open("ab") as file:
        file.write(bytes(300))

    assert (reread(path).records, reread(path).bad_lines) == (RECORDS, 0)


@pytest.mark.parametrize("number", [1, 2])
def test_a_bad_line_costs_only_itself(journal: Journal, path: Path, number: int) -> None:
    """It was written whole once: it is lost, which must be told, but not what follows it."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number] = b"\xff" + lines[number][1:]
    path.write_bytes(b"".join(lines))

    content = reread(path)

    assert content.generation == "g"
    assert content.records == [*RECORDS[: number - 1], *RECORDS[number:]]
    assert content.bad_lines == 1


@pytest.mark.parametrize(
    "head", [b"", b"garbage", b"\n", b"00000000 \n", b"00000000 {}\n"], ids=repr
)
def test_a_journal_without_its_first_line_is_damaged(path: Path, head: bytes) -> None:
    """Nobody knows what it continues; it is begun whole or not at all."""
    path.parent.mkdir()
    path.write_bytes(head)

    content = reread(path)

    assert content.generation is None
    assert content.bad_lines


@pytest.mark.parametrize("room", [0, 1, 20])
def test_a_full_disk_leaves_nothing_behind(journal: Journal, path: Path, room: int) -> None:
    """What follows half a line would be taken for damaged."""
    before = path.read_bytes()

    class FullDisk:
        """A file that takes a number of bytes more."""

        def __init__(self, file: Any) -> None:  # noqa: ANN401 - raw or buffered
            self._file = file
            self._left = room

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

        def write(self, data: memoryview) -> int:
            if not self._left:
                raise NO_SPACE
            written: int = self._file.write(data[: self._left])
            self._left -= written
            return written

    opened = Path.open
    with (
        patch.object(Path, "open", lambda *args, **kwargs: FullDisk(opened(*args, **kwargs))),
        pytest.raises(OSError, match="No space left"),
    ):
        journal.append(b"[3]" * 10)

    assert path.read_bytes() == before
    journal.append(b"[4]")
    assert reread(path).records == [*RECORDS, b"[4]"]


def test_what_is_not_on_the_disk_for_certain_is_taken_back(journal: Journal, path: Path) -> None:
    """The caller is told that it failed, and is going to write it again."""
    with patch.object(os, "fsync", side_effect=NO_SPACE), pytest.raises(OSError, match="No space"):
        journal.append(b"[3]")

    assert reread(path).records == RECORDS


def test_a_record_is_on_the_disk_when_append_returns(journal: Journal, path: Path) -> None:
    """The power may go the moment an order is sent."""
    synced: list[bytes] = []
    with patch.object(os, "fsync", side_effect=lambda _: synced.append(path.read_bytes())):
        journal.append(b"[3]")

    (seen,) = synced
    assert JournalContent.of(seen).records == [*RECORDS, b"[3]"]


def test_the_name_of_a_new_file_is_on_the_disk_too(path: Path) -> None:
    """A file that no folder names is lost with all its lines."""
    synced: list[int] = []
    with patch.object(
        os, "fsync", side_effect=lambda number: synced.append(os.fstat(number).st_ino)
    ):
        Journal(path).begin("g")

    assert synced == [path.stat().st_ino, path.parent.stat().st_ino]


def test_a_journal_that_cannot_be_begun_leaves_the_old_one(journal: Journal, path: Path) -> None:
    """It holds what the disk has no room for elsewhere."""
    before = path.read_bytes()

    with patch.object(os, "fsync", side_effect=NO_SPACE), pytest.raises(OSError, match="No space"):
        journal.begin("h")

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    assert journal.generation == "g"


def test_nothing_goes_on_from_what_is_gone(journal: Journal, path: Path) -> None:
    """A line that continues a lost one would hide the loss."""
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(JournalLostError):
        journal.append(b"[3]")

    path.unlink()
    with pytest.raises(JournalLostError):
        journal.append(b"[3]")
    assert not path.exists()
