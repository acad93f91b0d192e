"""A running demo for all end-to-end tests, and a browser signed in to its Home Assistant."""

from collections.abc import AsyncGenerator
import json
import os
from pathlib import Path
import shutil

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect
import pytest
import pytest_asyncio
import pytest_socket

from tools.demo.home import Demo, running_demo
from tools.home_assistant.process import HomeAssistantProcess
from tools.processes import free_port

SPEED = 20.0
"""Of the simulated panel: orders take ten seconds to a minute and a half."""

WAIT_SECONDS = 60
"""For what a page is to show."""

expect.set_options(timeout=WAIT_SECONDS * 1000)

CHROMIUM_OPTIONS = (
    "--no-sandbox",  # its sandbox needs rights that containers lack
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of the demo share one, in one process and in their order; all take long."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.long("a real Home Assistant"))
            if "demo" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let these tests connect to 127.0.0.1; other addresses stay blocked."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Demo]:
    """The demo: a simulated panel, and a Home Assistant with two accounts and a dozen orders."""
    pytest_socket.enable_socket()  # set up before `sockets`, which is per test
    folder = tmp_path_factory.mktemp("demo")
    async with running_demo(folder, port=free_port(), speed=SPEED, mishaps=False) as running:
        yield running


@pytest.fixture(scope="session")
def home_assistant(demo: Demo) -> HomeAssistantProcess:
    """A running Home Assistant; whoever ends it starts it again."""
    return demo.home_assistant


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    if path := shutil.which("chromium"):
        return path
    reason = "Chromium is not installed (apt-get install chromium)"
    if os.environ.get("SMM_PANEL_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
async def browser(chromium: str) -> AsyncGenerator[Browser]:
    """A headless browser."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(
            executable_path=chromium, headless=True, args=CHROMIUM_OPTIONS
        ) as running,
    ):
        yield running


@pytest.fixture
async def page(home_assistant: HomeAssistantProcess, browser: Browser) -> AsyncGenerator[Page]:
    """A page on which the frontend finds its user signed in; open any path of it.

    Fails the test if the page has written errors to its console.
    """
    api = home_assistant.api
    tokens = await api.tokens()
    stored = {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "refresh_token": tokens.refresh,
        "expires_in": 1800,
        "expires": int(tokens.expires * 1000),
        "hassUrl": api.url,
        "clientId": api.client_id,
    }
    context = await browser.new_context(base_url=api.url, viewport={"width": 1280, "height": 900})
    await context.add_init_script(
        f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(stored))})"
    )
    page = await context.new_page()
    page.set_default_timeout(WAIT_SECONDS * 1000)
    errors: list[str] = []
    page.on("console", lambda message: errors.extend(_error(message)))
    yield page
    assert errors == []


def _error(message: ConsoleMessage) -> list[str]:
    """Return what a message complains of, unless it is a picture that the internet would have."""
    is_error = message.type == "error" and "Failed to load resource" not in message.text
    return [message.text] if is_error else []
