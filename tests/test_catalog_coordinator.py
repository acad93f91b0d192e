"""The service list: fetched when needed, and seldom."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.api import PanelConnectionError
from custom_components.smm_panel.const import CATALOG_FRESH, CATALOG_LIFETIME, CATALOG_RENEWAL
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer

from .helpers.actions import ORDER, act
from .helpers.offers import change_service
from .helpers.orders import FOLLOWERS


async def test_it_is_fetched_once_for_hours(
    setup_entry: MockConfigEntry, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """Some panels allow ten requests an hour; an old list has old prices."""
    catalog = setup_entry.runtime_data.catalog
    assert (len(catalog.data), panel.count("services")) == (0, 0)

    await asyncio.gather(*(catalog.async_read() for _ in range(5)))
    freezer.tick(CATALOG_LIFETIME)
    services = await catalog.async_read()
    assert panel.count("services") == 1
    assert len(catalog.data) == len(services) > 50

    freezer.tick(timedelta(seconds=1))
    await catalog.async_read()
    assert panel.count("services") == 2


async def test_a_failed_fetch_is_told_and_tried_again(
    setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An empty list would make every service unknown for hours."""
    catalog = setup_entry.runtime_data.catalog
    panel.faults.add(Drop(), action="services")

    with pytest.raises(PanelConnectionError):
        await catalog.async_read()

    assert await catalog.async_read()


@pytest.mark.parametrize(
    ("changes", "key", "placeholders"),
    [
        (None, "unknown_service", {"service": FOLLOWERS}),
        ({"min": 1001}, "invalid_order_too_few", {"field": "quantity", "limit": "1001"}),
        ({"max": 999}, "invalid_order_too_many", {"field": "quantity", "limit": "999"}),
        (
            {"rate": "0.91"},
            "over_max_rate",
            {"service": FOLLOWERS, "rate": "0.91 USD", "allowed": "0.90 USD"},
        ),
    ],
)
async def test_an_order_is_held_against_a_list_of_this_hour(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
    changes: dict[str, Any] | None,
    key: str,
    placeholders: dict[str, str],
) -> None:
    """Held against an old list, an order would cost what nobody has agreed to."""
    await act(hass, "place_order", **ORDER, max_rate="0.90", dry_run=True)
    change_service(simulated, changes)
    freezer.tick(CATALOG_FRESH + timedelta(seconds=1))

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER, max_rate="0.90")

    assert error.value.translation_key == key
    told = error.value.translation_placeholders or {}
    assert placeholders.items() <= told.items()
    assert not str(error.value).startswith(key)
    assert panel.count("services") == 2
    assert panel.count("add") == 0
    assert not setup_entry.runtime_data.order_book.orders


async def test_the_price_is_that_of_a_list_of_this_hour(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A price of six hours ago would pass under limits that the new one exceeds."""
    await act(hass, "place_order", **ORDER, dry_run=True)
    change_service(simulated, {"rate": "1.10"})

    freezer.tick(CATALOG_FRESH)
    answer = await act(hass, "place_order", **ORDER, dry_run=True)
    assert Decimal(answer["estimate"]) == Decimal("0.90")

    freezer.tick(timedelta(seconds=1))
    answer = await act(hass, "place_order", **ORDER, dry_run=True)
    assert Decimal(answer["estimate"]) == Decimal("1.10")


async def test_a_new_service_is_found_before_the_hour_is_over(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Who has just found it on the panel's website would be told that there is none."""
    await act(hass, "place_order", **ORDER, dry_run=True)
    simulated.services[900] = replace(simulated.services[int(FOLLOWERS)], service=900)

    freezer.tick(CATALOG_RENEWAL)
    with pytest.raises(ServiceValidationError):
        await act(hass, "place_order", **ORDER | {"service": "900"})
    assert (panel.count("services"), panel.count("add")) == (1, 0)

    freezer.tick(timedelta(seconds=1))
    assert (await act(hass, "place_order", **ORDER | {"service": "900"}))["order"]
    assert panel.count("services") == 2


async def test_without_a_fresh_list_nothing_is_sent(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The old list must not stand in: its rates may be wrong."""
    await act(hass, "place_order", **ORDER, dry_run=True)
    freezer.tick(CATALOG_FRESH + timedelta(seconds=1))
    panel.faults.add(Drop(), action="services")

    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "place_order", **ORDER)

    assert error.value.translation_key == "cannot_connect"
    assert panel.count("add") == 0
    assert not setup_entry.runtime_data.order_book.orders


async def test_a_list_from_before_the_clock_was_set_back_is_not_fresh(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It would be taken for a new one until the clock has caught up, maybe for days."""
    await act(hass, "place_order", **ORDER, dry_run=True)
    freezer.tick(timedelta(days=-3))

    await act(hass, "place_order", **ORDER, dry_run=True)

    assert panel.count("services") == 2
