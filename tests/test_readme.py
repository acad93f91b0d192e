"""The examples of the README work as they stand."""

from datetime import timedelta
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer

from .orders import REFILLABLE, placed_elsewhere
from .presets import add_preset

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def examples() -> list[Any]:
    """The YAML blocks of the README, with the entity ids of the tests' account."""
    text = README.read_text(encoding="utf-8").replace("smmprovider_co", "panel")
    return [parse_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def example(examples: list[Any], words: str) -> dict[str, Any]:
    """Return the one example in which these words stand."""
    (found,) = (block for block in examples if words in str(block))
    assert isinstance(found, dict)
    return found


async def run(hass: HomeAssistant, sequence: list[Any]) -> None:
    """Run a sequence as a script."""
    config = {"script": {"readme": {"sequence": sequence}}}
    assert await async_setup_component(hass, "script", config)
    await hass.services.async_call("script", "readme", blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_placing_an_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The first thing people will copy."""
    await run(hass, [example(examples, "'quantity': 1000")])

    assert panel.count("add") == 1


async def test_limits_of_one_call(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The limits of the example leave the order its room."""
    await run(hass, [example(examples, "max_charge")])

    assert panel.count("add") == 1


async def test_the_order_of_a_preset(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The name of the preset is all that a script needs."""
    link = "https://example.com/my-page"
    add_preset(hass, setup_entry, "Followers for my page", link=link, quantity=1000)
    await hass.async_block_till_done(wait_background_tasks=True)
    await run(hass, [example(examples, "preset")])

    assert [request.form["quantity"] for request in panel.requests if request.action == "add"] == [
        "500"
    ]


async def test_a_check_of_the_price_first(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, examples: list[Any]
) -> None:
    """The dry run sends nothing, the order after it is sent once."""
    await run(hass, example(examples, "dry_run")["sequence"])

    assert [request.form["quantity"] for request in panel.requests if request.action == "add"] == [
        "500"
    ]


async def test_refills_of_all_that_may_be_refilled(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    examples: list[Any],
) -> None:
    """With nothing to refill it asks for nothing."""
    sequence = example(examples, "refill_orders")["sequence"]
    await run(hass, sequence)
    assert panel.count("refill") == 0

    orders = setup_entry.runtime_data.orders
    await orders.async_track([placed_elsewhere(simulated, service=REFILLABLE)])
    freezer.tick(timedelta(days=1))
    await orders.async_refresh()
    await hass.services.async_call("script", "readme", blocking=True)

    assert panel.count("refill") == 1


async def test_a_low_balance_is_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    examples: list[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The balance of 100 falls below 10 by an order for 96.75, and the message can be made."""
    automation = example(examples, "numeric_state")
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()

    simulated.handle(
        {
            "key": simulated.api_key or "",
            "action": "add",
            "service": "211",
            "link": "https://example.com/p",
            "quantity": "4500",
        }
    )
    await setup_entry.runtime_data.balance.async_refresh()
    await hass.async_block_till_done()

    state = hass.states.get("automation.balance_is_low")
    assert state
    assert state.attributes["last_triggered"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
