"""OrderRequest: one order, checked before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .models import Service
from .order_fields import (
    FIELDS,
    LISTS,
    NUMBERS,
    TEXTS,
    InvalidOrderError,
    OrderProblem,
    check_number,
    check_range,
    clean_date,
    clean_extra,
    clean_lines,
    clean_text,
    clean_word,
)
from .service_types import ServiceType, service_type

# "Price per 1000" (API document, section "Service list").
_RATE_UNIT = 1000

# Two of the types of web traffic need one field more.
_GOOGLE_KEYWORD = 1
_CUSTOM_REFERRER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """One order of the action `add`; `type` decides which fields it has.

    Lists are a sequence or a text with one entry a line, and are stored as tuples of
    stripped, non-empty lines. `interval` and `delay` are in minutes. `extra` is for fields
    that only some panels support, such as `request_id`, and for the `quantity` of packages and
    of types whose lines are counted (`ServiceType.takes_extra_quantity`).

    Raises `InvalidOrderError` for the first field that is wrong.
    """

    service: str
    type: str = "Default"
    link: str | None = None
    quantity: int | None = None
    runs: int | None = None
    interval: int | None = None
    comments: Sequence[str] | None = None
    usernames: Sequence[str] | None = None
    username: str | None = None
    hashtags: Sequence[str] | None = None
    hashtag: str | None = None
    media: str | None = None
    answer_number: int | None = None
    groups: Sequence[str] | None = None
    keywords: Sequence[str] | None = None
    min: int | None = None
    max: int | None = None
    posts: int | None = None
    old_posts: int | None = None
    delay: int | None = None
    expiry: date | None = None
    country: str | None = None
    device: int | None = None
    type_of_traffic: int | None = None
    google_keyword: str | None = None
    referring_url: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Normalise and check every field."""
        self._set("service", clean_word("service", self.service))
        self._set("type", clean_text("type", self.type) or "Default")
        for name in TEXTS:
            self._set(name, clean_text(name, getattr(self, name)))
        self._set("link", clean_word("link", self.link))
        for name in LISTS:
            self._set(name, clean_lines(name, getattr(self, name)))
        for name in NUMBERS:
            check_number(name, getattr(self, name))
        self._set("expiry", clean_date("expiry", self.expiry))
        self._set("extra", clean_extra(self.extra, self.service_type))
        self._check_presence()
        self._check_combinations()
        self._check_extra_quantity()

    def _set(self, name: str, value: object) -> None:
        """Store a cleaned value; the dataclass is frozen for everybody else."""
        object.__setattr__(self, name, value)

    @property
    def service_type(self) -> ServiceType:
        """The rules this order is checked against."""
        return service_type(self.type)

    @property
    def known_type(self) -> bool:
        """Whether the type is one of `SERVICE_TYPES`, so that its price is known."""
        return self.service_type.known

    @property
    def per_order(self) -> bool:
        """Whether the service's rate is the price of this order, not of 1000."""
        return self.service_type.per_order

    @property
    def count(self) -> int | None:
        """The most that the panel will deliver, in all runs; None if it cannot be known.

        A subscription delivers up to `max` for each post. Without a number of posts it
        is unlimited, and 0 posts means that to some panels too.
        """
        if (each := self._count_per_run) is not None:
            return each * (self.runs or 1)
        if self.max is not None and self.posts:
            return self.max * (self.posts + (self.old_posts or 0))
        return None

    @property
    def _count_per_run(self) -> int | None:
        """The number that the service's minimum and maximum apply to."""
        if (lines := self.service_type.lines) is not None:
            return len(getattr(self, lines))
        return self.quantity

    @property
    def extra_quantity(self) -> int | None:
        """The quantity of an order whose type has none in the API document."""
        if "quantity" in self.service_type.fields:
            return None
        return int(text) if (text := self.extra.get("quantity")) is not None else None

    @property
    def parts(self) -> int | None:
        """The most orders that a drip-feed or subscription makes; None if it cannot be known."""
        if self.posts:
            return self.posts + (self.old_posts or 0)
        return self.runs

    def estimate(self, service: Service) -> Decimal | None:
        """Return the price to expect of this order, in the account's currency.

        None if it cannot be known in advance: the type is unknown, or the order has no
        fixed quantity (a subscription without a number of posts).
        """
        if self.per_order:
            # A panel that wants the quantity of a package may also charge by it.
            return max(service.rate, service.rate * (self.extra_quantity or 0) / _RATE_UNIT)
        if self.count is None or not self.known_type:
            return None
        return service.rate * self.count / _RATE_UNIT

    def check_limits(self, service: Service) -> None:
        """Check the counts against the service's minimum, maximum and drip-feed flag.

        The limits apply to one run of a drip-feed and one post of a subscription;
        packages have none, unless the order carries a quantity in `extra`.

        Raises `InvalidOrderError`.
        """
        if self.runs is not None and service.dripfeed is False:
            raise InvalidOrderError("runs", OrderProblem.NOT_ALLOWED)
        if self.per_order:
            if (quantity := self.extra_quantity) is not None:
                check_range("quantity", quantity, service.min, service.max)
            return
        counts = {
            self.service_type.lines or "quantity": self._count_per_run,
            "min": self.min,
            "max": self.max,
        }
        for name, count in counts.items():
            if count is not None:
                check_range(name, count, service.min, service.max)

    def form(self) -> dict[str, str]:
        """Return the form fields of `add`, without `key` and `action`.

        Lists are joined by newlines, the expiry is d/m/Y.
        """
        names = ("service", *self.service_type.fields)
        values = {name: getattr(self, name) for name in names}
        return {
            name: _form_text(value)
            for name, value in (values | dict(self.extra)).items()
            if value is not None
        }

    def _check_presence(self) -> None:
        """Refuse a missing field of the type and a field that the type does not have."""
        for name in ("service", *self.service_type.required):
            if getattr(self, name) is None:
                raise InvalidOrderError(name, OrderProblem.REQUIRED)
        for name in sorted(FIELDS.difference(self.service_type.fields)):
            if getattr(self, name) is not None:
                raise InvalidOrderError(name, OrderProblem.NOT_ALLOWED)

    def _check_combinations(self) -> None:
        """Check the rules about two fields: drip-feed, web traffic, subscription."""
        traffic = self.type_of_traffic
        for name, is_needed in (
            ("interval", self.runs is not None),
            ("runs", self.interval is not None),
            ("google_keyword", traffic == _GOOGLE_KEYWORD),
            ("referring_url", traffic == _CUSTOM_REFERRER),
        ):
            if is_needed and getattr(self, name) is None:
                raise InvalidOrderError(name, OrderProblem.REQUIRED)
        if self.min is not None and self.max is not None and self.max < self.min:
            raise InvalidOrderError("max", OrderProblem.TOO_FEW, limit=self.min)

    def _check_extra_quantity(self) -> None:
        """Refuse a quantity other than the number of lines: the price is worked out from those."""
        quantity, lines = self.extra_quantity, self.service_type.lines
        if quantity is not None and lines is not None:
            count = len(getattr(self, lines))
            check_range("quantity", quantity, count, count)


def _form_text(value: object) -> str:
    """Return one value in the notation of the form."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, tuple):
        return "\n".join(value)
    return str(value)
