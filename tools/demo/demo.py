"""Run the demo: scripts/demo."""

from argparse import ArgumentParser, Namespace
import asyncio
from collections.abc import Coroutine
import fcntl
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import time

import aiohttp

from tools.home_assistant.api import HomeAssistantApiError
from tools.panel.process import PANEL_KEY
from tools.processes import free_port, is_free

from .accounts import PANEL_TITLE
from .check import CheckFailedError, check_demo
from .dashboard import TITLE
from .home import Demo, running_demo

_REPOSITORY = Path(__file__).parents[2]
_FOLDER = _REPOSITORY / ".demo"
_LOCK = _REPOSITORY / ".cache" / "demo.lock"

_FIRST_PORT = 8123
_PORTS = 100

_SPEED = 4.0  # orders take one to seven minutes
_CHECK_SPEED = 20.0  # as fast as the checks allow

_INTERRUPTED = 130  # exit code of a program that Ctrl-C ended


def main() -> None:
    """Run until Ctrl-C or SIGTERM, or until the checks are done."""
    options = _options()
    try:
        if options.check:
            asyncio.run(_until_signal(_check()))
        else:
            _show(options)
    except asyncio.CancelledError:
        print("Stopped.")
        sys.exit(_INTERRUPTED if options.check else 0)
    except (CheckFailedError, HomeAssistantApiError, OSError, RuntimeError) as err:
        sys.exit(f"scripts/demo: {err}")
    except aiohttp.ClientError as err:
        sys.exit(f"scripts/demo: Home Assistant does not answer any more: {err!r}")


def _show(options: Namespace) -> None:
    """Run the demo in the folder .demo until it is stopped."""
    _LOCK.parent.mkdir(exist_ok=True)
    with _LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("scripts/demo: it is running already, end that one first")
        if options.fresh:
            shutil.rmtree(_FOLDER, ignore_errors=True)
        port = _next_port() if options.port is None else options.port
        asyncio.run(_until_signal(_watch(port)))


async def _watch(port: int) -> None:
    start = time.monotonic()
    async with running_demo(_FOLDER, port=port, speed=_SPEED, mishaps=True) as demo:
        print(f"    done in {time.monotonic() - start:.0f} s", flush=True)
        print(_guide(demo), flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            print("\n==> Stopping", flush=True)


async def _check() -> None:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smm-panel-demo-") as folder:
        demo_folder = Path(folder) / "demo"
        async with running_demo(
            demo_folder, port=free_port(), speed=_CHECK_SPEED, mishaps=False
        ) as demo:
            print("==> Checking what it shows", flush=True)
            await check_demo(demo)
    print(f"The demo works: checked in {time.monotonic() - start:.0f} s", flush=True)


async def _until_signal(work: Coroutine[object, object, None]) -> None:
    """Run the work; a signal cancels it, so that it stops the processes it has started."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    await task


def _guide(demo: Demo) -> str:
    login = demo.home_assistant.login
    return f"""
Home Assistant   {demo.home_assistant.url}
User             {login.username}
Password         {login.password}

The dashboard {TITLE} opens first, with a view for each account. Look at
  - the orders of {PANEL_TITLE}: they move on every minute, some are partial or canceled
  - Cancel and Refill on an order slot
  - All orders: type an order id of the panel to follow it, delete an item to stop
  - Order presets: a button places the order, for its largest charge at most
  - Settings > Automations & scenes: Order in trouble has a trigger of the integration,
    Likes every Monday is made of a blueprint and places the order of a preset
  - Order followers: runs a script. 45000 of them make the low balance automation speak
  - Settings > Tools > Actions, then Place order: the form of the action
  - Settings > Devices & services > SMM Panel: the accounts, their devices and options

Simulated panel  {demo.panel.url}
API key          {PANEL_KEY}

Ctrl-C stops everything; the next scripts/demo goes on from there, --fresh starts over."""


def _next_port() -> int:
    """Return the default port of Home Assistant, or the next one that is free."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        if is_free(port):
            return port
    raise OSError(f"No port from {_FIRST_PORT} on is free: name one with --port")


def _options() -> Namespace:
    parser = ArgumentParser(
        prog="scripts/demo",
        description="Run a simulated panel and a Home Assistant that shows its orders.",
    )
    add = parser.add_argument
    add(
        "--port", type=int, help=f"port of Home Assistant (default: {_FIRST_PORT} or the next free)"
    )
    add("--fresh", action="store_true", help="start over, forgetting earlier runs")
    add(
        "--check",
        action="store_true",
        help="start in a temporary folder on a free port, verify what there is to see, stop",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
