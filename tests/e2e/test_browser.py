"""What a user sees and does in the browser: the demo's dashboard, the flows and the forms."""

from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal
import re

from playwright.async_api import Error, Locator, Page, expect

from tools.demo.accounts import DOMAIN, PANEL_TITLE, PRACTICE_TITLE
from tools.demo.home import Demo
from tools.demo.orders import place_order
from tools.demo.presets import LIKES
from tools.processes import poll

from .orders import OUTCOME_SECONDS, account_of, ask_for, wait_for

CENT = Decimal("0.01")
CLICK_MILLISECONDS = 5_000


def tile(within: Page | Locator, text: str) -> Locator:
    """A tile card by what it says."""
    # A pattern, as plain text would be looked for in any case: "In progress" too.
    return within.locator("hui-tile-card").filter(has_text=re.compile(re.escape(text)))


def slot_of(page: Page, text: str) -> Locator:
    """The section of the dashboard whose slot shows an order with this in its name."""
    return (
        page.locator("hui-section")
        .filter(has_text="Slot ")
        .filter(has_text=re.compile(rf"{re.escape(text)}\b"))
    )


def row_of(page: Page, description: str) -> Locator:
    """The row of an action's form by the description of its field."""
    return page.locator("ha-settings-row").filter(has_text=description)


async def form_holds(page: Page, text: str) -> None:
    """Wait until the form of an action has taken a value in.

    It does so at its next rendering, and forgets the first of two values that come before.
    """
    await page.wait_for_function(
        "text => localStorage['panel-dev-action-state-service-data'].includes(text)", arg=text
    )


async def click_until_visible(button: Locator, target: Locator) -> None:
    """Click a button until what it opens is there.

    On a busy machine a button can be drawn before it listens, and the click is lost.
    """

    async def is_open() -> bool | None:
        with suppress(Error):
            await button.click(timeout=CLICK_MILLISECONDS)
            await target.wait_for(timeout=CLICK_MILLISECONDS)
        return await target.is_visible() or None

    await poll("The button has opened something", is_open, within=OUTCOME_SECONDS)


async def test_dashboard_opens_first(page: Page, demo: Demo) -> None:
    """The demo would greet with an empty overview, or mix the accounts up."""
    await page.goto("/")

    sensor = demo.account(PANEL_TITLE).entity("sensor", "balance")

    async def balance_is_shown() -> int | None:
        amount = Decimal((await demo.api.states())[sensor]["state"]).quantize(CENT, ROUND_HALF_UP)
        return await tile(page, f"${amount}").filter(has_text="Balance").count() or None

    await poll("The balance is shown", balance_is_shown, within=OUTCOME_SECONDS)
    await expect(slot_of(page, "Instagram Story Poll Votes")).to_be_visible()
    await expect(slot_of(page, "Telegram Poll Votes")).to_have_count(0)

    await page.get_by_role("tab", name=PRACTICE_TITLE).click()

    await expect(slot_of(page, "Telegram Poll Votes")).to_be_visible()
    await expect(slot_of(page, "Instagram Story Poll Votes")).to_have_count(0)


async def test_script_places_an_order_that_progresses(page: Page, demo: Demo) -> None:
    """A new order would need a reload to appear, or stand still on the screen."""
    account = await account_of(demo, PANEL_TITLE)
    await page.goto("/")

    await tile(page, "Place an order").get_by_role("button", name="Order followers").click()
    await page.get_by_role("button", name="Run").click()
    slot = slot_of(page, "Instagram Followers | HQ")
    title = await slot.get_by_text("#").inner_text()
    order = title.split()[0].removeprefix("#")

    async def delivered() -> bool | None:
        progress = (await ask_for(demo, account, order))["progress"]
        return (progress is not None and progress >= 1) or None

    await poll("The delivery begins", delivered, within=OUTCOME_SECONDS)
    await expect(tile(slot, "Progress")).to_contain_text(re.compile(r"[1-9]\d*%"))


async def test_cancel_button(page: Page, demo: Demo) -> None:
    """A press would reach another order, or nothing would show for it."""
    account = await account_of(demo, PANEL_TITLE)
    slow = {"link": "https://instagram.example/slow", "runs": 100, "interval": 60}
    order = await place_order(demo.api, account, {"service": "112", "quantity": 20} | slow)
    await page.goto("/")
    slot = slot_of(page, f"#{order}")

    await tile(slot, "Cancel").click()
    await page.get_by_role("button", name="Cancel order").click()

    await expect(tile(slot, "Cancel").filter(has_not_text="#")).to_have_count(0)
    await wait_for(demo, account, order, status="canceled")
    await expect(tile(slot, f"#{order}")).to_contain_text("Canceled")


async def test_to_do_card_tracks_an_order(page: Page, demo: Demo) -> None:
    """An order placed on the panel's website could not be followed."""
    placed = await demo.panel.ask("add", service="105", link="https://instagram.example/elsewhere")
    order = str(placed["order"])
    await page.goto("/")
    card = page.locator("hui-todo-list-card")

    await card.locator("input").first.fill(f" #{order} ")
    await page.keyboard.press("Enter")

    await expect(card.get_by_text(f"#{order}")).to_be_visible()
    await expect(slot_of(page, f"#{order}")).to_be_visible()


async def test_to_do_card_refuses_an_unknown_order(page: Page) -> None:
    """A mistyped id would vanish without a word."""
    await page.goto("/")

    await page.locator("hui-todo-list-card").locator("input").first.fill("99999999")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Order 99999999 is not tracked").first).to_be_visible()


async def test_config_flow_of_the_practice_account(page: Page, demo: Demo) -> None:
    """A dialog without its texts, or one that leads nowhere, would end the first try."""
    account = await account_of(demo, PRACTICE_TITLE)
    await demo.api.delete(f"config/config_entries/entry/{account.entry_id}")
    await page.goto(f"/config/integrations/integration/{DOMAIN}")

    await page.get_by_role("button", name="Add account").click()
    await page.get_by_text("No key, no network, no money.").click()
    await expect(page.get_by_text("nothing costs real money")).to_be_visible()
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Skip and finish").click()

    await expect(page.get_by_text(PRACTICE_TITLE).first).to_be_visible()
    assert (await account_of(demo, PRACTICE_TITLE)).entry_id != account.entry_id


async def test_config_flow_names_a_wrong_key(page: Page, demo: Demo) -> None:
    """A user with a typing error in the key would be left with an account that does nothing."""
    await page.goto(f"/config/integrations/integration/{DOMAIN}")

    await page.get_by_role("button", name="Add account").click()
    await page.get_by_text("Connect a panel account").click()
    dialog = page.locator("dialog-data-entry-flow")
    await dialog.locator("input").nth(0).fill(demo.panel.url)
    await dialog.locator("input").nth(1).fill("mistyped")
    await page.get_by_role("button", name="Submit").click()

    await expect(dialog.get_by_text("The panel does not accept this API key")).to_be_visible()


async def test_form_of_place_order(page: Page) -> None:
    """The form would lack its sections and texts, or send what the action does not take."""
    await page.goto("/config/tools/action")
    picker = page.locator("ha-service-picker")
    await picker.get_by_text("Action", exact=True).click()
    await picker.locator("input").fill("place order")
    await page.get_by_text(f"{DOMAIN}.place_order").click()

    for section in ("Drip-feed", "Subscription", "Web traffic", "More"):
        await expect(page.get_by_role("button", name=section)).to_be_visible()
    await page.get_by_role("button", name="Comments and mentions").click()
    await expect(row_of(page, "one in each line").locator("textarea").first).to_be_visible()

    account = row_of(page, "The account to use")
    await account.locator("ha-checkbox").click()
    await account.locator("ha-selector").click()
    await page.get_by_text(PANEL_TITLE).click()
    await form_holds(page, "config_entry_id")
    service = row_of(page, "The id of the service")
    await service.locator("ha-checkbox").click()
    await service.locator("#input").fill("105")
    await form_holds(page, '"105"')
    link = row_of(page, "The page, profile or post")
    await link.locator("ha-checkbox").click()
    await link.locator("input[type=url]").fill("https://instagram.example/form")
    await form_holds(page, "/form")
    untouched = await page.evaluate("localStorage['panel-dev-action-state-service-data']")
    assert "dry_run" not in untouched
    assert "allow_duplicate" not in untouched
    await row_of(page, "Checks the order").locator("ha-checkbox").click()
    await form_holds(page, '"dry_run":true')
    await page.get_by_role("button", name="Perform action").click()

    await expect(page.get_by_text("estimate:")).to_contain_text("0.75")


async def test_preset_places_its_order(page: Page, demo: Demo) -> None:
    """The button would do nothing, or say nothing of what became of it."""
    await page.goto("/")
    last = LIKES.entity("sensor", "last_order")

    await tile(page, LIKES.name).get_by_role("button", name="Place order").click()

    async def placed() -> str | None:
        order: str | None = (await demo.api.states())[last]["attributes"].get("order")
        return order

    await poll("The order of the preset is placed", placed, within=OUTCOME_SECONDS)
    await expect(tile(page, "Last order").first).to_be_visible()


async def test_triggers_and_conditions_are_offered(page: Page) -> None:
    """Nobody finds in the editor what has no name there."""
    await page.goto("/config/automation/edit/new")
    for button, name in (("Add trigger", "Refill finished"), ("Add condition", "Order is open")):
        search = page.get_by_placeholder("Search").last
        await click_until_visible(page.get_by_role("button", name=button), search)
        await search.fill(name)
        await expect(page.get_by_text(name).first).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_placeholder("Search")).to_be_hidden()
