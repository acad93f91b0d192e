"""The service list: fetched when needed, and seldom."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.api import PanelConnectionError
from custom_components.smm_panel.const import CATALOG_LIFETIME
from custom_components.smm_panel.simulator.faults import Drop
from custom_components.smm_panel.simulator.server import PanelServer


async def test_it_is_fetched_once_for_hours(
    setup_entry: MockConfigEntry, panel: PanelServer, freezer: FrozenDateTimeFactory
) -> None:
    """Some panels allow ten requests an hour; an old list has old prices."""
    catalog = setup_entry.runtime_data.catalog
    assert (catalog.size, panel.count("services")) == (0, 0)

    await asyncio.gather(*(catalog.async_services() for _ in range(5)))
    freezer.tick(CATALOG_LIFETIME)
    services = await catalog.async_services()
    assert panel.count("services") == 1
    assert catalog.size == len(services) > 50

    freezer.tick(timedelta(seconds=1))
    await catalog.async_services()
    assert panel.count("services") == 2


async def test_a_failed_fetch_is_told_and_tried_again(
    setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An empty list would make every service unknown for hours."""
    catalog = setup_entry.runtime_data.catalog
    panel.faults.add(Drop(), action="services")

    with pytest.raises(PanelConnectionError):
        await catalog.async_services()

    assert await catalog.async_services()
