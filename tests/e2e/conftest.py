"""A real Home Assistant for all end-to-end tests, and a browser signed in to it."""

from collections.abc import AsyncGenerator
import json
import os
import shutil

from playwright.async_api import Browser, Page, async_playwright
import pytest
import pytest_asyncio
import pytest_socket

from scripts.support.home_assistant import HomeAssistantProcess

CHROMIUM_OPTIONS = (
    "--no-sandbox",  # its sandbox needs rights that containers lack
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let these tests connect to 127.0.0.1; other addresses stay blocked."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home_assistant(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[HomeAssistantProcess]:
    """A running Home Assistant; whoever ends it starts it again."""
    pytest_socket.enable_socket()  # set up before `sockets`, which is per test
    async with HomeAssistantProcess(tmp_path_factory.mktemp("home_assistant")) as running:
        yield running


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
async def page(home_assistant: HomeAssistantProcess, browser: Browser) -> Page:
    """A page on which the frontend finds its user signed in; open any path of it."""
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
    return await context.new_page()
