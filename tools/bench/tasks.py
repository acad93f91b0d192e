"""What a subject can be told to do: a coroutine function by the name of each task."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

type Tasks = Mapping[str, Callable[..., Awaitable[Any]]]
