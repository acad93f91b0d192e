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

from .activity import async_tell_changes
from .api import HttpTransport, PanelClient, RateLimiter, Transport
from .book_store import OrderBookWriteError
from .catalog import ServiceCatalog
from .catalog_watch import async_watch_catalog
from .const import CONF_PRACTICE, DOMAIN, PRUNE_INTERVAL
from .coordinator import BalanceCoordinator, OrdersCoordinator, PanelConfigEntry, PanelData
from .entity import async_name_slots, async_register_account, slot_of_device
from .issues import async_raise_issues
from .known_services import KnownServices
from .moved import async_forget_location
from .order_book import OrderBook
from .origin import async_setup_origins
from .practice import PracticeTransport
from .preset_issues import async_watch_presets
from .service_issues import async_raise_service_issues
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
    """Register the actions, and follow who performs them."""
    async_setup_origins(hass)
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> bool:
    """Set up an account."""
    rate_limiter = RateLimiter()
    client = PanelClient(await _async_transport(hass, entry), rate_limiter=rate_limiter)
    book = OrderBook(hass, entry.entry_id)
    try:
        await book.async_load()
    except OrderBookWriteError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.translation_placeholders,
        ) from err
    known_services = KnownServices(hass, entry.entry_id)
    await known_services.async_load()
    balance = BalanceCoordinator(hass, entry, client, book)
    await balance.async_config_entry_first_refresh()
    orders = OrdersCoordinator(hass, entry, client, book)
    entry.runtime_data = PanelData(
        client=client,
        rate_limiter=rate_limiter,
        catalog=ServiceCatalog(client),
        known_services=known_services,
        book=book,
        balance=balance,
        orders=orders,
    )
    async_register_account(hass, entry)
    async_name_slots(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_raise_issues(hass, entry)
    async_watch_presets(hass, entry)
    async_tell_changes(hass, entry)
    async_watch_catalog(hass, entry)
    # After the watch: what they tell of a new list is what that has taken in.
    async_raise_service_issues(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    entry.async_on_unload(async_track_time_interval(hass, orders.async_prune, PRUNE_INTERVAL))
    # Thousands of orders take many requests; until they are in, the entities show
    # what the order book remembers.
    entry.async_create_background_task(
        hass, orders.async_refresh(), f"{entry.title} first refresh of the orders"
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> bool:
    """Unload an account once the answers to its writes are in, and all that is learnt is told."""
    await entry.runtime_data.orders.async_told()
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    data = entry.runtime_data
    if data.writes:
        # A second order book would not know of the answer this one waits for.
        await asyncio.wait(data.writes)
    await data.known_services.async_save()
    # What the last polls brought; a file that can't be written is logged by the store.
    with suppress(OrderBookWriteError):
        await data.book.async_save()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Delete the files of an account."""
    async_forget_location(hass, entry)
    await OrderBook(hass, entry.entry_id).async_remove()
    await KnownServices(hass, entry.entry_id).async_remove()
    await PracticeTransport.async_remove(hass, entry.entry_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: PanelConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the user delete a slot that shows no order."""
    slot = slot_of_device(entry, device)
    return slot is not None and slot not in entry.runtime_data.book.slots


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
