"""What must not be in Home Assistant's log."""

from collections.abc import Iterable, Iterator
import re

_RECORD = re.compile(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_BAD = re.compile(
    r"^\S+ \S+ (ERROR|CRITICAL) |^Traceback|Detected that custom integration", re.MULTILINE
)

# Parts of Home Assistant that use programs a plain machine lacks, and complain.
_MISSING_PROGRAMS = ("[haffmpeg.", "[homeassistant.components.camera.img_util]")


def log_problems(log: str, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Find records that are errors, hold a traceback, accuse an integration or tell a secret."""
    for record in _RECORD.split(log):
        if any(secret in record for secret in secrets):
            yield f"A secret is told: {record}"
        elif _BAD.search(record) and not any(name in record for name in _MISSING_PROGRAMS):
            yield record
