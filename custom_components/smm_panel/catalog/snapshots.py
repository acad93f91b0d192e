"""Snapshots of services, and the changes between two of them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self

from ..api import Service

# An order or a preset may depend on each of them. Names change daily and mean little.
_FIELDS: Final = ("rate", "min", "max", "refill", "cancel", "type")


class ServiceChange(StrEnum):
    """The kind of a change of a service."""

    CHANGED = "changed"
    GONE = "gone"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field of a service with its old and new value."""

    field: str
    old: Decimal | int | str
    new: Decimal | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSnapshot:
    """A service as the panel last offered it; `gone` if it is no longer offered.

    `rose_from` is the rate before it rose, until the user has seen the rise or it fell again.
    """

    id: str
    name: str
    type: str
    rate: Decimal
    min: int
    max: int
    refill: bool
    cancel: bool
    gone: bool = False
    rose_from: Decimal | None = None

    @classmethod
    def of(cls, service: Service) -> Self:
        """Return the first snapshot of a service."""
        return cls(
            id=service.id,
            name=service.name,
            type=service.type,
            rate=service.rate,
            min=service.min,
            max=service.max,
            refill=service.refill,
            cancel=service.cancel,
        )

    def updated(self, service: Service | None, *, track_rise: bool) -> ServiceSnapshot:
        """Return the snapshot after a new service list; `service` is None if it is not in there.

        With `track_rise`, a rise of the rate is kept until the user has seen it.
        """
        if service is None:
            return replace(self, gone=True)
        before = self.rate if self.rose_from is None else self.rose_from
        rose = track_rise and service.rate > before
        return replace(ServiceSnapshot.of(service), rose_from=before if rose else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """A change of a service, and its new snapshot."""

    change: ServiceChange
    service: ServiceSnapshot
    changes: tuple[FieldChange, ...]


def service_event(old: ServiceSnapshot, new: ServiceSnapshot) -> ServiceEvent | None:
    """Return the event between two snapshots of a service; None if nothing changed."""
    changes = tuple(
        FieldChange(field=field, old=before, new=now)
        for field in _FIELDS
        if (before := getattr(old, field)) != (now := getattr(new, field))
    )
    if old.gone is not new.gone:
        change = ServiceChange.GONE if new.gone else ServiceChange.RETURNED
    elif changes:
        change = ServiceChange.CHANGED
    else:
        return None
    return ServiceEvent(change=change, service=new, changes=changes)
