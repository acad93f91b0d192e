"""The account that every subject follows orders of."""

from typing import Final

API_KEY: Final = "bench-key-51c09ad7e3f8"
"""Unlike any other text, so that one can look for it where it must not be."""

BATCH: Final = 100
"""Orders that the API takes in one request at most."""
