"""What the simulated panel sends back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Self


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """An HTTP answer without the HTTP: refusals too come with status 200, as on most panels."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: object) -> Self:
        """Answer with this body as JSON."""
        return cls(200, json.dumps(body), {"Content-Type": "application/json"})
