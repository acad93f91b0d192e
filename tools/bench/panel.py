"""A panel for the bench, in its own process, and its control.

It answers from prepared rows, so that a measurement contains almost no time of the panel, and
counts the requests. A POST to /control changes the answers; it returns and resets the counts.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
import json
from pathlib import Path
import sys
from typing import Any, Final, override
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from tools.processes import ServerProcess, free_port

API_KEY: Final = "bench-key-51c09ad7e3f8"
"""A text that appears nowhere else, so that the bench can search for it in the log."""

BATCH: Final = 100
"""The largest number of orders in one request."""

API_PATH: Final = "/api/v2"
CONTROL_PATH: Final = "/control"

_BALANCE: Final = b'{"balance":"100.84292","currency":"USD"}'
_REFUSAL: Final = b'{"error":"Incorrect request"}'
_OPEN: Final = ("In progress", "Processing")
_CATEGORIES: Final = 200


@dataclass(slots=True)
class BenchPanel:
    """Orders with ids from 1, a catalogue, and the counts of requests."""

    latency: float = 0.0
    http_status: int = HTTPStatus.OK
    rows: list[bytes] = field(default_factory=list)
    catalog: bytes = b"[]"
    revision: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    under_way: int = 0
    most_at_once: int = 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a request of the subject or of the bench."""
        if request.path == CONTROL_PATH:
            return web.json_response(self.control(await request.json()))
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            body = await request.text()
            if self.latency:
                await asyncio.sleep(self.latency)
        finally:
            self.under_way -= 1
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.counts[form["action"]] += 1
        is_refused = self.http_status >= HTTPStatus.BAD_REQUEST
        return web.Response(
            body=_REFUSAL if is_refused else self.body(form),
            status=self.http_status,
            content_type="application/json",
        )

    def body(self, form: dict[str, str]) -> bytes:
        """Return the answer to a form."""
        match form:
            case {"action": "status", "orders": orders}:
                rows = (b'"%s":%s' % (id_.encode(), self.row(id_)) for id_ in orders.split(","))
                return b"{%s}" % b",".join(rows)
            case {"action": "status", "order": order}:
                return self.row(order)
            case {"action": "services"}:
                return self.catalog
            case {"action": "balance"}:
                return _BALANCE
            case {"action": "add"}:
                self.rows.append(_row(len(self.rows) + 1, self.revision))
                return b'{"order":%d}' % len(self.rows)
            case _:
                return _REFUSAL

    def row(self, order: str) -> bytes:
        """Return the status of an order."""
        return self.rows[int(order) - 1]

    def control(self, changes: Mapping[str, float]) -> dict[str, Any]:
        """Change the panel; return the counts of requests since the last call.

        - `orders`, `services`: their number
        - `latency`: seconds before each answer
        - `http_status`: with an error, all requests are refused
        - `change_every`: changes one of so many orders, others at each call; 0 for none
        - `complete_to`: completes the orders up to this id
        """
        for name, value in changes.items():
            match name:
                case "orders":
                    self.rows = [_row(number, self.revision) for number in _numbers(value)]
                case "services":
                    services = [_service(number) for number in _numbers(value)]
                    self.catalog = json.dumps(services).encode()
                case "latency":
                    self.latency = value
                case "http_status":
                    self.http_status = int(value)
                case "change_every":
                    self._change(int(value))
                case "complete_to":
                    for number in _numbers(value):
                        self.rows[number - 1] = _row(number, self.revision, status="Completed")
                case _:
                    raise ValueError(f"There is no {name} to change")
        counted = {"requests": dict(self.counts), "at_once": self.most_at_once}
        self.counts.clear()
        self.most_at_once = self.under_way
        return counted

    def _change(self, every: int) -> None:
        if every:
            self.revision += 1
            for index in range(self.revision % every, len(self.rows), every):
                self.rows[index] = _row(index + 1, self.revision)


def _numbers(count: float) -> range:
    return range(1, int(count) + 1)


def _row(number: int, revision: int, status: str | None = None) -> bytes:
    """Return the status of an order in the format of the API; each revision has another one."""
    row = {
        "charge": f"{number % 97 / 100 + 0.27819:.5f}",
        "start_count": str(3_572 + number),
        "status": status or _OPEN[revision % len(_OPEN)],
        "remains": str(1_000_000 - revision),
        "currency": "USD",
    }
    return json.dumps(row).encode()


def _service(number: int) -> dict[str, Any]:
    category = number % _CATEGORIES
    return {
        "service": number,
        "name": f"[{number}] Followers | Refill 30 days | Speed {number % 50 + 1}K a day",
        "type": "Default",
        "category": f"Category {category} | Followers and likes",
        "rate": f"{number % 900 / 100 + 0.05:.2f}",
        "min": "50",
        "max": "100000",
        "refill": number % 2 == 0,
        "cancel": number % 3 == 0,
    }


async def _serve(port: int) -> None:
    panel = BenchPanel()
    # Not an Application: its routes and middlewares would take longer than the answers.
    runner = web.ServerRunner(web.Server(panel.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
    await site.start()
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Counts of requests: by action, and the largest number of simultaneous ones."""

    requests: Counter[str]
    at_once: int


class PanelControl(ServerProcess):
    """Starts and controls the panel; use it as an async context manager."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self._origin = f"http://127.0.0.1:{port}"
        super().__init__("The panel", "tools.bench.panel", str(port), log_path=folder / "panel.log")

    @property
    def url(self) -> str:
        """Address of the API."""
        return f"{self._origin}{API_PATH}"

    async def control(self, **changes: float) -> Counts:
        """Change the panel (see `BenchPanel.control`); return the counts since the last call."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._origin}{CONTROL_PATH}", json=changes) as response,
        ):
            counted: dict[str, Any] = await response.json()
        return Counts(requests=Counter(counted["requests"]), at_once=counted["at_once"])

    @override
    async def probe(self) -> Counts:
        return await self.control()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
