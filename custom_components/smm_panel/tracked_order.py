"""One order in the order book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from homeassistant.util.ulid import ulid_now

from .api import ItemError, OrderReport, OrderStatus


class Placement(StrEnum):
    """What is known of our sending an order."""

    INTENDED = "intended"
    """On disk, about to be sent: found at start-up, it was interrupted."""

    PLACED = "placed"
    """The panel gave an id; also every order tracked by its id."""

    UNCONFIRMED = "unconfirmed"
    """Sent, but the answer was lost: the panel may have it or not."""


ATTENTION = frozenset({OrderStatus.PARTIAL, OrderStatus.CANCELED, OrderStatus.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedOrder:
    """An order we placed or track, as we last heard of it.

    `key` is ours and never changes; `order` is the panel's id, None while the outcome
    of sending it is not known. What was asked (service, link, quantity, ...) is unknown
    for an order that was placed elsewhere. Money is in the account's currency.
    """

    key: str
    placement: Placement
    added_at: datetime
    order: str | None = None
    service: str | None = None
    name: str | None = None
    link: str | None = None
    quantity: int | None = None
    estimate: Decimal | None = None
    can_refill: bool | None = None
    can_cancel: bool | None = None
    report: OrderReport | None = None
    error: str | None = None
    changed_at: datetime | None = None
    cancel_asked_at: datetime | None = None
    refill: str | None = None

    @classmethod
    def tracked(cls, order: str, report: OrderReport, now: datetime) -> Self:
        """Return an order placed elsewhere, of which only the panel's report is known."""
        return cls(
            key=ulid_now(),
            order=order,
            placement=Placement.PLACED,
            added_at=now,
            report=report,
            changed_at=now,
        )

    @property
    def status(self) -> OrderStatus | None:
        """The status the panel last reported."""
        return None if self.report is None else self.report.status

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected of the order."""
        return self.status is not None and self.status.is_final

    @property
    def is_open(self) -> bool:
        """Whether the panel is to be asked about the order."""
        return self.placement is Placement.PLACED and not self.is_final

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look at the order."""
        return (
            self.placement is Placement.UNCONFIRMED
            or self.error is not None
            or self.status in ATTENTION
        )

    @property
    def state(self) -> str | None:
        """What the order's status entity shows; None while unknown."""
        if self.placement is Placement.UNCONFIRMED:
            return Placement.UNCONFIRMED
        return None if self.status is OrderStatus.UNKNOWN else self.status

    @property
    def may_refill(self) -> bool:
        """Whether asking for a refill can make sense; the panel decides."""
        delivered = self.status in {OrderStatus.COMPLETED, OrderStatus.PARTIAL}
        return delivered and self.can_refill is not False

    @property
    def may_cancel(self) -> bool:
        """Whether asking to cancel can make sense; the panel decides."""
        return self.is_open and self.can_cancel is not False and not self.cancel_asked_at

    @property
    def progress(self) -> Decimal | None:
        """Delivered share of the quantity in percent; None where either is unknown."""
        if self.status is OrderStatus.COMPLETED:
            return Decimal(100)
        if not self.quantity or self.report is None or self.report.remains is None:
            return None
        # Over-delivered orders report negative remains.
        delivered = self.quantity - max(self.report.remains, 0)
        return Decimal(max(delivered, 0) * 100) / self.quantity

    @property
    def label(self) -> str:
        """The order's id and name as people say it, such as "#23501 Followers"."""
        parts = (f"#{self.order}" if self.order else None, self.name)
        return " ".join(part for part in parts if part) or self.key

    def reported(self, report: OrderReport | ItemError, now: datetime) -> TrackedOrder:
        """Return the order as of a new report; equal to this one if nothing changed.

        An error for this one id leaves the last report in place and marks the order.
        """
        if isinstance(report, ItemError):
            return replace(self, error=report.message)
        status_changed = report.status is not self.status
        return replace(
            self,
            report=report,
            error=None,
            changed_at=now if status_changed else self.changed_at,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the order as JSON data without the fields that are None."""
        return {
            field: _to_json(value)
            for field in self.__slots__
            if (value := getattr(self, field)) is not None
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        values = dict(data)
        for field, read in _READERS.items():
            if field in values:
                values[field] = read(values[field])
        return cls(**values)


def _to_json(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return [_to_json(item) for item in value]
        case OrderReport():
            return {
                field: _to_json(item)
                for field in value.__slots__
                if (item := getattr(value, field)) is not None
            }
        case _:
            return value


def _read_report(data: Mapping[str, Any]) -> OrderReport:
    values = dict(data)
    values["status"] = OrderStatus(values["status"])
    values["orders"] = tuple(values.get("orders", ()))
    if (charge := values.get("charge")) is not None:
        values["charge"] = Decimal(charge)
    if (expiry := values.get("expiry")) is not None:
        values["expiry"] = date.fromisoformat(expiry)
    return OrderReport(**values)


_READERS: dict[str, Callable[[Any], Any]] = {
    "placement": Placement,
    "added_at": datetime.fromisoformat,
    "changed_at": datetime.fromisoformat,
    "cancel_asked_at": datetime.fromisoformat,
    "estimate": Decimal,
    "report": _read_report,
}
