"""A simulated SMM panel: a second, independent reading of the API document.

Free of Home Assistant and of the integration's own client, so that each can prove the other wrong.
The HTTP server is in `simulator.server` and not loaded from here: the practice account needs none.
"""

from .catalog import CATALOG, SimulatedService
from .chance import Odds
from .panel import SimulatedPanel
from .protocol import SimulatedAnswer

__all__ = ["CATALOG", "Odds", "SimulatedAnswer", "SimulatedPanel", "SimulatedService"]
