"""The to-do list: every tracked order is an item."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.todo import (
    ATTR_ITEM,
    ATTR_STATUS,
    DOMAIN as TODO_DOMAIN,
    TodoServices,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smm_panel.api import OrderStatus
from custom_components.smm_panel.orders import Placement
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer
from custom_components.smm_panel.todo import OrderList
from tests.helpers.orders import placed_elsewhere, report, tracked

LIST = "todo.panel_orders"


async def items(hass: HomeAssistant) -> list[dict[str, str]]:
    """Return the items as a dashboard reads them, without their uids."""
    answer: Any = await hass.services.async_call(
        TODO_DOMAIN,
        TodoServices.GET_ITEMS,
        {ATTR_STATUS: ["needs_action", "completed"]},
        target={ATTR_ENTITY_ID: LIST},
        blocking=True,
        return_response=True,
    )
    found = answer[LIST]["items"]
    return [{key: value for key, value in item.items() if key != "uid"} for item in found]


async def add(hass: HomeAssistant, text: str) -> None:
    """Add an item as a user does."""
    await hass.services.async_call(
        TODO_DOMAIN,
        TodoServices.ADD_ITEM,
        {ATTR_ITEM: text},
        target={ATTR_ENTITY_ID: LIST},
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize("text", ["{order}", "#{order}", "  {order} "])
async def test_adding_an_order_id_tracks_the_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel, text: str
) -> None:
    """An order placed on the panel's own site is followed like any other."""
    order = placed_elsewhere(simulated)

    await add(hass, text.format(order=order))

    assert await items(hass) == [
        {
            "summary": f"#{order}",
            "status": "needs_action",
            "description": "Pending · 0.09 USD",
        }
    ]
    assert setup_entry.runtime_data.order_book.find(order)


@pytest.mark.parametrize("text", ["999999", "12 34", "1,2", "buy milk"])
async def test_what_is_no_order_id_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, text: str
) -> None:
    """A typing error must not stay on the list as an order."""
    with pytest.raises(ServiceValidationError) as caught:
        await add(hass, text)

    assert caught.value.translation_key == "not_tracked"
    assert caught.value.translation_placeholders
    assert caught.value.translation_placeholders["order"] == text
    assert await items(hass) == []


async def test_adding_while_the_panel_is_silent_is_told(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Whether the id is right cannot be known then."""
    panel.faults.add(Drop(), action="status")

    with pytest.raises(HomeAssistantError) as caught:
        await add(hass, "1")

    assert caught.value.translation_key == "cannot_connect"


async def test_removing_an_item_stops_tracking(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """The panel goes on with the order; Home Assistant forgets it."""
    order = placed_elsewhere(simulated)
    await add(hass, order)

    await hass.services.async_call(
        TODO_DOMAIN,
        TodoServices.REMOVE_ITEM,
        {ATTR_ITEM: [f"#{order}"]},
        target={ATTR_ENTITY_ID: LIST},
        blocking=True,
    )

    assert await items(hass) == []
    assert not setup_entry.runtime_data.order_book.orders


async def test_final_orders_are_done(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The list's number is that of the orders still to come."""
    await add(hass, placed_elsewhere(simulated))
    assert (state := hass.states.get(LIST))
    assert state.state == "1"

    freezer.tick(timedelta(days=2))
    await setup_entry.runtime_data.orders_coordinator.async_refresh()

    assert (state := hass.states.get(LIST))
    assert state.state == "0"
    assert [item["status"] for item in await items(hass)] == ["completed"]


@pytest.mark.parametrize(
    ("charge", "text"),
    [
        ("0.09000", "0.09"),
        ("12", "12.00"),
        ("0.27819", "0.27819"),
        ("0E-8", "0.00"),
        ("1E-7", "0.0000001"),
    ],
)
async def test_amounts_are_written_as_people_write_them(
    hass: HomeAssistant, setup_entry: MockConfigEntry, charge: str, text: str
) -> None:
    """Panels write five decimals or more; an exponent is nothing for a list."""
    data = setup_entry.runtime_data
    await data.order_book.async_put([tracked("1", report=report(charge=Decimal(charge)))])
    data.orders_coordinator.async_publish(data.order_book.orders)

    assert (await items(hass))[0]["description"] == f"Pending · {text}"


async def test_an_item_says_what_there_is_to_know(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Status, progress, charge, error and link; the youngest order first."""
    data = setup_entry.runtime_data
    await data.order_book.async_put(
        [
            tracked(
                "1",
                name="Followers",
                link="https://example.com/p",
                quantity=200,
                report=report(
                    OrderStatus.IN_PROGRESS, remains=50, charge=Decimal("1.8"), currency="USD"
                ),
                error="Incorrect order ID",
            ),
            tracked("2", panel_id=None, name="Likes", placement=Placement.UNCONFIRMED),
            tracked("3", panel_id=None, name="Views", placement=Placement.INTENDED),
            tracked("4", OrderStatus.UNKNOWN),
        ]
    )
    data.orders_coordinator.async_publish(data.order_book.orders)

    assert await items(hass) == [
        {"summary": "#4", "status": "needs_action", "description": "unknown"},
        {"summary": "Likes", "status": "needs_action", "description": "Unconfirmed"},
        {
            "summary": "#1 Followers",
            "status": "needs_action",
            "description": "In progress · 75 % · 1.80 USD\nIncorrect order ID\nhttps://example.com/p",
        },
    ]


async def test_who_looks_at_the_list_sees_it_change(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """Items are made for somebody who looks only; that one must not look at old ones."""
    data = setup_entry.runtime_data
    await data.order_book.async_put([tracked("1", OrderStatus.PENDING)])
    data.orders_coordinator.async_publish(data.order_book.orders)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "todo/item/subscribe", "entity_id": LIST})
    assert (await client.receive_json())["success"]
    assert [item["status"] for item in (await client.receive_json())["event"]["items"]] == [
        "needs_action"
    ]

    await data.order_book.async_put([tracked("1", OrderStatus.COMPLETED)])
    data.orders_coordinator.async_publish(data.order_book.orders)

    assert [item["status"] for item in (await client.receive_json())["event"]["items"]] == [
        "completed"
    ]


async def test_nobody_looking_no_items_are_made(
    hass: HomeAssistant, setup_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand of them at each refresh would be most of what it costs."""
    data = setup_entry.runtime_data
    await data.order_book.async_put([tracked("1", OrderStatus.PENDING)])
    monkeypatch.delattr(OrderList, "_item")

    data.orders_coordinator.async_publish(data.order_book.orders)

    assert (state := hass.states.get(LIST))
    assert state.state == "1"
