"""The subjects that are measured: their names in the results, and the type of their tasks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

SMM_PANEL: Final = "smm_panel"
REST_PER_ORDER: Final = "rest_per_order"
REST_PER_100: Final = "rest_per_100"
REST_COMMAND: Final = "rest_command"
FLOOR: Final = "floor"

SLOTS: Final = 20
"""Order slots of our integration, the default number."""

type Tasks = Mapping[str, Callable[..., Awaitable[Any]]]
"""The tasks of a subject: a coroutine function for each name."""
