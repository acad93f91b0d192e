"""What speaks for or against an unconfirmed order having been placed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Hints for the user; none of them settles an order by itself.

    `balance_before` is the balance that was to be expected just before the order was
    sent, `balance_after` the first one read afterwards, both in the account's currency.
    `link_refused_at` is when the panel refused another order because of an active one
    with this link.
    """

    balance_before: Decimal | None = None
    balance_after: Decimal | None = None
    link_refused_at: datetime | None = None
