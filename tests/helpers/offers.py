"""What the simulated panel offers, changed the way panels do."""

from dataclasses import replace
from typing import Any

from custom_components.smm_panel.simulator import CATALOG, SimulatedPanel

from .orders import FOLLOWERS


def change_service(
    simulated: SimulatedPanel, changes: dict[str, Any] | None, service: str = FOLLOWERS
) -> None:
    """Make a service what it was at first, but for the changes; None takes it away."""
    simulated.services.pop(int(service), None)
    if changes is not None:
        (first,) = (row for row in CATALOG if row.service == int(service))
        simulated.services[int(service)] = replace(first, **changes)
