"""A transport without a network, for tests that are about the answer only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json

from custom_components.smm_panel.api import PanelClient


@dataclass(frozen=True, kw_only=True)
class FakeAnswer:
    """What came back."""

    text: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeTransport:
    """Gives the same answer to every form."""

    def __init__(self, answer: FakeAnswer) -> None:
        self.answer = answer
        self.forms: list[Mapping[str, str]] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        self.forms.append(form)
        return self.answer


def client_answered(answer: object, status: int = 200) -> PanelClient:
    """Make a client whose panel gives one answer: JSON text, or what is to become it."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return PanelClient(FakeTransport(FakeAnswer(text=text, status=status)))
