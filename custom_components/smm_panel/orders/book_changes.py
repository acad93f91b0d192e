"""The changes of an order book between two saves, and applying them to stored content."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..money import Expense
from ..storage import as_json, from_json
from .book_content import Damage, Settings
from .order import TrackedOrder

type Change = dict[str, Any]


class BookChanges:
    """Changes in the order they were made; only the latest row of each order is kept."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._rows: dict[str, Change] = {}
        self._last: Change = {}
        """Settings, slots and damage: only the latest value counts."""

    def __bool__(self) -> bool:
        """Return whether there are changes."""
        return bool(self._changes or self._last)

    def put(self, order: TrackedOrder) -> None:
        """Record an order that is new or has changed."""
        if (row := self._rows.get(order.local_id)) is not None:
            row["order"] = order
            return
        self._rows[order.local_id] = row = {"order": order}
        self._changes.append(row)

    def drop(self, key: str) -> None:
        """Record that an order and its cost are removed."""
        self._rows.pop(key, None)
        self._changes.append({"dropped": key})

    def forget(self, key: str, cost: Expense | None) -> None:
        """Record that an order is removed; its cost stays counted."""
        self._rows.pop(key, None)
        self._changes.append({"forgotten": key} | ({} if cost is None else {"expense": cost}))

    def sum_up(
        self, apart_since: datetime, days: Iterable[Expense], before: Iterable[Expense]
    ) -> None:
        """Record the sums, and the time since which expenses are stored separately."""
        self._changes.append(
            {"apart_since": apart_since, "days": tuple(days), "before": tuple(before)}
        )

    def assign(self, slots: Mapping[int, str | None]) -> None:
        """Record the orders that these slots show; other slots are unchanged."""
        known = self._last.get("slots", {})
        self._last["slots"] = known | {str(slot): key for slot, key in slots.items()}

    def set_up(self, settings: Settings) -> None:
        """Record the settings."""
        self._last["settings"] = settings

    def damaged(self, damage: Damage | None) -> None:
        """Record the damage; None once the user has accepted it."""
        self._last["damage"] = damage

    def extend(self, later: BookChanges) -> None:
        """Append changes that were recorded after these."""
        for change in later._changes:
            if (order := change.get("order")) is not None:
                self.put(order)
                continue
            self._rows.pop(change.get("dropped") or change.get("forgotten") or "", None)
            self._changes.append(change)
        slots = self._last.get("slots", {}) | later._last.get("slots", {})
        self._last |= later._last
        if slots:
            self._last["slots"] = slots

    def as_json(self) -> list[Change]:
        """Return the changes as JSON data."""
        return [
            {name: as_json(value) for name, value in change.items()}
            for change in (*self._changes, *({name: value} for name, value in self._last.items()))
        ]


class Replay:
    """The stored content of a book, a snapshot at first, to which changes are applied."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.unreadable = 0
        """The number of changes that could not be read."""

        self._stored = dict(stored)
        self._forgotten = _rows(stored.get("forgotten", []))
        slots = stored.get("slots")
        self._slots = dict(slots) if isinstance(slots, dict) else {}
        # An invalid row is kept, so that `BookContent` counts it as unreadable.
        self._orders: dict[object, Any] = {
            _key(row, number): row for number, row in enumerate(_rows(stored.get("orders")))
        }

    @property
    def stored(self) -> dict[str, Any]:
        """The content with the changes applied so far."""
        return self._stored | {
            "orders": list(self._orders.values()),
            "forgotten": self._forgotten,
            "slots": self._slots,
        }

    def carry_out(self, change: object) -> None:
        """Apply a change as returned by `BookChanges.as_json`."""
        match change:
            case {"order": {"local_id": str(key)} as row}:
                self._orders[key] = row
            case {"dropped": str(key)}:
                self._orders.pop(key, None)
            case {"forgotten": str(key), **cost}:
                self._orders.pop(key, None)
                self._forgotten += cost.values()
            case {"apart_since": str(since), "days": list(days), "before": list(before)}:
                self._sum_up(since, days, before)
            case {"slots": dict(slots)}:
                self._slots |= slots
            case {"settings": settings}:
                self._stored["settings"] = settings
            case {"damage": damage}:
                self._stored["damage"] = damage
            case _:
                self.unreadable += 1

    def _sum_up(self, since: str, days: list[Any], before: list[Any]) -> None:
        try:
            moment = datetime.fromisoformat(since)
            self._forgotten = [row for row in self._forgotten if _expense(row).at >= moment]
        except ValueError, TypeError:
            self.unreadable += 1
        self._stored |= {"days": days, "before": before}


def _rows(rows: object) -> list[Any]:
    return list(rows) if isinstance(rows, list) else [None]


def _key(row: object, number: int) -> object:
    match row:
        case {"local_id": str(key)}:
            return key
        case _:
            return number


def _expense(row: object) -> Expense:
    return from_json(Expense, row)
