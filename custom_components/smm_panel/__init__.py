"""The SMM Panel integration: watch, place, refill and cancel orders of SMM panels."""

import asyncio
from contextlib import suppress

from homeassistant.const import CONF_API_KEY, CONF_URL, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.typing import ConfigType

from . import activity, repairs
from .api import HttpTransport, PanelClient, RateLimiter, Transport
from .catalog import WatchedServices
from .const import CONF_PRACTICE, DOMAIN, PRUNE_INTERVAL
from .coordinator import (
    BalanceCoordinator,
    CatalogCoordinator,
    OrdersCoordinator,
    PanelConfigEntry,
    PanelRuntimeData,
    loaded_data,
)
from .device import async_name_slots, async_register_account, slot_of_device
from .issues import async_withdraw_moved
from .orders import OrderBook, OrderBookSaveError, async_follow_initiators
from .practice import PracticeTransport
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and record which automations and scripts run."""
    async_follow_initiators(hass)
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> bool:
    """Set up an account."""
    rate_limiter = RateLimiter()
    client = PanelClient(await _async_transport(hass, entry), rate_limiter=rate_limiter)
    order_book = OrderBook(hass, entry.entry_id)
    try:
        await order_book.async_load()
    except OrderBookSaveError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.translation_placeholders,
        ) from err
    watched_services = WatchedServices(hass, entry.entry_id)
    await watched_services.async_load()
    balance = BalanceCoordinator(hass, entry, client, order_book)
    await balance.async_config_entry_first_refresh()
    orders = OrdersCoordinator(hass, entry, client, order_book)
    entry.runtime_data = PanelRuntimeData(
        client=client,
        rate_limiter=rate_limiter,
        order_book=order_book,
        watched_services=watched_services,
        catalog=CatalogCoordinator(hass, entry, client),
        balance_coordinator=balance,
        orders_coordinator=orders,
    )
    async_register_account(hass, entry)
    async_name_slots(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    activity.async_start(hass, entry)
    # After the activity, whose listeners compare the services before the issues show them.
    repairs.async_watch_issues(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    entry.async_on_unload(async_track_time_interval(hass, orders.async_prune, PRUNE_INTERVAL))
    # In the background: thousands of orders take many requests. Until then the entities show
    # what the order book has.
    entry.async_create_background_task(
        hass, orders.async_refresh(), f"{entry.title} first refresh of the orders"
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> bool:
    """Unload an account once its operations have an outcome and its events are fired."""
    data = entry.runtime_data
    if data.running_notifications:
        await asyncio.wait(data.running_notifications)
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    while data.running_operations:
        # Their outcome must be in the files that the next set-up reads. No operation starts
        # meanwhile, because the state is not LOADED.
        await asyncio.wait(data.running_operations)
    data.async_close()
    await data.watched_services.async_save()
    # Saves the answers to the last polls. The store logs why a file can't be written.
    with suppress(OrderBookSaveError):
        await data.order_book.async_save()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Delete the files of an account."""
    async_withdraw_moved(hass, entry)
    await OrderBook(hass, entry.entry_id).async_remove()
    await WatchedServices(hass, entry.entry_id).async_remove()
    await PracticeTransport.async_remove(hass, entry.entry_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: PanelConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Return whether a device may be deleted: only a slot that shows no order.

    Raises HomeAssistantError if the account is not loaded: its slots are unknown then.
    """
    slot = slot_of_device(entry, device)
    return slot is not None and slot not in loaded_data(entry).order_book.slots


async def _async_transport(hass: HomeAssistant, entry: PanelConfigEntry) -> Transport:
    if entry.data.get(CONF_PRACTICE):
        return await PracticeTransport.async_load(hass, entry.entry_id)
    return HttpTransport(
        async_get_clientsession(hass),
        url=entry.data[CONF_URL],
        api_key=entry.data[CONF_API_KEY],
    )


async def _async_reload(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
