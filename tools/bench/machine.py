"""What the figures were measured on, in words that name no machine."""

from datetime import UTC, datetime
import os
from pathlib import Path
import platform

from homeassistant.const import __version__ as home_assistant

_CPU = Path("/proc/cpuinfo")


def describe() -> dict[str, str]:
    """Return the date and what of the machine matters."""
    load, _, _ = os.getloadavg()
    return {
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Processor": _processor(),
        "Cores": str(os.process_cpu_count()),
        "Load before the run": f"{load:.1f}",
        "Python": platform.python_version(),
        "Home Assistant": home_assistant,
    }


def _processor() -> str:
    lines = _CPU.read_text().splitlines() if _CPU.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
