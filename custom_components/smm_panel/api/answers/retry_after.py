"""When a panel accepts the next request: from headers, fields or text of its answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import re

from .folding import fold_words
from .values import Json, fields, pick, read_money

# A longer time is a mistake of the panel; without this limit the account would stay offline.
_LONGEST_WAIT = 86_400.0
# Smaller numbers in X-RateLimit-Reset are seconds to wait, larger ones a Unix time, which
# some panels write in milliseconds.
_FIRST_UNIX_TIME = 1_000_000_000
_FIRST_MILLISECOND = 1_000_000_000_000

_HEADERS = ("retry-after", "x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_FIELDS = ("retryafter", "retryin", "waitseconds")
_UNITS = {"s": 1, "m": 60, "h": 3_600}
# Folded: "try again in 30 seconds", "wait 5 more minutes", "retry_after: 1h".
_WITH_UNIT = re.compile(
    r"\b(?:in|after|for|wait)\b\D{0,15}?(\d{1,6}) ?(s|m(?!s\b)|h)(?:ec|econd|in|inute|r|our)?s?\b"
)
# Without a unit it is seconds, but only directly after these words: "FLOOD_WAIT_42", not
# "wait, 60 requests are allowed".
_SECONDS = re.compile(r"\b(?:retry in|retry after|wait) (\d{1,6})\b(?! (?:req|call|order))")


def read_retry_after(headers: Mapping[str, str], data: Json, text: str) -> float | None:
    """Read how long to wait, in seconds from now.

    From `Retry-After` (seconds or date) or `X-RateLimit-Reset`, else from a field of the
    answer, else from the error's text.
    """
    folded = {name.lower(): value.strip() for name, value in headers.items()}
    values = [folded[name] for name in _HEADERS if folded.get(name)]
    if isinstance(data, dict) and isinstance(field := pick(fields(data), *_FIELDS), str):
        values.append(field)
    waits = [*map(_seconds, values), _seconds_in(text)]
    wait = next((wait for wait in waits if wait is not None), None)
    return None if wait is None else min(max(wait, 0.0), _LONGEST_WAIT)


def read_pause(headers: Mapping[str, str]) -> float | None:
    """Read for how many seconds no further request is allowed; None if one is."""
    folded = {name.lower(): value.strip() for name, value in headers.items()}
    if not any(folded.get(name) == "0" for name in _REMAINING):
        return None
    return read_retry_after(headers, None, "")


def _seconds(value: str) -> float | None:
    """Read seconds, a Unix time or an HTTP date."""
    now = datetime.now(UTC)
    if value.isascii() and value.replace(".", "", 1).isdecimal():
        number = read_money(value)
        if number is None:
            return None
        seconds = float(number)
        if seconds >= _FIRST_MILLISECOND:
            seconds /= 1_000
        return seconds - now.timestamp() if seconds >= _FIRST_UNIX_TIME else seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()


def _seconds_in(text: str) -> float | None:
    """Return the seconds to wait that a message names."""
    folded = fold_words(text)
    if match := _WITH_UNIT.search(folded):
        return float(match[1]) * _UNITS[match[2]]
    return float(match[1]) if (match := _SECONDS.search(folded)) else None
