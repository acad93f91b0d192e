"""Files that Home Assistant, HACS and GitHub read, as far as their own checks are not at hand."""

from decimal import Decimal
import json
from pathlib import Path
import shutil
import subprocess
import zipfile

from PIL import Image
import pytest

from custom_components.smm_panel.const import DOMAIN
from tools.home_assistant.log_problems import log_problems
from tools.home_assistant.process import HomeAssistantProcess

REPOSITORY = Path(__file__).parents[2]
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


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of version 1.2.3b1."""
    made = tmp_path_factory.mktemp("release") / "made.zip"
    assert release("v1.2.3b1", made) == 0
    return made


def files_of(archive: Path) -> set[str]:
    """Names of the files in an archive, without its folders."""
    with zipfile.ZipFile(archive) as opened:
        return {info.filename for info in opened.infolist() if not info.is_dir()}


def tracked_files() -> set[str]:
    """Names of the integration's files in git. Skips the test where there is no git."""
    if not (REPOSITORY / ".git").exists() or (git := shutil.which("git")) is None:
        pytest.skip("a copy of the sources, without git")
    # A container's checkout belongs to another user.
    command = [git, "-c", f"safe.directory={REPOSITORY}", "ls-files"]
    listed = subprocess.run(command, cwd=INTEGRATION, check=True, capture_output=True, text=True)
    return set(listed.stdout.splitlines())


def test_archive_holds_the_integration_only(archive: Path) -> None:
    """Nobody has use for what developers need, and a stray file may tell too much."""
    tracked = tracked_files()

    assert files_of(archive) == {name for name in tracked if Path(name).name != "ruff.toml"}
    assert {"__init__.py", "api/__init__.py", "translations/en.json", "brand/icon.png"} <= tracked


def test_archive_can_be_made_again(archive: Path, tmp_path: Path) -> None:
    """Whoever doubts an archive makes it of the tag and compares."""
    assert release("1.2.3b1", tmp_path / "again.zip") == 0

    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


@pytest.mark.long("the archive in a real Home Assistant")
async def test_archive_works_in_home_assistant(
    archive: Path, tmp_path: Path, socket_enabled: None
) -> None:
    """What HACS unpacks is set up, with the version of the tag."""
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(unpacked)
    folder = tmp_path / "home_assistant"
    (folder / "custom_components").mkdir(parents=True)
    (folder / "custom_components" / DOMAIN).symlink_to(unpacked, target_is_directory=True)

    async with HomeAssistantProcess(folder) as home_assistant:
        api = home_assistant.api
        await api.config_flow(DOMAIN, {"next_step_id": "practice"}, {})
        (entry,) = await api.command("config_entries/get", domain=DOMAIN)
        manifest = await api.command("manifest/get", integration=DOMAIN)
        balance = (await api.states())["sensor.practice_account_balance"]["state"]

    assert entry["state"] == "loaded"
    assert manifest["version"] == "1.2.3b1"
    assert Decimal(balance) > 0
    assert list(log_problems(home_assistant.log_path.read_text())) == []


def test_release_refuses_a_tag_that_is_no_version(tmp_path: Path) -> None:
    """Home Assistant does not load an integration whose version it cannot parse."""
    assert release("latest", tmp_path / "made.zip") != 0

    assert not (tmp_path / "made.zip").exists()
