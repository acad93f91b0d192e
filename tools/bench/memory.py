"""Memory of the process that is measured."""

import gc
import tracemalloc


def traced_memory() -> int:
    """Return the bytes that Python objects take which were made since tracing began."""
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    return size
