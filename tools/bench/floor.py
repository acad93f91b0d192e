"""The minimum: send requests and read the answers into records, without Home Assistant."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
import json
from pathlib import Path
from typing import Self

import aiohttp

from .panel import API_KEY, BATCH
from .subjects import Tasks


@dataclass(slots=True)
class _Record:
    status: str
    charge: Decimal
    start_count: int
    remains: int
    currency: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        return cls(
            status=row["status"],
            charge=Decimal(row["charge"]),
            start_count=int(row["start_count"]),
            remains=int(row["remains"]),
            currency=row["currency"],
        )


class Floor:
    """Follows orders with aiohttp alone."""

    def __init__(self, folder: Path, url: str, recorder: bool) -> None:  # noqa: ARG002, FBT001  # the same for all subjects
        self._url = url
        self._records: dict[str, _Record] = {}
        self._orders: list[str] = []
        self._session: aiohttp.ClientSession

    @property
    def tasks(self) -> Tasks:
        """The tasks of the subject by name."""
        return {
            "start": self._start,
            "follow": self._follow,
            "known": self._known,
            "refresh": self._refresh,
            "settle": self._settle,
            "stop": self._stop,
        }

    async def _start(self) -> None:
        self._session = aiohttp.ClientSession()

    async def _follow(self, count: int) -> None:
        self._orders = [str(number) for number in range(1, count + 1)]
        await self._refresh()

    async def _known(self) -> int:
        """Return the number of orders that were read."""
        return len(self._records)

    async def _refresh(self) -> int:
        """Read all orders; return how many changed."""
        changed = 0
        for batch in batched(self._orders, BATCH, strict=False):
            form = {"key": API_KEY, "action": "status", "orders": ",".join(batch)}
            async with self._session.post(self._url, data=form) as response:
                rows = json.loads(await response.text())
            for order, row in rows.items():
                record = _Record.of(row)
                if record != self._records.get(order):
                    self._records[order] = record
                    changed += 1
        return changed

    async def _settle(self) -> None:
        """Do nothing: nothing is saved or delayed."""

    async def _stop(self) -> None:
        await self._session.close()
