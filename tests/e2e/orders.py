"""Orders as the end-to-end tests place and look for them."""

from tools.demo.accounts import DOMAIN, DemoAccount, find_accounts
from tools.demo.home import Demo
from tools.home_assistant.api import Json
from tools.processes import poll

OUTCOME_SECONDS = 60
"""For what an order is to come to; the simulated panel needs ten of them."""


async def account_of(demo: Demo, title: str) -> DemoAccount:
    """Look the account up anew: a test may have removed it and added it again."""
    (account,) = (row for row in await find_accounts(demo.api) if row.title == title)
    return account


async def ask_for(demo: Demo, account: DemoAccount, order: str) -> dict[str, Json]:
    """Have the panel asked about one order now, which the integration then shows."""
    answer = await demo.api.call_action_with_response(
        DOMAIN, "get_orders", config_entry_id=account.entry_id, orders=order
    )
    (row,) = answer["orders"]
    return dict(row)


async def wait_for(demo: Demo, account: DemoAccount, order: str, **wanted: Json) -> None:
    """Wait until the panel says of an order what is wanted."""

    async def look() -> bool | None:
        row = await ask_for(demo, account, order)
        return all(row[name] == value for name, value in wanted.items()) or None

    await poll(f"Order {order} is {wanted}", look, within=OUTCOME_SECONDS)
