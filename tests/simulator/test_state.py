"""A panel that is put down and taken up again."""

import json
from random import Random
from typing import Any

import pytest

from custom_components.smm_panel.simulator import Odds, SimulatedPanel

from .common import LINK, Clock, Panel, make_panel


def busy_panel() -> Panel:
    """A panel with an order of every kind, a cancel and a refill."""
    panel = make_panel(odds=Odds(partial=0.2, canceled=0.2), api_key=None)
    orders = [panel.add(service="102", link=f"{LINK}/{number}") for number in range(9)]
    panel.add(link=f"{LINK}/drip", runs="5", interval="30")
    panel.add("Subscriptions", expiry="30/11/2026", delay="5", old_posts="1")
    panel.ask("cancel", orders=f"{orders[0]},23511")
    panel.clock.advance(hours=1)
    panel.ask("refill", orders=",".join(orders))
    return panel


def restore(panel: Panel) -> Panel:
    """Take a panel up again from its JSON, with other chance than before."""
    data = json.loads(json.dumps(panel.as_dict()))
    random = Random(99)  # drawing fates, not keys
    restored = Panel.from_dict(data, clock=panel.clock, random=random)
    restored.clock = panel.clock
    return restored


@pytest.mark.parametrize("minutes", [0, 5, 60, 60 * 24, 60 * 24 * 30])
def test_restored_panel_goes_on_as_before(minutes: int) -> None:
    """A practice account must survive a restart: no order changed, lost or charged again."""
    panel = busy_panel()
    restored = restore(panel)
    orders = [str(number) for number in range(23501, 23530)]
    refills = [str(number) for number in range(4001, 4010)]

    panel.clock.advance(minutes=minutes)

    for action, fields in (
        ("status", {"orders": ",".join(orders)}),
        ("refill_status", {"refills": ",".join(refills)}),
        ("balance", {}),
        ("services", {}),
    ):
        assert restored.ask(action, **fields) == panel.ask(action, **fields)
    assert restored.as_dict() == panel.as_dict()


def test_restored_panel_gives_no_id_twice() -> None:
    """An id given again would join two orders, or two refills, into one."""
    panel = busy_panel()
    restored = restore(panel)
    restored.clock.advance(hours=1)

    assert restored.add(link=f"{LINK}/new") == panel.add(link=f"{LINK}/new")
    assert restored.ask("refill", order="23509") == panel.ask("refill", order="23509")


def test_restored_panel_knows_what_is_open() -> None:
    """After a restart too, one link takes one open order, and one cancel."""
    panel = make_panel()
    order = panel.add()
    panel.ask("cancel", orders=order)
    restored = restore(panel)

    assert "active order" in restored.ask("add", service="101", link=LINK, quantity="50")["error"]
    assert "error" in restored.ask("cancel", orders=order)[0]["cancel"]


def test_speed_of_later_orders_is_the_new_one() -> None:
    """Orders keep the pace they were added at."""
    panel = make_panel()
    slow = panel.add()
    random = Random(1)  # drawing fates, not keys
    restored = Panel.from_dict(panel.as_dict(), clock=panel.clock, random=random, speed=1000)
    fast = restored.add(link=f"{LINK}2")
    panel.clock.advance(seconds=5)

    assert restored.status(slow)["status"] == "Pending"
    assert restored.status(fast)["status"] in {"Completed", "Partial", "Canceled"}


def test_revision_tells_when_to_save() -> None:
    """What changed must be saved; what did not must not be written again and again."""
    panel = make_panel()
    order = panel.add(service="102")
    assert panel.revision == 1
    panel.clock.advance(hours=1)
    for action, fields in (
        ("status", {"order": order}),
        ("balance", {}),
        ("services", {}),
        ("cancel", {"orders": order}),
        ("refill", {"order": "1"}),
        ("add", {"service": "101"}),
    ):
        before = panel.as_dict()
        panel.ask(action, **fields)
        assert (panel.revision, panel.as_dict()) == (1, before)

    panel.ask("refill", order=order)
    assert panel.revision == 2
    panel.ask("cancel", orders=panel.add())
    assert panel.revision == 4


def test_key_is_not_in_the_state() -> None:
    """A key in the saved state would leak with it."""
    panel = make_panel(api_key="very-secret-key")

    assert "very-secret-key" not in json.dumps(panel.as_dict()) + repr(panel)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"funds": "much"},
        {"funds": None},
        {"orders": [{}]},
        {"orders": ["x"]},
        {"drip_feeds": None},
        {"cancels": {"x": "y"}},
        {"refills": [{"id": 1}]},
    ],
)
def test_state_of_something_else(change: dict[str, Any]) -> None:
    """A damaged file is told as one thing, not as whatever breaks first."""
    data = busy_panel().as_dict() | change

    with pytest.raises(ValueError, match="not the state of a simulated panel"):
        SimulatedPanel.from_dict(data, clock=Clock(), random=Random(1))  # as above
