"""The subjects by the names they have in results."""

from typing import Final

SMM_PANEL: Final = "smm_panel"
REST_PER_ORDER: Final = "rest_per_order"
REST_PER_100: Final = "rest_per_100"
REST_COMMAND: Final = "rest_command"
FLOOR: Final = "floor"

SLOTS: Final = 20
"""Orders that our integration shows as entities, as it does by default."""
