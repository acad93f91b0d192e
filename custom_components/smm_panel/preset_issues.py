"""The issues of order presets that cannot be placed any more."""

from contextlib import suppress

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .api import PanelError, Service
from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .issues import Issue, issue_id
from .money import price_text
from .preset import Preset, presets


@callback
def async_watch_presets(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Hold the presets against the service list whenever that was read, and once at first."""
    if not (watched := presets(entry)):
        return
    catalog = entry.runtime_data.catalog

    @callback
    def update() -> None:
        for preset in watched:
            _update(hass, entry, preset, (catalog.at_hand or {}).get(preset.service))

    @callback
    def withdraw() -> None:
        """Take the issues back: a preset that was changed or removed has none."""
        for preset in watched:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, preset.id))

    async def read() -> None:
        # Who places an order next, or opens a form, hears what is wrong.
        with suppress(PanelError):
            await catalog.async_services()

    entry.async_on_unload(catalog.async_add_listener(update))
    entry.async_on_unload(withdraw)
    entry.async_create_background_task(hass, read(), f"{entry.title} services of the presets")


def _update(
    hass: HomeAssistant, entry: PanelConfigEntry, preset: Preset, service: Service | None
) -> None:
    """Raise the issue of a preset, or delete it once all is right again."""
    if service is None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(entry, preset.id),
            is_fixable=False,
            severity=IssueSeverity.WARNING,
            translation_key=Issue.PRESET_SERVICE_GONE,
            translation_placeholders={
                "account": entry.title,
                "preset": preset.name,
                "service": f"{preset.service_name} ({preset.service})",
            },
        )
        return
    price = preset.price(service)
    if price is None or preset.max_charge is None or price <= preset.max_charge:
        ir.async_delete_issue(hass, DOMAIN, issue_id(entry, preset.id))
        return
    currency = entry.runtime_data.balance.data.currency
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, preset.id),
        is_fixable=False,
        severity=IssueSeverity.WARNING,
        translation_key=Issue.PRESET_TOO_EXPENSIVE,
        translation_placeholders={
            "account": entry.title,
            "preset": preset.name,
            "price": price_text(price, currency),
            "allowed": price_text(preset.max_charge, currency),
        },
    )
