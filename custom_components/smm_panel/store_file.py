"""Files of Home Assistant's stores."""

from pathlib import Path

from homeassistant.util.json import json_loads


def is_broken(path: str) -> bool:
    """Tell whether there is a file that is not one of a store.

    `Store` would rename it and advise to restore a backup, whose content is not that of
    today. Reads the disk.
    """
    try:
        # Not the standard library's: what `Store` reads with refuses more.
        content = json_loads(Path(path).read_bytes())
    except OSError:
        # There is none, or `Store` tells why it cannot be read.
        return False
    except ValueError:
        return True
    return not (
        isinstance(content, dict)
        and isinstance(content.get("version"), int)
        and isinstance(content.get("minor_version", 1), int)
        and isinstance(content.get("data"), dict)
    )
