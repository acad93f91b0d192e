"""What a language model may read of the accounts, through Home Assistant's own interface."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.const import CONF_PRACTICE, DOMAIN
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.actions import ORDER, act
from tests.helpers.orders import placed_elsewhere

BALANCE = "sensor.panel_balance"
ORDERS = "todo.panel_orders"
PRACTICE = ("sensor.practice_balance", "todo.practice_orders")
NAMES = {"smm_panel__get_balance", "smm_panel__get_open_orders", "smm_panel__get_order"}


@pytest.fixture(autouse=True)
async def parts(hass: HomeAssistant) -> None:
    """Set up what keeps the exposed entities, and the tools."""
    for part in ("homeassistant", "llm"):
        assert await async_setup_component(hass, part, {})


def expose(hass: HomeAssistant, *entities: str, exposed: bool) -> None:
    """Let the assistant see entities, those of the first account unless named, or not."""
    for entity in entities or (BALANCE, ORDERS):
        async_expose_entity(hass, "conversation", entity, exposed)


async def offered(hass: HomeAssistant) -> llm.APIInstance:
    """Return the interface as a model is given it."""
    context = llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def tools(hass: HomeAssistant) -> dict[str, llm.Tool]:
    """Return the tools of the integration."""
    return {
        tool.name: tool
        for tool in (await offered(hass)).tools
        if tool.name.startswith("smm_panel__")
    }


async def call(hass: HomeAssistant, name: str, **fields: Any) -> llm.ToolResult:
    """Call a tool as a model does."""
    return await (await offered(hass)).async_call_tool(llm.ToolInput(name, fields))


async def test_the_tools_only_read(
    hass: HomeAssistant, setup_entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that is talked into it must find nothing that spends."""
    expose(hass, exposed=True)

    found = await tools(hass)

    assert found.keys() == NAMES
    assert all(tool.annotations.read_only for tool in found.values())
    assert not any(tool.annotations.destructive for tool in found.values())
    assert "custom integration" not in "".join(
        record.getMessage() for record in caplog.records if record.name.endswith("frame")
    )


async def test_nothing_is_offered_that_is_not_exposed(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """What people keep from the assistant must not come in by another door."""
    expose(hass, exposed=False)

    assert await tools(hass) == {}


async def test_the_balance(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The answer is what was last read, and asks the panel nothing."""
    expose(hass, exposed=True)
    before = len(panel.requests)

    result = await call(hass, "smm_panel__get_balance")

    assert result.data == {
        "accounts": [
            {"account": "Panel", "balance": "100.00000", "currency": "USD", "is_current": True}
        ]
    }
    assert len(panel.requests) == before


async def test_open_orders_and_one_of_them(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """The facts of an order are told, its originator and the key are not."""
    expose(hass, exposed=True)
    order = placed_elsewhere(simulated)
    await act(hass, "track_orders", orders=[order])
    await hass.async_block_till_done(wait_background_tasks=True)
    before = len(panel.requests)

    listed = await call(hass, "smm_panel__get_open_orders")
    told = await call(hass, "smm_panel__get_order", order=f"#{order}")

    assert listed.data["total"] == 1
    assert told.data["orders"] == listed.data["orders"]
    rows: Any = told.data["orders"]
    (row,) = rows
    assert (row["order"], row["status"], row["account"]) == (order, "pending", "Panel")
    assert "placed_by" not in row
    assert API_KEY not in str(told.data)
    assert len(panel.requests) == before


async def test_an_order_that_is_not_tracked(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """A model that gets an empty answer makes one up."""
    expose(hass, exposed=True)

    result = await call(hass, "smm_panel__get_order", order="999")

    assert result.error


async def test_fifty_orders_are_listed_and_all_are_counted(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Thousands of rows bury a model; a list cut without a word is taken for all there is."""
    expose(hass, exposed=True)
    orders = [placed_elsewhere(simulated, f"https://example.com/{number}") for number in range(55)]
    for some in (orders[:5], orders[5:]):
        await act(hass, "track_orders", orders=some)
        freezer.tick(timedelta(seconds=1))
    await hass.async_block_till_done(wait_background_tasks=True)

    listed = await call(hass, "smm_panel__get_open_orders")

    assert listed.data["total"] == 55
    rows: Any = listed.data["orders"]
    assert sorted(row["order"] for row in rows) == sorted(orders[5:])


@pytest.fixture
async def practice(hass: HomeAssistant, setup_entry: MockConfigEntry) -> MockConfigEntry:
    """A second account, at a panel that gives the same ids; an order is placed on each."""
    entry = MockConfigEntry(
        domain=DOMAIN, entry_id="practice", title="Practice", data={CONF_PRACTICE: True}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    for account, quantity in ((setup_entry, 1000), (entry, 500)):
        order = ORDER | {"config_entry_id": account.entry_id, "quantity": quantity}
        await act(hass, "place_order", **order)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def by_account(hass: HomeAssistant, name: str, fact: str, **fields: Any) -> dict[str, Any]:
    """Call a tool and return one fact of each row by the name of the account."""
    (rows,) = (
        found
        for found in (await call(hass, name, **fields)).data.values()
        if isinstance(found, list)
    )
    found: list[Any] = rows
    assert len({row["account"] for row in found}) == len(found)
    return {row["account"]: row[fact] for row in found}


async def test_each_account_is_told_by_its_name(
    hass: HomeAssistant, practice: MockConfigEntry
) -> None:
    """Money or orders of one account told as those of another send people to the wrong panel."""
    expose(hass, exposed=True)
    expose(hass, *PRACTICE, exposed=True)
    left = practice.runtime_data.balance_coordinator.data.amount
    quantities = {"Panel": 1000, "Practice": 500}

    balances = await by_account(hass, "smm_panel__get_balance", "balance")
    assert balances.keys() == quantities.keys()
    assert Decimal(balances["Panel"]) == Decimal("99.1")
    assert Decimal(balances["Practice"]) == left != Decimal("99.1")
    assert await by_account(hass, "smm_panel__get_open_orders", "quantity") == quantities
    assert await by_account(hass, "smm_panel__get_order", "quantity", order="23501") == quantities


async def test_an_account_that_is_not_exposed_is_not_told(
    hass: HomeAssistant, practice: MockConfigEntry
) -> None:
    """The exposed entity of one account opens no other."""
    expose(hass, exposed=True)
    expose(hass, *PRACTICE, exposed=False)

    assert await by_account(hass, "smm_panel__get_balance", "currency") == {"Panel": "USD"}
    assert await by_account(hass, "smm_panel__get_open_orders", "quantity") == {"Panel": 1000}
    assert await by_account(hass, "smm_panel__get_order", "quantity", order="23501") == {
        "Panel": 1000
    }


async def test_each_entity_opens_its_own_tools(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Whoever shows the balance has not agreed to show the orders."""
    expose(hass, exposed=False)
    assert await tools(hass) == {}

    expose(hass, BALANCE, exposed=True)
    assert (await tools(hass)).keys() == {"smm_panel__get_balance"}

    expose(hass, BALANCE, exposed=False)
    expose(hass, ORDERS, exposed=True)
    assert (await tools(hass)).keys() == NAMES - {"smm_panel__get_balance"}
