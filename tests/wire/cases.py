"""Answers of panels, each with what a sensible client makes of it.

`cases.jsonl` holds published answers, `own_cases.jsonl` answers made up after what is known
of other panels, `expectations.jsonl` what is to be read from both, in plain words: the
project's words for statuses and errors, ids and money as text, counts as whole numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

type Plain = str | float | list[Plain] | dict[str, Plain] | None

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One answer to one request."""

    id: str
    source: str
    action: str
    request: Mapping[str, str]
    http_status: int | None
    content_type: str | None
    body: str
    note: str
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)
    variation: str
    expect: Plain
    ambiguous: str | None = None
    """Why another reading would be sensible too."""

    @property
    def ids(self) -> list[str]:
        """The ids the request asks about."""
        texts = (self.request.get(name) for name in ("order", "orders", "refill", "refills"))
        return next((text.split(",") for text in texts if text is not None), [])


def load_cases() -> list[Case]:
    """Read all cases, the published ones first."""
    expectations = {line["id"]: line for line in _lines("expectations")}
    return [
        Case(**case | expectations[case["id"]])
        for name in ("cases", "own_cases")
        for case in _lines(name)
    ]


def _lines(name: str) -> Iterator[dict[str, Any]]:
    """Read a file of JSON lines."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return map(json.loads, text.splitlines())
