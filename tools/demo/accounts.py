"""The accounts of the demo: one on the simulated panel, over HTTP, and the practice account."""

from collections.abc import Sequence
from dataclasses import dataclass

from homeassistant.util import slugify

from tools.home_assistant.api import HomeAssistantApi, Json
from tools.processes import poll

DOMAIN = "smm_panel"
PANEL_TITLE = "Demo panel"
PRACTICE_TITLE = "Practice account"

_RELOAD_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """A config entry of the integration."""

    title: str
    entry_id: str

    def entity(self, platform: str, key: str) -> str:
        """Return the entity id of an entity of the account."""
        return f"{platform}.{slugify(self.title)}_{key}"

    def slot_entity(self, platform: str, slot: int, key: str) -> str:
        """Return the entity id of an entity of an order slot, which may not exist yet."""
        return self.entity(platform, f"order_slot_{slot}_{key}")


async def connect_accounts(api: HomeAssistantApi, url: str, api_key: str) -> list[DemoAccount]:
    """Add both accounts through the config flow, as a user would."""
    connected = await api.config_flow(
        DOMAIN, {"next_step_id": "account"}, {"url": url, "api_key": api_key}
    )
    panel = await _rename(api, connected["result"]["entry_id"], PANEL_TITLE)
    practised = await api.config_flow(DOMAIN, {"next_step_id": "practice"}, {})
    practice = DemoAccount(title=PRACTICE_TITLE, entry_id=practised["result"]["entry_id"])
    return [panel, practice]


async def set_limits(api: HomeAssistantApi, account: DemoAccount, **limits: Json) -> None:
    """Set limits in the options of an account and wait until it is loaded again."""
    path = "config/config_entries/options/flow"
    form = await api.post(path, {"handler": account.entry_id})
    kept = {field["name"]: field["default"] for field in form["data_schema"] if "default" in field}
    await api.post(f"{path}/{form['flow_id']}", kept | limits)
    await poll(f"{account.title} is loaded", lambda: _loaded(api, account), within=_RELOAD_SECONDS)


async def _loaded(api: HomeAssistantApi, account: DemoAccount) -> bool | None:
    (state,) = (
        entry["state"]
        for entry in await api.command("config_entries/get", domain=DOMAIN)
        if entry["entry_id"] == account.entry_id
    )
    return state == "loaded" or None


async def find_accounts(api: HomeAssistantApi) -> list[DemoAccount]:
    """Return the accounts that exist."""
    return [
        DemoAccount(title=entry["title"], entry_id=entry["entry_id"])
        for entry in await api.command("config_entries/get", domain=DOMAIN)
    ]


async def _rename(api: HomeAssistantApi, entry_id: str, title: str) -> DemoAccount:
    """Rename the entry from the host of the panel to `title`, and its entity ids accordingly."""
    await api.command("config_entries/update", entry_id=entry_id, title=title)
    await poll(f"{title} is loaded", lambda: _renamed(api, entry_id, title), within=_RELOAD_SECONDS)
    entities = [
        row["entity_id"]
        for row in await api.command("config/entity_registry/list")
        if row["config_entry_id"] == entry_id
    ]
    await _recreate_entity_ids(api, entities)
    return DemoAccount(title=title, entry_id=entry_id)


async def _renamed(api: HomeAssistantApi, entry_id: str, title: str) -> bool | None:
    """Return True once the entry has been reloaded with its new title, None until then."""
    for device in await api.command("config/device_registry/list"):
        if entry_id in device["config_entries"] and device["name"] == title:
            return True
    return None


async def _recreate_entity_ids(api: HomeAssistantApi, entities: Sequence[str]) -> None:
    """Do what "Recreate entity IDs" in the entity settings does."""
    proposed: dict[str, Json] = await api.command(
        "config/entity_registry/get_automatic_entity_ids", entity_ids=entities
    )
    for entity_id, new in proposed.items():
        if new and new != entity_id:
            await api.command(
                "config/entity_registry/update", entity_id=entity_id, new_entity_id=new
            )
