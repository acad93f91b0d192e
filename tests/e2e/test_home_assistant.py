"""The ground the other end-to-end tests stand on: the server we start and the browser."""

from playwright.async_api import Page, expect
import pytest

from tools.home_assistant.api import HomeAssistantApiError
from tools.home_assistant.process import HomeAssistantProcess


async def test_actions_and_commands(home_assistant: HomeAssistantProcess) -> None:
    """What an action did is seen over the WebSocket: both sides of the API reach one server."""
    await home_assistant.api.call_action(
        "persistent_notification", "create", notification_id="e2e", message="It was here"
    )

    notifications = await home_assistant.api.command("persistent_notification/get")

    messages = {item["notification_id"]: item["message"] for item in notifications}
    assert messages["e2e"] == "It was here"


async def test_refusals_are_raised(home_assistant: HomeAssistantProcess) -> None:
    """A refused request must not pass for an answer."""
    with pytest.raises(HomeAssistantApiError, match="400"):
        await home_assistant.api.call_action("no_such_domain", "no_such_action")
    with pytest.raises(HomeAssistantApiError, match="unknown_command"):
        await home_assistant.api.command("no_such_command")


async def test_browser_is_signed_in(page: Page) -> None:
    """The frontend loads with all its parts and greets the owner, not a visitor."""
    await page.goto("/config/dashboard")

    await expect(page.get_by_text("Devices & services")).to_be_visible(timeout=60_000)


async def test_nothing_failed_to_load(home_assistant: HomeAssistantProcess) -> None:
    """A missing requirement or stub only shows here, or as a frontend that loads for ever."""
    log = home_assistant.log_path.read_text()

    assert "No module named" not in log
    assert "Setup failed for" not in log
