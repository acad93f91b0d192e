"""Files of Home Assistant's stores."""

from pathlib import Path
from typing import Any

from homeassistant.util.json import json_loads


class BrokenStoreError(Exception):
    """There is a file, but not one of a store."""


def read_store(path: str) -> dict[str, Any] | None:
    """Return what is in the file of a store, version and all; None if there is no file.

    Raises BrokenStoreError where `Store` would rename the file and advise to restore a backup,
    whose content is not that of today. Reads the disk.
    """
    try:
        # Not the standard library's: what `Store` reads with refuses more.
        content = json_loads(Path(path).read_bytes())
    except OSError:
        # There is none, or `Store` tells why it cannot be read.
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
