"""Many orders placed through Home Assistant, at a panel with faults."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random

import aiohttp

from custom_components.smm_panel.simulator.faults import Cut, Delay, Drop, Fault, Reply
from tools.demo.accounts import DemoAccount
from tools.demo.orders import place_order
from tools.home_assistant.api import HomeAssistantApiError
from tools.home_assistant.process import HomeAssistantProcess

from .crash import Event, Trap


@dataclass(slots=True, kw_only=True)
class Calls:
    """The calls of `place_order`, by their links, and what came of them."""

    made: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    """The ids of the orders."""

    cut_off: set[str] = field(default_factory=set)
    """Under way when Home Assistant was killed."""


async def stream(
    home_assistant: HomeAssistantProcess,
    account: DemoAccount,
    *,
    callers: int,
    links: Iterator[str],
    trap: Trap,
    calls: Calls,
) -> None:
    """Have callers place orders, one by one each, until the trap kills Home Assistant.

    Raises HomeAssistantApiError for a refusal: all that may happen is an unknown outcome.
    """

    async def place_one_by_one() -> None:
        while not trap.has_sprung():
            link = next(links)
            calls.made += 1
            trap.saw(Event.CALLED)
            order = {"service": "101", "link": link, "quantity": 100}
            try:
                calls.answered[link] = await place_order(home_assistant.api, account, order)
                trap.saw(Event.TOLD)
            except HomeAssistantApiError as err:
                if err.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
            except aiohttp.ClientError:
                if not trap.has_sprung():
                    raise
                calls.cut_off.add(link)

    trap.saw(Event.STARTED)
    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(place_one_by_one())
    await trap.closed()


def draw_fault(random: Random) -> Fault:
    """Draw what the panel does with an order: its work, half of the time."""
    slow = random.uniform(0.01, 0.06)
    faults: list[tuple[int, Fault]] = [
        (10, Delay(seconds=0, accepted=True)),
        (3, Delay(seconds=slow, accepted=True)),
        (2, Delay(seconds=slow, accepted=False)),
        (1, Drop(accepted=True)),
        (1, Drop(accepted=False)),
        (1, Cut()),
        (1, Reply.html(status=502, accepted=True)),
        (1, Reply.html(status=502, accepted=False)),
    ]
    return random.choices([fault for _, fault in faults], [weight for weight, _ in faults])[0]
