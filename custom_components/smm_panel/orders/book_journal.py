"""The journal of an order book: an append-only file with one line for each save.

A line is a checksum, a space and a record, which contains no line break. The first record names
the snapshot that the others continue.
"""

from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Final, Self
from zlib import crc32

# The mode of private files in Home Assistant's storage.
_MODE: Final = 0o600

_CHECKSUM_LENGTH: Final = 8


class JournalLostError(OSError):
    """The journal is missing, or shorter than after the last write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalContent:
    """The content of a journal.

    `generation` is that of the snapshot it continues, None if its first line is unreadable.
    `bad_lines` counts lines that were written completely and are now unreadable. `length` is
    the length of the intact part: a line that a crash cut off at the end was never
    acknowledged, and does not count.
    """

    generation: str | None
    records: list[bytes]
    bad_lines: int
    length: int

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Read everything that can be read."""
        *lines, rest = data.split(b"\n")
        records = [_record(line) for line in lines]
        length = len(data) - len(rest)
        if not rest and len(records) > 1 and records[-1] is None:
            # Blocks of a line reach the disk in any order: its end can be on disk without the rest.
            records.pop()
            length -= len(lines[-1]) + 1
        header, *changes = records or [None]
        generation = None if header is None else _generation(header)
        return cls(
            generation=generation,
            records=[record for record in changes if record is not None],
            bad_lines=changes.count(None) + (generation is None),
            length=length,
        )


class Journal:
    """The file of a journal. Its methods block, and raise OSError."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`. The first call is `read`, or `begin` to replace the file."""
        self.path = path
        self.generation: str | None = None
        """The generation that the file continues; None while unknown."""

        self._length = 0

    @property
    def size(self) -> int:
        """The length of the intact part of the file in bytes."""
        return self._length

    def read(self) -> JournalContent | None:
        """Return the content of the file, which `append` continues; None if there is no file."""
        try:
            content = JournalContent.of(self.path.read_bytes())
        except FileNotFoundError:
            return None
        self.generation, self._length = content.generation, content.length
        return content

    def begin(self, generation: str) -> None:
        """Replace the file by a new journal, atomically."""
        line = _line(json.dumps({"generation": generation}).encode())
        new = self.path.with_name(f"{self.path.name}.new")
        self.path.parent.mkdir(exist_ok=True)
        try:
            with open(new, "wb", opener=_open_private) as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
            _sync_folder(self.path.parent)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        self.generation, self._length = generation, len(line)

    def append(self, record: bytes) -> None:
        """Write a record, which is on disk on return; after a failure the file is as before.

        Raises JournalLostError if the file is missing or was cut off.
        """
        line = _line(record)
        try:
            file = self.path.open("r+b", buffering=0)
        except FileNotFoundError as err:
            self.generation = None
            raise JournalLostError(str(err)) from err
        with file:
            if os.fstat(file.fileno()).st_size < self._length:
                raise JournalLostError(f"{self.path} was cut off")
            try:
                # Remove the part of a record that a crash or a full disk left behind.
                file.truncate(self._length)
                file.seek(self._length)
                rest = memoryview(line)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(self._length)
                raise
        self._length += len(line)

    def remove(self) -> None:
        """Delete the file if it exists."""
        self.path.unlink(missing_ok=True)


def _line(record: bytes) -> bytes:
    return b"%0*x %s\n" % (_CHECKSUM_LENGTH, crc32(record), record)


def _record(line: bytes) -> bytes | None:
    """Return the record in a line, None if the line is damaged."""
    record = line[_CHECKSUM_LENGTH + 1 :]
    return record if _line(record) == line + b"\n" else None


def _generation(header: bytes) -> str | None:
    try:
        content = json.loads(header)
    except ValueError:
        return None
    match content:
        case {"generation": str(generation)}:
            return generation
        case _:
            return None


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)


def _sync_folder(folder: Path) -> None:
    """Write a folder to disk, so that the name of a new file is there as well as its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
