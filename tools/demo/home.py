"""The running demo: a simulated panel, and a Home Assistant with two accounts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
import shutil

from tools.home_assistant.api import HomeAssistantApi
from tools.home_assistant.process import HomeAssistantProcess
from tools.panel.process import PANEL_KEY, PanelProcess
from tools.processes import free_port, is_free

from .accounts import DemoAccount, connect_accounts, find_accounts, set_limits
from .dashboard import install_dashboard
from .examples import LOW_BALANCE, install_examples
from .orders import LIMITS, ORDERS, orders_of, place_orders
from .presets import add_presets


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo."""

    panel: PanelProcess
    home_assistant: HomeAssistantProcess
    accounts: list[DemoAccount]

    @property
    def api(self) -> HomeAssistantApi:
        """A client of Home Assistant's API."""
        return self.home_assistant.api

    def account(self, title: str) -> DemoAccount:
        """Return the account with this title; raises ValueError if the user has removed it."""
        (found,) = (account for account in self.accounts if account.title == title)
        return found


@asynccontextmanager
async def running_demo(
    folder: Path, *, port: int, speed: float, mishaps: bool
) -> AsyncGenerator[Demo]:
    """Run the demo in a folder: continue an earlier run, or start a new one.

    With mishaps, some orders end partial or canceled. Raises RuntimeError if a port is in use.
    """
    is_new, panel_port = _open_folder(folder)
    for number in (port, panel_port):
        if not is_free(number):
            raise RuntimeError(f"Something else listens on port {number}: end it first")
    print("==> Starting the simulated panel and Home Assistant", flush=True)
    async with (
        PanelProcess(folder, port=panel_port, speed=speed, mishaps=mishaps) as panel,
        HomeAssistantProcess(folder / "home_assistant", port=port) as home_assistant,
    ):
        if is_new:
            accounts = await _set_up(home_assistant.api, panel)
            _port_file(folder).write_text(str(panel_port))
        else:
            accounts = await find_accounts(home_assistant.api)
            await _renew_orders(home_assistant.api, accounts)
        yield Demo(panel=panel, home_assistant=home_assistant, accounts=accounts)


def _open_folder(folder: Path) -> tuple[bool, int]:
    """Return whether this is a new run, and the port of the panel.

    The panel keeps its port, which is part of the address of the account. The file with the port
    is written last: without it, an earlier run did not complete and cannot be continued.
    """
    if _port_file(folder).exists():
        return False, int(_port_file(folder).read_text())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True, free_port()


def _port_file(folder: Path) -> Path:
    return folder / "panel_port"


async def _set_up(api: HomeAssistantApi, panel: PanelProcess) -> list[DemoAccount]:
    print("==> Adding the accounts, their orders and the dashboard", flush=True)
    await api.command("config/core/update", country="US", currency="USD")
    accounts = await connect_accounts(api, panel.url, PANEL_KEY)
    for account in accounts:
        if account.title in LIMITS:
            await set_limits(api, account, **LIMITS[account.title])
        await add_presets(api, account)
    # Before the orders: an automation reports the one that is canceled.
    await install_examples(api, accounts)
    for account in accounts:
        await place_orders(api, account)
    await install_dashboard(api, accounts)
    return accounts


async def _renew_orders(api: HomeAssistantApi, accounts: list[DemoAccount]) -> None:
    """Place the orders again on accounts without open orders, if the balance suffices."""
    states = await api.states()
    for account in accounts:
        if account.title not in ORDERS or any(
            order["open"] for order in await orders_of(api, account)
        ):
            continue
        balance = states[account.entity("sensor", "balance")]["state"]
        if Decimal(balance) < LOW_BALANCE:
            print(f"==> {account.title} is short of play money: --fresh starts over", flush=True)
            continue
        print(f"==> Placing new orders on {account.title}", flush=True)
        await place_orders(api, account)
