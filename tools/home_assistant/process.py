"""A real Home Assistant in another process, with its own configuration folder."""

import json
from pathlib import Path
import shutil
from typing import Self

from tools.processes import ChildProcess, free_port, poll

from .api import HomeAssistantApi, Json, Login

_REPOSITORY = Path(__file__).parents[2]
_INTEGRATION = _REPOSITORY / "custom_components" / "smm_panel"
_BLUEPRINTS = _REPOSITORY / "blueprints"
_STUBS = Path(__file__).parent / "stubs"
_START_SECONDS = 180  # about ten on an idle machine, more in continuous integration
_LOG_TAIL = 4000  # characters of the log in the error message

# The integrations of default_config that users of ours see, without those that search for devices
# in the network or contact servers on the internet.
_CONFIGURATION = """\
config:
frontend:
history:
logbook:
persistent_notification:
system_health:
todo:
automation: !include automations.yaml
script: !include scripts.yaml
"""


class HomeAssistantProcess:
    """Starts, stops and kills Home Assistant, any number of times on the same folder.

    Use it as an async context manager, or call `start` and `stop`. Home Assistant listens on
    127.0.0.1 only. Its output is in the file `log_path`.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, login: Login | None = None
    ) -> None:
        self.folder = folder
        self.login = login or Login()
        self.port = port or free_port()
        self.api = HomeAssistantApi(f"http://127.0.0.1:{self.port}")
        self.log_path = folder / "console.log"
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        """Address for the browser."""
        return self.api.url

    async def start(self) -> None:
        """Start it, wait until it runs, and sign in.

        Raises RuntimeError with the end of the log if it ends, TimeoutError if it takes too long.
        """
        prepare(self.folder, self.port)
        self._process = _spawn(self.folder, self.log_path)
        await poll("Home Assistant answers", self._answers, within=_START_SECONDS)
        await self.api.sign_in(self.login)
        await poll("Home Assistant has started", self._runs, within=_START_SECONDS)

    async def stop(self) -> None:
        """Stop it in the regular way, so that it saves everything."""
        if (process := self._process) is not None:
            self._process = None
            await process.stop()

    async def kill(self) -> None:
        """Kill it, as a power failure would."""
        if (process := self._process) is not None:
            self._process = None
            await process.kill()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def _answers(self) -> bool | None:
        if self._process is None or self._process.has_ended:
            log = self.log_path.read_text(errors="replace")[-_LOG_TAIL:]
            raise RuntimeError(f"Home Assistant ended at its start:\n{log}")
        return await self.api.is_up() or None

    async def _runs(self) -> bool | None:
        return (await self.api.get("config"))["state"] == "RUNNING" or None


def prepare(folder: Path, port: int) -> None:
    """Write the configuration into a new folder, or a new port into that of an earlier run."""
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    (folder / "configuration.yaml").write_text(_CONFIGURATION)
    for name in ("automations.yaml", "scripts.yaml"):
        (folder / name).touch()
    components = folder / "custom_components"
    components.mkdir(exist_ok=True)
    link = components / _INTEGRATION.name
    if not link.is_symlink():
        link.symlink_to(_INTEGRATION, target_is_directory=True)
    # A copy, because Home Assistant does not follow links when it lists blueprints.
    shutil.copytree(_BLUEPRINTS, folder / "blueprints", dirs_exist_ok=True)
    _write_storage(storage, "http", _http_settings(port), version=2, minor_version=2)
    if not (storage / "onboarding").exists():
        # All steps but the user: they set up integrations that need the internet.
        done = {"done": ["core_config", "analytics", "integration"]}
        _write_storage(storage, "onboarding", done, version=4)


def _http_settings(port: int) -> dict[str, Json]:
    """Return the settings in the format in which components/http stores them.

    An `http:` block in the YAML would only be tried for five minutes. Then Home Assistant returns
    to the default port, unless the user confirms the new one.
    """
    stable = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}


def _write_storage(
    storage: Path, key: str, data: dict[str, Json], *, version: int, minor_version: int = 1
) -> None:
    content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content))


def _spawn(folder: Path, log_path: Path) -> ChildProcess:
    return ChildProcess(
        "Home Assistant",
        "homeassistant",
        "--config",
        str(folder),
        "--skip-pip",
        "--log-no-color",
        log_path=log_path,
        folder=folder,
        environment={"PYTHONPATH": str(_STUBS)},
    )
