"""The same order twice: refused while the first one is not finished."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.operations import async_settle_as_not_placed
from custom_components.smm_panel.simulator.faults import Delay, Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, SUBSCRIPTION, act
from tests.helpers.orders import REFILLABLE
from tests.helpers.spend import ORDER_ID, place, report_status

NAME = "Instagram Followers | Mixed | No Refill"


async def refused_twin(hass: HomeAssistant, **order: object) -> str:
    """Order what is ordered already; return what the message calls the first one."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **order)
    assert error.value.translation_key == "duplicate_order"
    named = (error.value.translation_placeholders or {})["order"]
    assert str(error.value) == (
        f"An order for the same service and link is still open: {named}. Nothing was sent. Wait"
        " until it is finished, or order with allow_duplicate to have both"
    )
    return named


async def test_an_open_order_is_not_placed_again(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An automation that fires twice must not pay twice; another quantity is no other order."""
    await place(hass, panel)

    for fields in ({}, {"quantity": 2000}, {"dry_run": True}):
        assert await refused_twin(hass, **ORDER | fields) == f"#{ORDER_ID} {NAME}"
    assert panel.count("add") == 1
    assert len(setup_entry.runtime_data.order_book.orders) == 1


@pytest.mark.parametrize("status", ["Completed", "Partial", "Canceled", "Refunded"])
async def test_a_finished_order_is_no_obstacle(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, status: str
) -> None:
    """People order the same again."""
    await place(hass, panel)
    await report_status(hass, panel, status=status)
    panel.faults.clear()

    assert (await act(hass, "place_order", **ORDER))["order"]
    assert panel.count("add") == 2


@pytest.mark.parametrize("status", ["In progress", "A word nobody has met"])
async def test_an_order_that_goes_on_is_an_obstacle(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, status: str
) -> None:
    """What is not certainly finished is open."""
    await place(hass, panel)
    await report_status(hass, panel, status=status)

    await refused_twin(hass, **ORDER)


@pytest.mark.parametrize(
    "fields",
    [{"allow_duplicate": True}, {"service": REFILLABLE}, {"link": "https://example.com/other"}],
)
async def test_another_order_is_no_duplicate(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    fields: dict[str, Any],
) -> None:
    """Another service, another link, or the caller's own wish."""
    await place(hass, panel)

    assert (await act(hass, "place_order", **ORDER | fields))["order"]
    assert panel.count("add") == 2


async def test_an_unconfirmed_order_is_an_obstacle_until_it_is_settled(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The natural thing to do after a lost answer is to order again."""
    panel.faults.add(Drop(), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)

    assert await refused_twin(hass, **ORDER) == NAME
    assert panel.count("add") == 1

    (unconfirmed,) = setup_entry.runtime_data.order_book.unconfirmed
    await async_settle_as_not_placed(hass, setup_entry, unconfirmed.local_id)
    assert (await act(hass, "place_order", **ORDER))["order"]


async def test_of_calls_at_once_one_is_sent(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The first one has no answer yet when the others come."""
    panel.faults.add(Delay(seconds=0.2), action="add", times=None)

    results = await asyncio.gather(
        *(act(hass, "place_order", **ORDER) for _ in range(20)), return_exceptions=True
    )

    assert panel.count("add") == 1
    refused = [result for result in results if isinstance(result, ServiceValidationError)]
    assert len(refused) == 19
    assert {error.translation_key for error in refused} == {"duplicate_order"}


async def test_a_subscription_is_known_by_its_user_name(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """It has no link; without one, all subscriptions would be the same or none."""
    await act(hass, "place_order", **SUBSCRIPTION)

    await refused_twin(hass, **SUBSCRIPTION)
    assert (await act(hass, "place_order", **SUBSCRIPTION | {"username": "other"}))["order"]
    assert panel.count("add") == 2


async def test_a_refused_order_is_no_obstacle(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """After a top-up the same order is placed again."""
    panel.faults.add(Reply(text='{"error": "Not enough funds on balance"}'), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER)

    assert (await act(hass, "place_order", **ORDER))["order"]


INSTAGRAM = "https://www.instagram.com/p/CrAbC/"


@pytest.mark.parametrize(
    "link",
    [
        "instagram.com/p/CrAbC",
        "http://m.instagram.com/reel/CrAbC/?igsh=abc&utm_source=x",
        "\u200bhttps://WWW.Instagram.com/p/CrAbC/\u00a0",
    ],
)
async def test_another_spelling_of_a_link_is_the_same_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, link: str
) -> None:
    """People copy a link from the app, the browser and the panel; each order would be paid."""
    await act(hass, "place_order", **ORDER | {"link": INSTAGRAM})

    await refused_twin(hass, **ORDER | {"link": link})

    assert panel.count("add") == 1


async def test_links_that_differ_in_case_are_two_orders(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The ids of posts are case-sensitive: it is another post."""
    await act(hass, "place_order", **ORDER | {"link": INSTAGRAM})

    assert (await act(hass, "place_order", **ORDER | {"link": INSTAGRAM.replace("A", "a")}))[
        "order"
    ]


async def test_a_link_is_sent_as_typed(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The canonical form is for comparing; a panel may want the parameters that it leaves out."""
    link = "http://m.instagram.com/p/CrAbC/?igsh=abc"

    await act(hass, "place_order", **ORDER | {"link": f"\ufeff{link}\u200b"})

    (sent,) = (item.form for item in panel.requests if item.form["action"] == "add")
    assert sent["link"] == link
