"""Long-term statistics of what was spent, compiled by the recorder itself."""

from datetime import datetime, timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import (
    statistics_during_period,
    validate_statistics,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import ORDER
from tests.helpers.spend import place, report_status

TODAY = "sensor.panel_spent_today"
TOTAL = "sensor.panel_spent_in_total"
START = datetime.fromisoformat("2026-11-02T16:45:00+00:00")
"""A quarter of an hour before midnight in Ho Chi Minh City."""

FIVE_MINUTES = timedelta(minutes=5)


async def compile_from(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Compile the statistics of the five minutes that begin now, and go to their end."""
    start = datetime.fromtimestamp(freezer().timestamp(), tz=START.tzinfo)
    await async_wait_recording_done(hass)
    freezer.move_to(start + FIVE_MINUTES)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)


async def sums(hass: HomeAssistant, entity_id: str) -> list[float]:
    """Return the sum at the end of each period."""
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, START, None, {entity_id}, "5minute", None, {"sum"}
    )
    return [round(row["sum"] or 0, 6) for row in rows[entity_id]]


async def test_sums_over_midnight(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Charts show these sums; a false cycle would count an order twice."""
    freezer.move_to(START)
    await hass.config.async_update(time_zone="Asia/Ho_Chi_Minh")
    assert await async_setup_component(hass, "sensor", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    await compile_from(hass, freezer)  # 23:45, nothing spent
    await place(hass, panel)
    await compile_from(hass, freezer)  # 23:50, 0.90
    await report_status(hass, panel, status="Partial", charge="0.90", remains=500)
    await compile_from(hass, freezer)  # 23:55, 0.45 of it back; then midnight
    await place(hass, panel, ORDER | {"quantity": 2000}, order_id="8")
    await compile_from(hass, freezer)  # 0:00, 1.80
    await report_status(hass, panel, "8", status="Canceled", charge="0")
    await compile_from(hass, freezer)  # 0:05, all of it back

    assert await sums(hass, TODAY) == [0, 0.9, 0.45, 2.25, 0.45]
    assert await sums(hass, TOTAL) == [0, 0.9, 0.45, 2.25, 0.45]
    recorder = get_instance(hass)
    assert not await recorder.async_add_executor_job(validate_statistics, hass)
    warnings = [row.getMessage() for row in caplog.records if row.levelno >= logging.WARNING]
    assert not [text for text in warnings if "sensor.panel_" in text]
