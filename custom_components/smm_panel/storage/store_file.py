"""Reading the files of Home Assistant's `Store`."""

from pathlib import Path
from typing import Any

from homeassistant.util.json import json_loads


class BrokenStoreError(Exception):
    """The file exists, but is not the file of a `Store`."""


def read_store(path: str) -> dict[str, Any] | None:
    """Return the content of a `Store` file with its version; None if there is no file.

    Raises BrokenStoreError in cases where `Store` would rename the file and advise restoring a
    backup, whose content is outdated. It blocks: it reads the disk.
    """
    try:
        # The parser that `Store` uses: it rejects more than the standard library's.
        content = json_loads(Path(path).read_bytes())
    except OSError:
        # There is no file, or `Store` reports why it cannot be read.
        return None
    except ValueError as err:
        raise BrokenStoreError from err
    if not (
        isinstance(content, dict)
        and isinstance(content.get("version"), int)
        and isinstance(content.get("minor_version", 1), int)
        and isinstance(content.get("data"), dict)
    ):
        raise BrokenStoreError
    return content
