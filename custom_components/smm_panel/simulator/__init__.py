"""A simulated SMM panel: a second, independent implementation of the API document.

`SimulatedPanel` answers every action from memory. The course of an order is drawn once, when
it is added (`delivery`), and every later answer is a function of that and the clock. `ledger`
and `refills` hold the account, `protocol` the notation of requests and answers.

Free of Home Assistant and of the integration's own client, so that each can prove the other
wrong. The practice account and the tests use it. `simulator.server` serves a panel over HTTP,
with the faults of `simulator.faults`; it is imported separately, as only tests and scripts need it.
"""

from .catalog import CATALOG, SimulatedService
from .chance import Odds
from .panel import SimulatedPanel
from .protocol import SimulatedAnswer

__all__ = ["CATALOG", "Odds", "SimulatedAnswer", "SimulatedPanel", "SimulatedService"]
