"""What must not be in Home Assistant's log."""

from collections.abc import Iterable, Iterator
import re

_RECORD = re.compile(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_ERROR = re.compile(r"\S+ \S+ (ERROR|CRITICAL) ")

# Parts of Home Assistant that use programs a plain machine lacks, and complain with a traceback.
_MISSING_PROGRAMS = ("[haffmpeg.", "[homeassistant.components.camera.img_util]")

# It writes down as errors what actions answered to mistakes of the user.
_TOLD_TO_THE_USER = "[homeassistant.components.websocket_api.http.connection]"


def log_problems(log: str, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Find records that are errors, hold a traceback, accuse an integration or tell a secret."""
    wanted = tuple(secrets)
    for record in _RECORD.split(log):
        if any(secret in record for secret in wanted) or _is_problem(record):
            yield record


def _is_problem(record: str) -> bool:
    if any(name in record for name in _MISSING_PROGRAMS):
        return False
    if "Traceback" in record or "Detected that custom integration" in record:
        return True
    return _ERROR.match(record) is not None and _TOLD_TO_THE_USER not in record
