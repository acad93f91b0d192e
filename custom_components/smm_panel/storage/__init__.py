"""Records as JSON data, and reading the files of Home Assistant's `Store`.

`as_json` and `from_json` convert frozen dataclasses to JSON data and back. `read_store` reads
the file of a `Store` without changing it, and raises `BrokenStoreError` if it is not one.
"""

from .records import as_json, from_json
from .store_file import BrokenStoreError, read_store

__all__ = ["BrokenStoreError", "as_json", "from_json", "read_store"]
