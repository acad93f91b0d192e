"""The repair issues of an account, one file for each subject.

Each file defines when its issues are raised, when they are withdrawn and how they are fixed.
`async_watch_issues` starts this for an account. Home Assistant calls `async_create_fix_flow` when
a user fixes an issue. The kinds and ids of all issues are in `issues.py`.
"""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant, callback

from ..const import ATTR_SERVICE
from ..coordinator import PanelConfigEntry
from ..issues import ATTR_KEY
from .catalog import PriceChangedFlow, async_watch_services
from .damaged_book import BookDamagedFlow, async_raise_damaged_book
from .presets import async_watch_presets
from .unconfirmed_order import UnconfirmedOrderFlow, async_watch_unconfirmed_orders


@callback
def async_watch_issues(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Raise and withdraw the issues of an account for as long as it is loaded."""
    async_watch_unconfirmed_orders(hass, entry)
    async_raise_damaged_book(hass, entry)
    async_watch_presets(hass, entry)
    async_watch_services(hass, entry)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    if data is not None and ATTR_KEY in data:
        return UnconfirmedOrderFlow()
    if data is not None and ATTR_SERVICE in data:
        return PriceChangedFlow()
    return BookDamagedFlow()
