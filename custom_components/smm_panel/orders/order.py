"""One order in the order book."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Self

from homeassistant.util.ulid import ulid_now

from ..api import ItemError, OrderReport, OrderStatus, Outcome
from ..const import REFILL_POLLED_FOR
from ..links import canonical_target
from ..money import is_same_currency
from .initiator import Initiator
from .requests import Cancel, Refill, RequestState

# Each open order is compared with each new one. Of 10 000 orders that takes a third of a second,
# and nothing once the forms are known.
_target = lru_cache(maxsize=16_384)(canonical_target)


class Placement(StrEnum):
    """What is known of the placing of an order."""

    INTENDED = "intended"
    """On disk, about to be sent. An order found in this state at start-up was interrupted."""

    PLACED = "placed"
    """The panel assigned an id; also every order that is tracked by its id."""

    UNCONFIRMED = "unconfirmed"
    """Sent, but the answer was lost: the panel may have the order or not."""


ORDER_STATES = (
    *(status.value for status in OrderStatus if status is not OrderStatus.UNKNOWN),
    Placement.UNCONFIRMED.value,
)
"""The values of `TrackedOrder.state`."""

ATTENTION = frozenset({OrderStatus.PARTIAL, OrderStatus.CANCELED, OrderStatus.FAILED})

# Final statuses in which the panel refunds part of the charge or all of it.
REFUND_STATUSES = frozenset(
    {
        OrderStatus.PARTIAL,
        OrderStatus.CANCELED,
        OrderStatus.REFUNDED,
        OrderStatus.FAILED,
        OrderStatus.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Hints for the user whether an unconfirmed order was placed; none is a proof by itself.

    `balance_before` is the balance expected just before the order was sent,
    `balance_after` the first one read afterwards, both in the account's currency.
    `link_refused_at` is when the panel refused another order because of an active one
    with this link.
    """

    balance_before: Decimal | None = None
    balance_after: Decimal | None = None
    link_refused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedOrder:
    """An order we placed or track, with the panel's last report.

    `local_id` is ours and never changes; `panel_id` is the panel's id, None while the outcome
    of sending the order is unknown. The fields of the request (service, link, quantity, ...)
    are None for an order that was placed elsewhere. `username` replaces the link for types
    without a link. `parts` is the maximum number of orders that a drip-feed or subscription
    makes, `max_charge` the limit set by the caller. Amounts are in `currency`, the account's
    at the time; `charge` is the highest one that the panel reported before a refund. `preset`
    is the id of the preset that the order was placed from, if any.
    """

    local_id: str
    placement: Placement
    added_at: datetime
    panel_id: str | None = None
    service: str | None = None
    name: str | None = None
    link: str | None = None
    username: str | None = None
    quantity: int | None = None
    parts: int | None = None
    estimate: Decimal | None = None
    max_charge: Decimal | None = None
    charge: Decimal | None = None
    currency: str | None = None
    can_refill: bool | None = None
    can_cancel: bool | None = None
    report: OrderReport | None = None
    error: str | None = None
    changed_at: datetime | None = None
    cancel: Cancel | None = None
    refills: tuple[Refill, ...] = ()
    initiator: Initiator | None = None
    preset: str | None = None
    evidence: Evidence | None = None

    @classmethod
    def tracked(cls, order: str, report: OrderReport, now: datetime) -> Self:
        """Return an order placed elsewhere; only the panel's report of it is known."""
        return cls(
            local_id=ulid_now(),
            panel_id=order,
            placement=Placement.PLACED,
            added_at=now,
            report=report,
            changed_at=now,
        )

    @property
    def is_own(self) -> bool:
        """Whether this integration sent the order; only then is its service known."""
        return self.service is not None

    @property
    def status(self) -> OrderStatus | None:
        """The last status that the panel reported."""
        return None if self.report is None else self.report.status

    @property
    def is_final(self) -> bool:
        """Whether the order is not expected to change any more."""
        return self.status is not None and self.status.is_final

    @property
    def is_open(self) -> bool:
        """Whether the order has to be polled."""
        return self.placement is Placement.PLACED and not self.is_final

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look at the order."""
        return (
            self.placement is Placement.UNCONFIRMED
            or self.error is not None
            or self.status in ATTENTION
            or self.is_request_unconfirmed
        )

    @property
    def is_request_unconfirmed(self) -> bool:
        """Whether the last refill request, or the cancel of an open order, is unconfirmed."""
        refill, cancel = self.last_refill, None if self.is_final else self.cancel
        return any(
            item is not None and item.request is RequestState.UNCONFIRMED
            for item in (refill, cancel)
        )

    @property
    def state(self) -> str | None:
        """The state of the order's status entity; None while unknown."""
        if self.placement is Placement.UNCONFIRMED:
            return Placement.UNCONFIRMED
        return None if self.status is OrderStatus.UNKNOWN else self.status

    @property
    def last_refill(self) -> Refill | None:
        """The refill that was requested last."""
        return self.refills[-1] if self.refills else None

    @property
    def refill_id(self) -> str | None:
        """The panel's id of the last refill."""
        return None if self.last_refill is None else self.last_refill.panel_id

    @property
    def open_refills(self) -> tuple[str, ...]:
        """The panel's ids of the unfinished refills."""
        return tuple(
            item.panel_id for item in self.refills if item.is_open and item.panel_id is not None
        )

    def polled_refills(self, now: datetime) -> tuple[str, ...]:
        """Return the panel's ids of the refills that are still polled."""
        if not self.refills or now - self.refills[-1].requested_at > REFILL_POLLED_FOR:
            return ()
        return self.open_refills

    @property
    def may_refill(self) -> bool:
        """Whether a refill request can succeed as far as is known; the panel decides."""
        delivered = self.status in {OrderStatus.COMPLETED, OrderStatus.PARTIAL}
        return delivered and self.can_refill is not False and not self.open_refills

    @property
    def cancel_requested_at(self) -> datetime | None:
        """When the cancel was requested; None unless the panel accepted the request."""
        if self.cancel is None or self.cancel.request is not RequestState.ACCEPTED:
            return None
        return self.cancel.requested_at

    @property
    def terms(self) -> ServiceTerms | None:
        """The terms of the order while it is open; None for one placed elsewhere."""
        if self.service is None or not self.is_open:
            return None
        return ServiceTerms(self.service, self.name, self.can_refill, self.can_cancel)

    @property
    def may_cancel(self) -> bool:
        """Whether a cancel request can succeed as far as is known; the panel decides."""
        return self.is_open and self.can_cancel is not False and not self.cancel_requested_at

    @property
    def progress(self) -> Decimal | None:
        """Delivered share of the quantity in percent; None if either is unknown."""
        if self.status is OrderStatus.COMPLETED:
            return Decimal(100)
        share = self.delivered_share
        return None if share is None else share * 100

    @property
    def delivered_share(self) -> Decimal | None:
        """Delivered share of the quantity, 0 to 1, computed from the reported remains."""
        if not self.quantity or self.report is None or self.report.remains is None:
            return None
        # Over-delivered orders report negative remains.
        delivered = self.quantity - max(self.report.remains, 0)
        return Decimal(max(delivered, 0)) / self.quantity

    @property
    def label(self) -> str:
        """The order's id and name for display, such as "#23501 Followers"."""
        parts = (f"#{self.panel_id}" if self.panel_id else None, self.name)
        return " ".join(part for part in parts if part) or self.local_id

    def is_twin_of(self, other: Self) -> bool:
        """Return whether another order has the same service and the same link or username."""
        mine = (self.service, self.target())
        return self.is_own and mine == (other.service, other.target())

    def target(self, network: str | None = None) -> str | None:
        """Return the form in which targets of orders are compared; None if it is unknown.

        `network` is that of the service, see `links.network_named`.
        """
        return _target(self.link, self.username, network)

    def is_from(self, report: OrderReport | ItemError) -> bool:
        """Return whether the order already reflects this very report object."""
        return self.report is report and self.error is None

    def reported(self, report: OrderReport | ItemError, now: datetime) -> TrackedOrder:
        """Return the order with a new report; equal to this one if nothing changed.

        An error for this id keeps the last report and is stored in `error`.
        """
        if isinstance(report, ItemError):
            # An id that was not sent has no new report.
            was_sent = report.outcome is not Outcome.NOT_SENT
            return replace(self, error=report.message) if was_sent else self
        status_changed = report.status is not self.status
        charge = self.reported_charge(report)
        if charge is None or report.status in REFUND_STATUSES:
            charge = self.charge
        elif self.charge is not None:
            charge = max(charge, self.charge)
        return replace(
            self,
            report=report,
            error=None,
            charge=charge,
            changed_at=now if status_changed else self.changed_at,
        )

    def interrupted(self) -> TrackedOrder:
        """Return the order as it is after Home Assistant was interrupted.

        Whatever was being sent becomes unconfirmed. Returns the same object if nothing was.
        """
        changes: dict[str, Any] = {}
        if self.placement is Placement.INTENDED:
            changes["placement"] = Placement.UNCONFIRMED
        if self.cancel is not None and self.cancel.request is RequestState.INTENDED:
            changes["cancel"] = replace(self.cancel, request=RequestState.UNCONFIRMED)
        if self.last_refill is not None and self.last_refill.request is RequestState.INTENDED:
            lost = replace(self.last_refill, request=RequestState.UNCONFIRMED)
            changes["refills"] = (*self.refills[:-1], lost)
        return replace(self, **changes) if changes else self

    def reported_charge(self, report: OrderReport | None) -> Decimal | None:
        """Return the charge in a report, if it is in the currency of the order."""
        if report is None or report.charge is None:
            return None
        return report.charge if is_same_currency(report.currency, self.currency) else None


class ServiceTerms(NamedTuple):
    """The service of an open order, and what the service offered when it was ordered."""

    service: str
    name: str | None
    can_refill: bool | None
    can_cancel: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """An order before and after a change."""

    old: TrackedOrder
    new: TrackedOrder
