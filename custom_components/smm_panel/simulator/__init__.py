"""A simulated SMM panel: a second, independent reading of the API document.

Free of Home Assistant and of the integration's own client, so that each can prove the other wrong.
The HTTP server is in `simulator.server` and not loaded from here: the practice account needs none.
"""

from .answer import SimulatedAnswer
from .catalog import CATALOG
from .dice import Odds
from .panel import SimulatedPanel
from .service import SimulatedService

__all__ = ["CATALOG", "Odds", "SimulatedAnswer", "SimulatedPanel", "SimulatedService"]
