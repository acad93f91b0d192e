"""When a panel wants to be asked again, from the headers of its answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .values import read_money

# A panel that names a longer time is mistaken; nobody would see it recover.
_LONGEST_WAIT = 86_400.0
# Smaller numbers in X-RateLimit-Reset are seconds to wait, larger ones a Unix time.
_FIRST_UNIX_TIME = 1_000_000_000


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After` (seconds or date) or `X-RateLimit-Reset`, in seconds from now."""
    folded = {name.lower(): value.strip() for name, value in headers.items()}
    wait = _seconds(folded.get("retry-after"))
    if wait is None:
        wait = _seconds(folded.get("x-ratelimit-reset"))
    return None if wait is None else min(max(wait, 0.0), _LONGEST_WAIT)


def _seconds(value: str | None) -> float | None:
    """Read seconds, a Unix time or an HTTP date."""
    if not value:
        return None
    now = datetime.now(UTC)
    if value.replace(".", "", 1).isdecimal():
        number = read_money(value)
        if number is None:
            return None
        seconds = float(number)
        return seconds - now.timestamp() if seconds >= _FIRST_UNIX_TIME else seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
