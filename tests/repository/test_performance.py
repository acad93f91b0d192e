"""The figures that the README takes from docs/performance.md."""

from pathlib import Path
import re

REPOSITORY = Path(__file__).parents[2]


def cells(case: str, subject: str) -> list[str]:
    """Return the row of a refresh of 10 000 orders."""
    text = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| 10,000 \| {case} \| {subject} \|(.*)\|$", text, re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


def test_the_readme_has_the_figures_of_the_last_run() -> None:
    """A run that finds other figures must not leave the old ones as advertisement."""
    *_, ratio = cells("unchanged", "`rest` per order")
    ours, theirs = (
        cells("1 % changed", subject)[-2] for subject in ("SMM Panel", "`rest` per order")
    )
    section = (REPOSITORY / "README.md").read_text(encoding="utf-8").replace("\n", " ")

    assert f"takes {float(ratio):.0f} times less processor time" in section
    assert f"holds up Home Assistant for {ours} ms at most" in section
    assert f"where those sensors do for {theirs} ms" in section
