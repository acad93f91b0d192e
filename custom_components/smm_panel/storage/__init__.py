"""Records as JSON data, and the files of Home Assistant's stores."""

from .records import as_json, from_json
from .store_file import BrokenStoreError, read_store

__all__ = ["BrokenStoreError", "as_json", "from_json", "read_store"]
