"""The issues of order presets that cannot be placed any more."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..api import Service
from ..const import DOMAIN
from ..coordinator import PanelConfigEntry
from ..issues import Issue, async_warn, issue_id
from ..money import price_text
from ..presets import Preset, get_presets


@callback
def async_watch_presets(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Check the presets each time the service list was read."""
    if not (watched := get_presets(entry)):
        return
    catalog = entry.runtime_data.catalog

    @callback
    def update() -> None:
        # An empty service list is a fault of the panel.
        if not (offered := catalog.cached):
            return
        for preset in watched:
            _update(hass, entry, preset, offered.get(preset.service))

    @callback
    def withdraw() -> None:
        """Withdraw the issues: a preset that was changed or removed has none."""
        for preset in watched:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, preset.id))

    entry.async_on_unload(catalog.async_add_listener(update))
    entry.async_on_unload(withdraw)


def _update(
    hass: HomeAssistant, entry: PanelConfigEntry, preset: Preset, service: Service | None
) -> None:
    """Raise the issue of a preset, or withdraw it once the preset can be placed again."""
    if service is None:
        async_warn(
            hass,
            entry,
            preset.id,
            Issue.PRESET_SERVICE_GONE,
            {
                "preset": preset.name,
                "service": f"{preset.service_name} ({preset.service})",
            },
        )
        return
    if (problem := preset.problem(service)) is not None:
        async_warn(
            hass,
            entry,
            preset.id,
            Issue.PRESET_UNFIT,
            {
                "preset": preset.name,
                "service": f"{service.name} ({service.id})",
                "field": problem.field,
                "type": service.type,
                "min": str(service.min),
                "max": str(service.max),
            },
        )
        return
    price = preset.price(service)
    if price is None or preset.max_charge is None or price <= preset.max_charge:
        ir.async_delete_issue(hass, DOMAIN, issue_id(entry, preset.id))
        return
    currency = entry.runtime_data.currency
    async_warn(
        hass,
        entry,
        preset.id,
        Issue.PRESET_TOO_EXPENSIVE,
        {
            "preset": preset.name,
            "price": price_text(price, currency),
            "allowed": price_text(preset.max_charge, currency),
        },
    )
