"""A listener with a defect is logged, and fails no order."""

from collections.abc import Callable
from typing import Any, Final, Never
from unittest.mock import patch

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.smm_panel.activity import (
    EVENT_ORDER_ACTIVITY,
    EVENT_SERVICE_CHANGED,
    activity_signal,
    service_signal,
)
from custom_components.smm_panel.operations import async_settle_as_not_placed, async_track
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER, act
from tests.helpers.book_files import BookFiles
from tests.helpers.offers import change_service
from tests.helpers.orders import placed_elsewhere
from tests.helpers.presets import add_preset
from tests.helpers.spend import tell

DEFECT: Final = "a defect of a listener"


class DefectError(Exception):
    """What a defective listener raises."""


@callback
def defective(*_: object) -> Never:
    """Raise an error that nobody expects."""
    raise DefectError(DEFECT)


type Attach = Callable[[HomeAssistant, MockConfigEntry], Any]

LISTENERS: Final[dict[str, Attach]] = {
    "catalogue": lambda _, entry: entry.runtime_data.catalog.async_add_listener(defective),
    "orders": lambda _, entry: entry.runtime_data.orders_coordinator.async_add_listener(defective),
    "after the orders": lambda _, entry: (
        entry.runtime_data.orders_coordinator.async_set_after_update(defective)
    ),
    "balance": lambda _, entry: entry.runtime_data.balance_coordinator.async_add_listener(
        defective
    ),
    "activity, dispatcher": lambda hass, entry: async_dispatcher_connect(
        hass, activity_signal(entry.entry_id), defective
    ),
    "activity, bus": lambda hass, _: hass.bus.async_listen(EVENT_ORDER_ACTIVITY, defective),
    "services, dispatcher": lambda hass, entry: async_dispatcher_connect(
        hass, service_signal(entry), defective
    ),
    "services, bus": lambda hass, _: hass.bus.async_listen(EVENT_SERVICE_CHANGED, defective),
}

every = pytest.mark.parametrize("attach", LISTENERS.values(), ids=LISTENERS)


@pytest.fixture
async def changed(
    hass: HomeAssistant, entry: MockConfigEntry, simulated: SimulatedPanel
) -> MockConfigEntry:
    """An account with a preset whose service has changed since the list was read."""
    add_preset(hass, entry, "My page")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    change_service(simulated, {"rate": "1.20"})
    entry.runtime_data.catalog._read_at = None  # noqa: SLF001 - the next order reads the list
    return entry


@every
async def test_an_order_is_placed_all_the_same(
    hass: HomeAssistant,
    changed: MockConfigEntry,
    book_files: BookFiles,
    caplog: pytest.LogCaptureFixture,
    attach: Attach,
) -> None:
    """Who is shown an error for an order that was placed places it again."""
    attach(hass, changed)

    answer = await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [row["panel_id"] for row in book_files.rows] == [answer["order"]]
    assert DEFECT in caplog.text


@every
async def test_a_lost_answer_is_told_all_the_same(
    hass: HomeAssistant,
    changed: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
    caplog: pytest.LogCaptureFixture,
    attach: Attach,
) -> None:
    """The error must be the one that says not to repeat the order."""
    attach(hass, changed)
    panel.faults.add(Drop(accepted=True), action="add")

    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert caught.value.translation_key == "outcome_unknown"
    assert [row["placement"] for row in book_files.rows] == ["unconfirmed"]
    assert DEFECT in caplog.text


async def test_an_event_that_cannot_be_made_fails_no_order(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    book_files: BookFiles,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A defect of our own is no better than one of a listener."""
    with patch(
        "custom_components.smm_panel.activity.orders.account_data", side_effect=DefectError(DEFECT)
    ):
        answer = await act(hass, "place_order", **ORDER)
        await act(hass, "cancel_orders", orders=answer["order"])
        panel.faults.add(Drop(), action="add")
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, "place_order", **ORDER | {"link": "https://example.com/2"})
        (unconfirmed,) = setup_entry.runtime_data.order_book.unconfirmed
        await async_settle_as_not_placed(hass, setup_entry, unconfirmed.local_id)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert caught.value.translation_key == "outcome_unknown"
    assert [row["panel_id"] for row in book_files.rows] == [answer["order"]]
    assert DEFECT in caplog.text


async def test_an_event_that_cannot_be_made_stops_no_other_event(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One poll may change thousands of orders."""
    placed = [placed_elsewhere(simulated, f"https://example.com/{n}") for n in range(2)]
    await async_track(setup_entry, placed)
    await hass.async_block_till_done(wait_background_tasks=True)
    events = async_capture_events(hass, EVENT_ORDER_ACTIVITY)
    tell(panel, "status", {order: {"status": "Completed"} for order in placed})

    with patch(
        "custom_components.smm_panel.activity.orders.account_data",
        side_effect=[DefectError(DEFECT), {}],
    ):
        await setup_entry.runtime_data.orders_coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)

    assert [event.data["order"] for event in events] == placed[1:]
    assert DEFECT in caplog.text
