"""What changes in an order book from one save to the next, and the carrying out of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..money import Expense
from ..storage import as_json, from_json
from .book_content import Damage, Settings
from .order import TrackedOrder

type Change = dict[str, Any]


class BookChanges:
    """Changes in the order they were made; the last row only of an order that changed often."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changes: list[Change] = []
        self._rows: dict[str, Change] = {}
        self._last: Change = {}
        """What has one value at a time."""

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._changes or self._last)

    def put(self, order: TrackedOrder) -> None:
        """Note an order that is new or differs."""
        if (row := self._rows.get(order.local_id)) is not None:
            row["order"] = order
            return
        self._rows[order.local_id] = row = {"order": order}
        self._changes.append(row)

    def drop(self, key: str) -> None:
        """Note that an order is gone, with what it cost."""
        self._rows.pop(key, None)
        self._changes.append({"dropped": key})

    def forget(self, key: str, cost: Expense | None) -> None:
        """Note that an order is gone, and what it goes on to count as."""
        self._rows.pop(key, None)
        self._changes.append({"forgotten": key} | ({} if cost is None else {"expense": cost}))

    def sum_up(
        self, apart_since: datetime, days: Iterable[Expense], before: Iterable[Expense]
    ) -> None:
        """Note the sums, and since when expenses are kept apart."""
        self._changes.append(
            {"apart_since": apart_since, "days": tuple(days), "before": tuple(before)}
        )

    def assign(self, slots: Mapping[int, str | None]) -> None:
        """Note the orders that slots show from now on; those of other slots stay."""
        known = self._last.get("slots", {})
        self._last["slots"] = known | {str(slot): key for slot, key in slots.items()}

    def set_up(self, settings: Settings) -> None:
        """Note the settings."""
        self._last["settings"] = settings

    def damaged(self, damage: Damage | None) -> None:
        """Note the damage, or that the user knows of it."""
        self._last["damage"] = damage

    def extend(self, later: BookChanges) -> None:
        """Add what was noted after these."""
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
        """Return them as JSON data."""
        return [
            {name: as_json(value) for name, value in change.items()}
            for change in (*self._changes, *({name: value} for name, value in self._last.items()))
        ]


class Replay:
    """The stored content of a book on which changes are carried out."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """Begin with a snapshot."""
        self.unreadable = 0
        """How many changes could not be read."""

        self._stored = dict(stored)
        self._forgotten = _rows(stored.get("forgotten", []))
        slots = stored.get("slots")
        self._slots = dict(slots) if isinstance(slots, dict) else {}
        # Whatever is no row stays, to be counted as such.
        self._orders: dict[object, Any] = {
            _key(row, number): row for number, row in enumerate(_rows(stored.get("orders")))
        }

    @property
    def stored(self) -> dict[str, Any]:
        """The content as of now."""
        return self._stored | {
            "orders": list(self._orders.values()),
            "forgotten": self._forgotten,
            "slots": self._slots,
        }

    def carry_out(self, change: object) -> None:
        """Carry out a change as `BookChanges.as_json` returned it."""
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
