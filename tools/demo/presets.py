"""The order presets of the demo, added through the forms that users fill in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from homeassistant.util import slugify

from tools.home_assistant.api import HomeAssistantApi, Json
from tools.processes import poll

from .accounts import PANEL_TITLE, DemoAccount

_RELOAD_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPreset:
    """An order preset: the values for its forms."""

    name: str
    service: str
    search: str
    fields: Mapping[str, Json]
    max_charge: Json

    def entity(self, platform: str, key: str) -> str:
        """Return the entity id of an entity of the preset."""
        return f"{platform}.{slugify(self.name)}_{key}"

    @property
    def forms(self) -> tuple[dict[str, Json], ...]:
        """The values for each form, in their order."""
        return (
            {"search": self.search},
            {"service": self.service},
            dict(self.fields),
            {"name": self.name, "max_charge": self.max_charge, "pressed_by": "anyone"},
            {},
        )


FOLLOWERS: Final = DemoPreset(
    name="Followers for the club",
    service="102",
    search="instagram followers",
    fields={"link": "https://instagram.example/garden_club", "quantity": 250},
    max_charge=1,
)

LIKES: Final = DemoPreset(
    name="Likes for the roses",
    service="111",
    search="instagram likes",
    fields={"link": "https://instagram.example/garden_club/p/roses", "quantity": 300},
    max_charge=2,
)

PRESETS: Final[Mapping[str, tuple[DemoPreset, ...]]] = {PANEL_TITLE: (FOLLOWERS, LIKES)}
"""By account; the practice account has none."""


async def add_presets(api: HomeAssistantApi, account: DemoAccount) -> None:
    """Add the presets of an account, which each reload it."""
    for preset in PRESETS.get(account.title, ()):
        await api.subentry_flow(account.entry_id, "preset", *preset.forms)
        await poll(f"{preset.name} is there", partial(_has, api, preset), within=_RELOAD_SECONDS)


async def _has(api: HomeAssistantApi, preset: DemoPreset) -> bool | None:
    return preset.entity("button", "place_order") in await api.states() or None
