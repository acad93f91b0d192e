"""Home Assistant's log after all that the other end-to-end tests have done, mistakes included."""

import pytest

from tools.demo.home import Demo
from tools.home_assistant.log_problems import log_problems
from tools.panel.process import PANEL_KEY

TIME = "2026-11-23 15:17:08.357"
QUIET = f"{TIME} WARNING (MainThread) [homeassistant.loader] A custom integration\n"


@pytest.mark.parametrize(
    "record",
    [
        f"{TIME} ERROR (MainThread) [custom_components.smm_panel] Unexpected\n",
        f"{TIME} WARNING (MainThread) [asyncio] It broke\nTraceback (most recent call last):\n",
        f"{TIME} WARNING (MainThread) [frame] Detected that custom integration 'smm_panel' does\n",
        f"{TIME} DEBUG (MainThread) [custom_components.smm_panel] POST key={PANEL_KEY}\n",
    ],
)
def test_problems_are_found(record: str) -> None:
    """The next test could not fail."""
    (found,) = log_problems(QUIET + record + QUIET, [PANEL_KEY])

    assert record in found


async def test_log_of_all_these_tests(demo: Demo) -> None:
    """A defect nobody sees on the screen would stay: a traceback, a misuse, a key in the log."""
    log = demo.home_assistant.log_path.read_text()

    assert "custom integration smm_panel" in log
    assert list(log_problems(log, [PANEL_KEY, "mistyped"])) == []
