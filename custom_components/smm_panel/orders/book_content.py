"""The content of an order book, from and to JSON data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from ..money import Expense
from ..storage import as_json, from_json
from .order import TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file that could not be read completely: when this was found, and where its copy is."""

    found_at: datetime
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that the user made in entities of the account."""

    low_balance: Decimal = Decimal(0)
    """The balance is low when it is below this amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookContent:
    """The content of an order book; `unreadable` is the number of records that were skipped."""

    orders: list[TrackedOrder] = field(default_factory=list)
    slots: dict[int, str] = field(default_factory=dict)
    forgotten: list[Expense] = field(default_factory=list)
    days: list[Expense] = field(default_factory=list)
    before: list[Expense] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    damage: Damage | None = None
    unreadable: int = 0

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Read everything that can be read. An unreadable slot is assigned anew."""
        orders = _Rows(TrackedOrder, stored.get("orders"))
        forgotten = _Rows(Expense, stored.get("forgotten", []))
        days = _Rows(Expense, stored.get("days", []))
        before = _Rows(Expense, stored.get("before", []))
        settings = _Rows(Settings, [stored.get("settings", {})])
        damage = _Rows(Damage, [stored["damage"]] if stored.get("damage") else [])
        return cls(
            orders=list(orders),
            slots=_read_slots(stored.get("slots")),
            forgotten=list(forgotten),
            days=list(days),
            before=list(before),
            settings=next(iter(settings), Settings()),
            damage=next(iter(damage), None),
            unreadable=sum(
                rows.unreadable for rows in (orders, forgotten, days, before, settings, damage)
            ),
        )

    def as_json(self) -> dict[str, Any]:
        """Return JSON data that `of` can read."""
        return {
            "orders": [as_json(order) for order in self.orders],
            "slots": {str(slot): key for slot, key in self.slots.items()},
            "forgotten": [as_json(item) for item in self.forgotten],
            "days": [as_json(item) for item in self.days],
            "before": [as_json(item) for item in self.before],
            "settings": as_json(self.settings),
            "damage": None if self.damage is None else as_json(self.damage),
        }


class _Rows[T]:
    """The records of a list; unreadable ones are counted."""

    def __init__(self, kind: type[T], rows: object) -> None:
        self.unreadable = 0 if isinstance(rows, list) else 1
        self._kind = kind
        self._rows = rows if isinstance(rows, list) else []

    def __iter__(self) -> Iterator[T]:
        for row in self._rows:
            try:
                record = from_json(self._kind, row)
            except ValueError:
                self.unreadable += 1
            else:
                yield record


def _read_slots(slots: object) -> dict[int, str]:
    if not isinstance(slots, dict):
        return {}
    return {
        int(slot): key for slot, key in slots.items() if isinstance(key, str) and slot.isdecimal()
    }
