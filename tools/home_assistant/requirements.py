"""Print requirements.in as the Home Assistant wants it that runs this.

What scripts/test-home-assistant installs: requirements.in is for one version of Home Assistant,
and others ask for other versions of the same packages.
"""

from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import sys

from homeassistant import components
from homeassistant.const import __version__
from packaging.utils import canonicalize_name

HARNESS = "pytest-homeassistant-custom-component"

_REPOSITORY = Path(__file__).parents[2]


def lines(file: str) -> list[str]:
    """Requirements of a file of the repository, without comments."""
    text = (_REPOSITORY / file).read_text()
    return [line.strip() for line in text.splitlines() if line.partition("#")[0].strip()]


def versions(requirements: Iterable[str]) -> dict[str, str]:
    """Pinned version by package."""
    pins = (line.partition(";")[0].partition("==") for line in requirements if "==" in line)
    return {canonicalize_name(name): version.strip() for name, _, version in pins}


def wanted_by_home_assistant() -> dict[str, str]:
    """Versions the manifests of Home Assistant's integrations name, by package."""
    (folder,) = map(Path, components.__path__)
    manifests = (json.loads(path.read_text()) for path in folder.glob("*/manifest.json"))
    return versions(line for manifest in manifests for line in manifest.get("requirements", []))


def adapted(requirements: Iterable[str]) -> Iterator[str]:
    """Replace the versions by those of this Home Assistant, and leave its harness out."""
    wanted = wanted_by_home_assistant()
    for line in requirements:
        name, pinned, version = line.partition("==")
        if name != HARNESS:
            yield f"{name}=={wanted.get(canonicalize_name(name), version)}" if pinned else name


def main() -> None:
    """Print them, Home Assistant itself and the arguments first."""
    named = adapted(lines("requirements.in"))
    print(f"homeassistant=={__version__}", *sys.argv[1:], *named, sep="\n")


if __name__ == "__main__":
    main()
