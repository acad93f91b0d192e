"""A day of orders, polls and faults: nothing is lost, nothing grows, nothing floods the log."""

from collections import Counter
from datetime import timedelta
import gc
import logging
from random import Random
import sys
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.orders import TrackedOrder
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import HowMany
from tests.helpers.actions import act
from tests.helpers.orders import FOLLOWERS, REFILLABLE

pytestmark = pytest.mark.long("hours with a panel that fails at random")

SEED = 7
STEP = timedelta(minutes=1)

FAULTS: tuple[Fault, ...] = (
    Drop(),
    Drop(accepted=True),
    Cut(),
    Reply(status=502, accepted=True),
    Reply.html(status=503),
    Reply.html(accepted=True),
    Reply(text=""),
    Reply(text="{}", accepted=True),
    Reply(text='{"error": "Panel is under maintenance"}'),
    Reply.too_many_requests(retry_after=30),
)
FAULT_SHARE = 0.2
"""Of the steps that bring a fault for whatever request comes next."""


class Soak:
    """One simulated day: what was done, and what came of it."""

    def __init__(self, hass: HomeAssistant, panel: PanelServer, random: Random) -> None:
        self.hass = hass
        self.panel = panel
        self.random = random
        self.counts: Counter[str] = Counter()
        self.ordered: dict[str, str | None] = {}
        """The id that the caller of an order was told, by its link."""

    async def step(self, entry: MockConfigEntry) -> None:
        """Do something at random, perhaps while the panel fails."""
        if self.random.random() < FAULT_SHARE:
            self.panel.faults.clear()
            action = self.random.choice((None, "add", "add", "cancel", "refill"))
            self.panel.faults.add(self.random.choice(FAULTS), action=action)
            self.counts["faults"] += 1
        act_at_random = self.random.choice((self.order, self.order, self.refill, self.cancel, None))
        if act_at_random is None:
            return
        try:
            await act_at_random(entry)
        except HomeAssistantError as err:
            self.counts[f"told {err.translation_key}"] += 1

    async def order(self, _entry: MockConfigEntry) -> None:
        """Place an order for a link of its own."""
        link = f"https://example.com/{len(self.ordered)}"
        self.ordered[link] = None
        service = self.random.choice((FOLLOWERS, REFILLABLE))
        answer = await act(self.hass, "place_order", service=service, link=link, quantity=50)
        self.ordered[link] = answer["order"]
        self.counts["placed"] += 1

    async def refill(self, entry: MockConfigEntry) -> None:
        """Ask for the refill of some order."""
        await self.ask("refill_orders", entry)

    async def cancel(self, entry: MockConfigEntry) -> None:
        """Ask to cancel some order."""
        await self.ask("cancel_orders", entry)

    async def ask(self, action: str, entry: MockConfigEntry) -> None:
        """Ask something of an order that has an id."""
        ids = [
            order.panel_id
            for order in entry.runtime_data.order_book.orders.values()
            if order.panel_id
        ]
        if ids:
            await act(self.hass, action, orders=self.random.choice(ids))
            self.counts[action] += 1


def live(kind: type[Any]) -> int:
    """Count the objects of a kind that something still holds."""
    gc.collect()
    return sum(type(item) is kind for item in gc.get_objects())


def audit(soak: Soak, entry: MockConfigEntry, simulated: SimulatedPanel) -> None:
    """Hold the book against the panel: every order there is here, and once."""
    book = entry.runtime_data.order_book
    at_panel = Counter(order.target for order in simulated.orders.values())
    unconfirmed = {order.link for order in book.unconfirmed}
    assert max(at_panel.values()) == 1, "an order was sent twice"
    for number, order in simulated.orders.items():
        known = book.find(str(number))
        assert (known and known.link == order.target) or order.target in unconfirmed, "lost"
    for link, told in soak.ordered.items():
        assert told is None or ((known := book.find(told)) is not None and known.link == link)
    for order in book.orders.values():
        assert order.panel_id is None or int(order.panel_id) in simulated.orders


async def pass_steps(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    soak: Soak,
    entry: MockConfigEntry,
    steps: int,
) -> None:
    """Let time go by, a minute at a time."""
    for _ in range(steps):
        freezer.tick(STEP)
        async_fire_time_changed(hass)
        await soak.step(entry)
        await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_day_with_a_panel_that_fails_at_random(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    how_many: HowMany,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What goes wrong once a day in a thousand homes must not cost an order or the memory."""
    caplog.set_level(logging.WARNING)
    soak = Soak(hass, panel, Random(SEED))
    book = setup_entry.runtime_data.order_book

    await pass_steps(hass, freezer, soak, setup_entry, how_many(120, 24 * 60))
    panel.faults.clear()
    await pass_steps(hass, freezer, soak, setup_entry, 2)
    panel.faults.clear()
    await hass.async_block_till_done(wait_background_tasks=True)

    audit(soak, setup_entry, simulated)
    issues = {issue_id for domain, issue_id in issue_registry.issues if domain == DOMAIN}
    assert issues == {f"{setup_entry.entry_id}_{order.local_id}" for order in book.unconfirmed}
    assert not setup_entry.runtime_data.running_operations
    soak_holds = live(TrackedOrder)
    # The book's, and the few that a frame or a cache holds; not those of each poll.
    assert soak_holds <= len(book.orders) + 50
    ours = [record for record in caplog.records if DOMAIN in record.name]
    assert not [record for record in ours if record.exc_info], "a traceback was logged"
    # A coordinator tells once that it fails; each fault makes at most one of them fail.
    assert len(ours) <= soak.counts["faults"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(simulated.orders)} orders at the panel, {len(book.unconfirmed)} unconfirmed, "
            f"{soak_holds} in memory; {len(panel.requests)} requests, {len(ours)} log lines; "
            f"{dict(soak.counts)}\n"
        )


async def test_a_lasting_fault_is_logged_once(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    how_many: HowMany,
) -> None:
    """A panel that is down for a night must not fill the disk."""
    soak = Soak(hass, panel, Random(SEED))
    await soak.order(setup_entry)
    caplog.set_level(logging.WARNING)
    caplog.clear()
    panel.faults.add(Drop(), times=None)
    before = len(panel.requests)

    for _ in range(how_many(60, 24 * 60)):
        freezer.tick(STEP)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert len(panel.requests) - before > 10, "it was asked on and on"
    told = [record for record in caplog.records if DOMAIN in record.name]
    assert len(told) == 2, "one line of the orders, one of the balance"
