"""The check of the coverage of each module."""

from typing import Any

import pytest

from tools.coverage_per_module import Floor, below

FLOORS = [Floor("*flow.py", 100), Floor("*", 95)]


def report(**percents: float) -> dict[str, Any]:
    """Return a report as `coverage json` writes it."""
    return {
        "files": {
            f"custom_components/smm_panel/{name}.py": {
                "summary": {"percent_covered": percent},
                "missing_lines": [7],
                "missing_branches": [[3, 5], [4, -1]],
            }
            for name, percent in percents.items()
        }
    }


def test_modules_that_reach_their_floors() -> None:
    """What is tested well must not be asked for more."""
    assert not [*below(report(config_flow=100, sensor=95), FLOORS)]


@pytest.mark.parametrize("percents", [{"sensor": 94.99}, {"config_flow": 99.9, "preset_flow": 100}])
def test_one_module_below_its_floor(percents: dict[str, float]) -> None:
    """Modules that are tested well must not hide the one that is not."""
    (found,) = below(report(api=100, button=100, **percents), FLOORS)

    assert found.startswith(f"custom_components/smm_panel/{next(iter(percents))}.py: ")
    assert found.endswith("; lines 7; branches 3 to 5, 4 to the end")


def test_flows_in_folders_are_flows() -> None:
    """A flow of a subentry is held to as much, wherever it is."""
    files = {
        f"custom_components/smm_panel/presets/{name}.py": {
            "summary": {"percent_covered": 99},
            "missing_lines": [],
        }
        for name in ("flow", "form")
    }

    (found,) = below({"files": files}, FLOORS)

    assert "presets/flow.py" in found


def test_nothing_is_not_enough() -> None:
    """A measurement that was lost must not pass for a good one."""
    assert [*below({"files": {}}, FLOORS)]
    assert [*below(report(sensor=100), [Floor("*flow.py", 100)])]
