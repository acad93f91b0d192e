"""Home Assistant is killed over and over while it places orders."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import count, cycle, islice
import os
from pathlib import Path
from random import Random
import sys
from typing import Any

import pytest

from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import HowMany
from tests.helpers.book_files import BookFiles
from tools.demo.accounts import DOMAIN, DemoAccount
from tools.demo.orders import orders_of
from tools.home_assistant.process import HomeAssistantProcess
from tools.panel.process import PANEL_KEY
from tools.processes import poll

from .audit import Audit, BookRow
from .crash import Event, Moment, Trap, WatchedPanel
from .order_stream import Calls, draw_fault, stream

KILLS = 5
KILLS_SLOW = 50

CALLERS = 4

SEED_VARIABLE = "SMM_PANEL_CRASH_SEED"

FAULTS_AHEAD = 500
"""More than one stream has orders."""

SAVED_SECONDS = 30
"""Home Assistant writes users and config entries down a second after their last change."""


class Window(StrEnum):
    """Where an order can be when Home Assistant is killed."""

    INTENT = "before its intent was on disk"
    SENDING = "before the panel had it"
    OUTCOME = "before its outcome was on disk"
    ANSWER = "before its caller was told"


@dataclass(slots=True, kw_only=True)
class Crashes:
    """A Home Assistant that is killed again and again, and what is known of its orders."""

    panel: SimulatedPanel
    watched: WatchedPanel
    server: PanelServer
    home_assistant: HomeAssistantProcess
    account: DemoAccount
    random: Random
    calls: Calls = field(default_factory=Calls)
    audit: Audit = field(default_factory=Audit)
    windows: Counter[Window] = field(default_factory=Counter)

    async def crash(self, event: Event, links: Iterator[str]) -> None:
        """Place orders, kill Home Assistant around an event and start it again."""
        self.server.faults.clear()
        for _ in range(FAULTS_AHEAD):
            self.server.faults.add(draw_fault(self.random), action="add")
        trap = Trap(self.home_assistant, Moment.draw(event, self.random))
        self.watched.trap = trap
        self.calls.cut_off.clear()
        await stream(
            self.home_assistant,
            self.account,
            # With several, another's intent would take this one's outcome along to the disk.
            callers=1 if event is Event.TOLD else CALLERS,
            links=links,
            trap=trap,
            calls=self.calls,
        )
        book = {row["link"]: row["placement"] for row in await self._stored()}
        self.windows.update(self._window(link, book) for link in self.calls.cut_off)
        await self.home_assistant.start()

    async def look(self) -> None:
        """Read the books of both sides."""
        rows = await orders_of(self.home_assistant.api, self.account)
        self.audit.remembered |= self.audit.unconfirmed
        self.audit.book = [BookRow(link=row["link"], order=row["order"]) for row in rows]
        self.audit.panel = self._taken()
        self.audit.answered = self.calls.answered
        self.audit.sent.update(
            request.form["link"] for request in self.server.requests if request.action == "add"
        )
        self.server.requests.clear()
        assert self.audit.unconfirmed == {
            row["link"] for row in rows if row["status"] == "unconfirmed"
        }

    async def book_on_disk(self) -> set[BookRow]:
        """Read the book from its files, where all orders must have an outcome by now."""
        rows = await self._stored()
        assert {row["placement"] for row in rows} <= {"placed", "unconfirmed"}
        return {BookRow(link=row["link"], order=row.get("panel_id")) for row in rows}

    def figures(self, kills: int) -> str:
        """Say in numbers what happened."""
        audit = self.audit
        windows = ", ".join(f"{self.windows[window]} {window}" for window in Window)
        return (
            f"{kills} kills: {self.calls.made} calls, {len(self.calls.answered)} told of an id; "
            f"{len(audit.panel)} orders at the panel; "
            f"{len(audit.placed)} placed and {len(audit.unconfirmed)} unconfirmed in the book; "
            f"{len([*audit.lost()])} lost, {len([*audit.doubled()])} doubled.\n"
            f"Orders under way at a kill: {windows}."
        )

    def _window(self, link: str, book: Mapping[str, str]) -> Window:
        if link not in book:
            return Window.INTENT
        if book[link] != "intended":
            return Window.ANSWER
        return Window.OUTCOME if link in self._taken().values() else Window.SENDING

    def _taken(self) -> dict[str, str]:
        """Return the panel's orders: link by id."""
        return {str(order.id): order.target for order in self.panel.orders.values()}

    async def _stored(self) -> list[dict[str, Any]]:
        """Return the rows in the files of the order book."""
        files = BookFiles(
            folder=self.home_assistant.folder / ".storage",
            name=f"{DOMAIN}.{self.account.entry_id}",
        )
        return await asyncio.to_thread(lambda: files.rows)


async def connect(home_assistant: HomeAssistantProcess, url: str) -> DemoAccount:
    """Add the account, and wait until it would survive a kill."""
    result = await home_assistant.api.config_flow(
        DOMAIN, {"next_step_id": "account"}, {"url": url, "api_key": PANEL_KEY}
    )
    account = DemoAccount(title=result["title"], entry_id=result["result"]["entry_id"])
    storage = home_assistant.folder / ".storage"
    wanted = {"core.config_entries": account.entry_id, "auth": home_assistant.login.name}

    async def saved() -> bool | None:
        return await asyncio.to_thread(_hold, storage, wanted) or None

    await poll("User and account are saved", saved, within=SAVED_SECONDS)
    return account


def _hold(storage: Path, wanted: Mapping[str, str]) -> bool:
    """Whether each file is there and holds its text."""
    files = {storage / name: text for name, text in wanted.items()}
    return all(file.exists() and text in file.read_text() for file, text in files.items())


AGREED = Audit(
    panel={"1": "placed", "2": "taken"},
    book=[
        BookRow(link="placed", order="1"),
        BookRow(link="taken", order=None),
        BookRow(link="not taken", order=None),
    ],
    sent=Counter(["placed", "taken", "not taken"]),
    answered={"placed": "1"},
    remembered={"taken"},
)
UNCONFIRMED = BookRow(link="placed", order=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"panel": AGREED.panel | {"3": "not in the book"}},
        {"panel": {"1": "another", "2": "taken"}},
        {"panel": {"2": "taken"}, "answered": {}},
        {"book": [UNCONFIRMED, *AGREED.book[1:]]},
        {"answered": {"not taken": "3"}},
        {"remembered": {"gone"}},
    ],
)
def test_audit_finds_losses(wrong: dict[str, Any]) -> None:
    """The test below could not fail for a lost order."""
    assert not [*AGREED.lost()]

    assert [*replace(AGREED, **wrong).lost()]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sent": AGREED.sent + Counter(["not taken"])},
        {"panel": AGREED.panel | {"3": "taken"}},
        {"book": [*AGREED.book, UNCONFIRMED]},
    ],
)
def test_audit_finds_doubles(wrong: dict[str, Any]) -> None:
    """The test below could not fail for a doubled order."""
    assert not [*AGREED.doubled()]

    assert [*replace(AGREED, **wrong).doubled()]


async def test_no_order_is_lost_or_doubled(
    tmp_path: Path, how_many: HowMany, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a power cut, money would be spent on what nobody knows of, or be spent twice."""
    seed = int(os.environ.get(SEED_VARIABLE, Random().getrandbits(32)))
    sys.stdout.write(f"To draw the same moments and faults: {SEED_VARIABLE}={seed}\n")
    kills = how_many(KILLS, KILLS_SLOW)
    random = Random(seed)
    panel = SimulatedPanel(
        clock=lambda: datetime.now(UTC),
        random=random,
        balance=Decimal(1_000_000),
        speed=1000,  # so that finished orders are in the book too
        odds=Odds(partial=0, canceled=0, refill_rejected=0),
        api_key=PANEL_KEY,
    )
    watched = WatchedPanel(panel)
    async with (
        PanelServer(watched) as server,
        HomeAssistantProcess(tmp_path / "home_assistant") as home_assistant,
    ):
        crashes = Crashes(
            panel=panel,
            watched=watched,
            server=server,
            home_assistant=home_assistant,
            account=await connect(home_assistant, server.url),
            random=random,
        )
        links = (f"https://instagram.example/{number}" for number in count(1))
        for kill, event in enumerate(islice(cycle(Event), kills), 1):
            await crashes.crash(event, links)
            await crashes.look()
            wrong = [*crashes.audit.lost(), *crashes.audit.doubled()]
            assert not wrong, crashes.figures(kill)
            assert await crashes.book_on_disk() == set(crashes.audit.book)

    assert crashes.calls.answered
    with capsys.disabled():
        sys.stdout.write(f"\n{crashes.figures(kills)}\n")
    if kills == KILLS_SLOW:
        assert all(crashes.windows[window] for window in Window)
