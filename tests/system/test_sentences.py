"""What people can say to Assist without a language model: the sentences of the README."""

from pathlib import Path
import re

from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.simulator import SimulatedPanel
from tests.helpers.actions import ORDER, act
from tests.helpers.orders import placed_elsewhere

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SENTENCES = re.findall(
    r"^\| (.+?) \| (.+?) \|$",
    README.partition("| You say | Assist answers |\n| --- | --- |\n")[2].partition("\n\n")[0],
    re.MULTILINE,
)
NEWEST = "sensor.panel_order_slot_1_status"


@pytest.fixture(autouse=True)
async def assist(
    hass: HomeAssistant, setup_entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Set up Assist, place an order, name its slot, and expose everything."""
    for part in ("homeassistant", "conversation", "intent"):
        assert await async_setup_component(hass, part, {})
    await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    entity_registry.async_update_entity(NEWEST, aliases=["newest order"])
    expose(hass, exposed=True)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture(autouse=True)
def elsewhere(assist: None, simulated: SimulatedPanel) -> str:
    """Place an order behind Home Assistant's back; return its id."""
    return placed_elsewhere(simulated, "https://example.com/q")


def expose(hass: HomeAssistant, *, exposed: bool) -> None:
    """Let Assist see the entities, or not."""
    for entity_id in hass.states.async_entity_ids():
        async_expose_entity(hass, "conversation", entity_id, exposed)


async def say(hass: HomeAssistant, sentence: str) -> str:
    """Say a sentence and return the answer."""
    answer = await async_converse(
        hass, sentence, None, Context(), "en", "conversation.home_assistant"
    )
    speech: str = answer.response.speech["plain"]["speech"]
    return speech


def test_the_readme_has_sentences() -> None:
    """A list that is not found would be tested by no test."""
    assert len(SENTENCES) == 7


@pytest.mark.parametrize(("sentence", "answer"), SENTENCES)
async def test_a_sentence_of_the_readme(hass: HomeAssistant, sentence: str, answer: str) -> None:
    """Another name or unit and people are told that there is no such device."""
    assert await say(hass, sentence) == answer


async def test_an_id_that_is_said_is_tracked(
    hass: HomeAssistant, setup_entry: MockConfigEntry, elsewhere: str
) -> None:
    """An id that is only written on the list would never become an order."""
    (sentence,) = (sentence for sentence, _ in SENTENCES if elsewhere in sentence)

    await say(hass, sentence)

    assert setup_entry.runtime_data.order_book.find(elsewhere)


async def test_nothing_is_told_of_what_is_not_exposed(hass: HomeAssistant) -> None:
    """What people keep from the assistant must stay unsaid."""
    expose(hass, exposed=False)

    answers = [await say(hass, sentence) for sentence, _ in SENTENCES]

    assert not {answer for _, answer in SENTENCES} & set(answers)
    assert "99.10" not in str(answers)
