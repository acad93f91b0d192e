"""OrderRequest: one order, checked before anything is sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from .models import Service
from .service_types import SERVICE_TYPES, ServiceType, service_type

# Panels keep counts in 32-bit columns; a larger number is a slip of the hand, never an order.
MAX_COUNT = 2_147_483_647
# A link is an address (browsers and servers stop near 2 000 characters); texts are names, codes and keywords.
MAX_TEXT = 2_000

_LISTS = ("comments", "usernames", "hashtags", "groups", "keywords")
_TEXTS = ("link", "username", "hashtag", "media", "country", "google_keyword", "referring_url")
_NO_BLANKS = ("service", "link")
# The smallest value that means something; `posts` and `old_posts` may be 0, `delay` 0 is "at once", one run is no drip-feed.
_NUMBERS = {
    "quantity": 1,
    "runs": 2,
    "interval": 1,
    "min": 1,
    "max": 1,
    "posts": 0,
    "old_posts": 0,
    "delay": 0,
    "answer_number": 1,
    "device": 1,
    "type_of_traffic": 1,
}
# 1 desktop, 2 Android, 3 iOS, 4 mixed mobile, 5 mixed all; 1 Google keyword, 2 custom referrer, 3 blank (wire notes, section 2).
_CHOICES = {"device": 5, "type_of_traffic": 3}
_GOOGLE_KEYWORD = 1
_CUSTOM_REFERRER = 2

_FIELDS = frozenset(name for known in SERVICE_TYPES for name in known.fields)
# What the client itself writes, and other panels' names for the key: an extra field must not touch them.
_RESERVED = frozenset({"key", "api", "api_token", "action", "service", "type"})
# PHP rewrites or nests any other name ("quantity " and "quantity[]" arrive as quantity), which would get around the checks.
_EXTRA_NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)


class OrderProblem(StrEnum):
    """Why a field of an order is wrong."""

    REQUIRED = "required"
    NOT_ALLOWED = "not_allowed"
    NOT_A_TEXT = "not_a_text"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_POSITIVE = "not_positive"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    CONTAINS_BLANK = "contains_blank"
    SEVERAL_LINES = "several_lines"
    UNKNOWN_VALUE = "unknown_value"
    PAST_DATE = "past_date"
    BAD_NAME = "bad_name"


class InvalidOrderError(ValueError):
    """An order that would be wrong: which `field`, why (`reason`) and, where one applies, the `limit` it breaks."""

    def __init__(self, field: str, reason: OrderProblem, *, limit: int | None = None) -> None:
        """Name the field and the reason in the message."""
        super().__init__(f"{field}: {reason}" if limit is None else f"{field}: {reason} ({limit})")
        self.field = field
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """One order of the action `add`; which fields it takes depends on `type` (`service_type()`).

    Lists are given as a sequence or as text with one entry a line and are kept as tuples of stripped, non-empty lines.
    `interval` and `delay` are in minutes. `extra` holds fields only some panels know (such as `request_id`).

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
        """Bring every field into its one form and check it."""
        for name in ("service", "type", *_TEXTS):
            self._set(name, _text(name, getattr(self, name)))
        for name in _LISTS:
            self._set(name, _lines(name, getattr(self, name)))
        for name, least in _NUMBERS.items():
            _check_number(name, getattr(self, name), least)
        self._set("expiry", _future_date("expiry", self.expiry))
        self._set("extra", self._checked_extra())
        self._check_presence()
        self._check_combinations()

    def _set(self, name: str, value: object) -> None:
        """Store a cleaned value; the dataclass is frozen for everybody else."""
        object.__setattr__(self, name, value)

    @property
    def service_type(self) -> ServiceType:
        """The rules this order is checked against."""
        return service_type(self.type)

    @property
    def known_type(self) -> bool:
        """Whether the type is one of `SERVICE_TYPES`; the price of any other cannot be known beforehand."""
        return self.service_type.known

    @property
    def per_order(self) -> bool:
        """Whether the service's rate is the price of this one order, not of 1000."""
        return self.service_type.per_order

    @property
    def count(self) -> int | None:
        """How much the panel will deliver at most, over all runs; None if that cannot be known.

        A subscription delivers up to `max` for each post, so one without a number of posts has no count. Neither has one with
        0 posts: some panels read that as unlimited, some as old posts only.
        """
        each = self._count_per_run
        if each is not None:
            return each * (self.runs or 1)
        if self.max is not None and self.posts:
            return self.max * (self.posts + (self.old_posts or 0))
        return None

    @property
    def _count_per_run(self) -> int | None:
        """The number the service's minimum and maximum are about."""
        if (lines := self.service_type.lines) is not None:
            return len(getattr(self, lines))
        return self.quantity

    def check_limits(self, service: Service) -> None:
        """Hold the counts against the minimum and maximum of the service, and drip-feed against its flag.

        A drip-feed's limits are for one run, a subscription's for one post. Packages have none.
        """
        if self.runs is not None and service.dripfeed is False:
            raise InvalidOrderError("runs", OrderProblem.NOT_ALLOWED)
        if self.per_order:
            return
        if (count := self._count_per_run) is not None:
            _check_range(self.service_type.lines or "quantity", count, service)
        for name, value in (("min", self.min), ("max", self.max)):
            if value is not None:
                _check_range(name, value, service)

    def form(self) -> dict[str, str]:
        """Give the form fields, without key and action: lists one entry a line, the date as d/m/Y."""
        values = {name: getattr(self, name) for name in ("service", *self.service_type.fields)}
        return {name: _form_text(value) for name, value in values.items() if value is not None} | dict(self.extra)

    def _checked_extra(self) -> dict[str, str]:
        """Check the free fields; none may stand for a field that is checked, for then the check would be worth nothing."""
        rules = self.service_type
        taken = _RESERVED | (_FIELDS if rules.known else frozenset(rules.fields))
        for name, value in self.extra.items():
            if not isinstance(name, str) or not _EXTRA_NAME.fullmatch(name):
                raise InvalidOrderError(str(name), OrderProblem.BAD_NAME)
            if name.lower() in taken:
                raise InvalidOrderError(name, OrderProblem.NOT_ALLOWED)
            if not isinstance(value, str):
                raise InvalidOrderError(name, OrderProblem.NOT_A_TEXT)
        return dict(self.extra)

    def _check_presence(self) -> None:
        """Refuse a missing field of the type and a given field of another type."""
        rules = self.service_type
        for name in ("service", *rules.required):
            if not getattr(self, name) and getattr(self, name) != 0:
                raise InvalidOrderError(name, OrderProblem.REQUIRED)
        for name in sorted(_FIELDS.difference(rules.fields)):
            if getattr(self, name) is not None:
                raise InvalidOrderError(name, OrderProblem.NOT_ALLOWED)

    def _check_combinations(self) -> None:
        """Check what depends on two fields: drip-feed, the range of a subscription, the source of web traffic."""
        needed = (
            ("interval", self.runs is not None and self.interval is None),
            ("runs", self.interval is not None and self.runs is None),
            ("google_keyword", self.type_of_traffic == _GOOGLE_KEYWORD and self.google_keyword is None),
            ("referring_url", self.type_of_traffic == _CUSTOM_REFERRER and self.referring_url is None),
        )
        for name, is_missing in needed:
            if is_missing:
                raise InvalidOrderError(name, OrderProblem.REQUIRED)
        if self.min is not None and self.max is not None and self.max < self.min:
            raise InvalidOrderError("max", OrderProblem.TOO_FEW, limit=self.min)


def _text(name: str, value: object) -> str | None:
    """Strip a one-line text; a blank one counts as not given."""
    if value is None:
        return "" if name in {"service", "type"} else None
    if not isinstance(value, str):
        raise InvalidOrderError(name, OrderProblem.NOT_A_TEXT)
    text = value.strip()
    if len(text) > MAX_TEXT:
        raise InvalidOrderError(name, OrderProblem.TOO_LONG, limit=MAX_TEXT)
    if len(text.splitlines()) > 1:
        raise InvalidOrderError(name, OrderProblem.SEVERAL_LINES)
    if name in _NO_BLANKS and any(character.isspace() for character in text):
        raise InvalidOrderError(name, OrderProblem.CONTAINS_BLANK)
    if name == "type":
        return text or "Default"
    return text if text or name == "service" else None


def _lines(name: str, value: object) -> tuple[str, ...] | None:
    """Bring a list, or text with one entry a line, into a tuple; without any entry it counts as not given."""
    if value is None:
        return None
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, str) for entry in entries):
        raise InvalidOrderError(name, OrderProblem.NOT_A_TEXT)
    # An entry with a line break inside would be two to the panel, which counts and charges lines.
    lines = (line.strip() for entry in entries for line in entry.splitlines())
    return tuple(line for line in lines if line) or None


def _check_number(name: str, value: object, least: int) -> None:
    """Refuse what is no whole number in the field's range; True is a number to Python only."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidOrderError(name, OrderProblem.NOT_A_NUMBER)
    if name in _CHOICES and not least <= value <= _CHOICES[name]:
        raise InvalidOrderError(name, OrderProblem.UNKNOWN_VALUE)
    if value < least:
        reason = OrderProblem.NOT_POSITIVE if value <= 0 and least > 0 else OrderProblem.TOO_FEW
        raise InvalidOrderError(name, reason, limit=least)
    if value > MAX_COUNT:
        raise InvalidOrderError(name, OrderProblem.TOO_MANY, limit=MAX_COUNT)


def _future_date(name: str, value: object) -> date | None:
    """Refuse a date that is over everywhere on earth; which time zone a panel keeps is unknown."""
    if value is None:
        return None
    if not isinstance(value, date):
        raise InvalidOrderError(name, OrderProblem.NOT_A_DATE)
    day = value.date() if isinstance(value, datetime) else value
    if day < (datetime.now(UTC) - timedelta(hours=12)).date():
        raise InvalidOrderError(name, OrderProblem.PAST_DATE)
    return day


def _check_range(name: str, count: int, service: Service) -> None:
    """Hold one count against the service's minimum and maximum."""
    if count < service.min:
        raise InvalidOrderError(name, OrderProblem.TOO_FEW, limit=service.min)
    if count > service.max:
        raise InvalidOrderError(name, OrderProblem.TOO_MANY, limit=service.max)


def _form_text(value: object) -> str:
    """Write one value the way the form wants it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, tuple):
        return "\n".join(value)
    return str(value)
