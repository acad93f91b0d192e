"""What is known of a service, and what the panel has changed of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self

from ..api import Service

# Of each of them an order or a preset may depend. Names change by the day and mean little.
_FIELDS: Final = ("rate", "min", "max", "refill", "cancel", "type")


class ServiceChange(StrEnum):
    """What happened to a service."""

    CHANGED = "changed"
    GONE = "gone"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field of a service with its value before and now."""

    field: str
    old: Decimal | int | str
    new: Decimal | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSnapshot:
    """A service as the panel last offered it; `gone` if it does no longer.

    `rose_from` is the rate before it rose, until the user has seen that or it fell again.
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
        """Return the facts of a service that nothing was known of."""
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

    def updated(self, service: Service | None, *, mind_rate: bool) -> ServiceSnapshot:
        """Return the facts as of a new service list, which has the service or not.

        With `mind_rate` a rise of the rate is kept for the user to see.
        """
        if service is None:
            return replace(self, gone=True)
        before = self.rate if self.rose_from is None else self.rose_from
        rose = mind_rate and service.rate > before
        return replace(ServiceSnapshot.of(service), rose_from=before if rose else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """What happened to a service, and its facts now."""

    change: ServiceChange
    service: ServiceSnapshot
    changes: tuple[FieldChange, ...]


def service_event(old: ServiceSnapshot, new: ServiceSnapshot) -> ServiceEvent | None:
    """Return what there is to tell of a service; None if nothing."""
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
