"""Files that Home Assistant, HACS and GitHub read, as far as their own checks are not at hand."""

import json
from pathlib import Path
import subprocess
import zipfile

from PIL import Image
import pytest

REPOSITORY = Path(__file__).parents[1]
INTEGRATION = REPOSITORY / "custom_components" / "smm_panel"
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}


def test_manifest_is_in_order() -> None:
    """Hassfest refuses a manifest whose keys are not sorted after domain and name."""
    keys = list(json.loads((INTEGRATION / "manifest.json").read_text()))

    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_hacs_file_has_known_keys() -> None:
    """HACS refuses a file with any key it does not know."""
    settings = json.loads((REPOSITORY / "hacs.json").read_text())

    assert settings.keys() <= HACS_KEYS
    assert settings["filename"] == "smm_panel.zip"


@pytest.mark.parametrize(("name", "size"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_brand_images(name: str, size: int) -> None:
    """An image of another size is blurred or refused."""
    with Image.open(INTEGRATION / "brand" / name) as image:
        assert image.format == "PNG"
        assert image.size == (size, size)


def release(tag: str, archive: Path) -> int:
    """Exit code of scripts/release."""
    command = [str(REPOSITORY / "scripts" / "release"), tag, str(archive)]
    return subprocess.run(command, check=False).returncode


def test_release_archive(tmp_path: Path) -> None:
    """Users see the version of the manifest, and HACS unpacks into the integration's folder."""
    assert release("v1.2.3b1", tmp_path / "made.zip") == 0

    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        names = set(archive.namelist())
        assert json.loads(archive.read("manifest.json"))["version"] == "1.2.3b1"
    assert {"__init__.py", "api/__init__.py", "translations/en.json", "brand/icon.png"} <= names
    assert not [name for name in names if "__pycache__" in name]


def test_release_refuses_a_tag_that_is_no_version(tmp_path: Path) -> None:
    """Home Assistant does not load an integration whose version it cannot parse."""
    assert release("latest", tmp_path / "made.zip") != 0

    assert not (tmp_path / "made.zip").exists()
