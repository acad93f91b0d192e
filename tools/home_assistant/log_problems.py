"""Find what must not be in Home Assistant's log."""

from collections.abc import Iterable, Iterator
import re

_RECORD = re.compile(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_ERROR = re.compile(r"\S+ \S+ (ERROR|CRITICAL) ")

# They log a traceback if a program is not installed that Home Assistant can do without.
_MISSING_PROGRAMS = ("[haffmpeg.", "[homeassistant.components.camera.img_util]")

# It logs errors that an action has returned to the user.
_SHOWN_TO_THE_USER = "[homeassistant.components.websocket_api.http.connection]"


def log_problems(log: str, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Find records with an error, a traceback, a warning about an integration or a secret."""
    wanted = tuple(secrets)
    for record in _RECORD.split(log):
        if any(secret in record for secret in wanted) or _is_problem(record):
            yield record


def _is_problem(record: str) -> bool:
    if any(name in record for name in _MISSING_PROGRAMS):
        return False
    if "Traceback" in record or "Detected that custom integration" in record:
        return True
    return _ERROR.match(record) is not None and _SHOWN_TO_THE_USER not in record
