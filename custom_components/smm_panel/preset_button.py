"""The button that places the order of a preset."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .operations import async_place_order, async_quote_preset
from .preset_entity import PresetEntity
from .presets import Preset

PLACE_ORDER = ButtonEntityDescription(key="place_order", translation_key="place_order")


def preset_buttons(entry: PanelConfigEntry, preset: Preset) -> list[PresetButton]:
    """Return the buttons of a preset."""
    return [PresetButton(entry, preset, PLACE_ORDER)]


class PresetButton(PresetEntity, ButtonEntity):
    """A button that places the order of a preset."""

    @override
    async def async_press(self) -> None:
        """Place the order once. Raises what placing any other order raises."""
        # Read before anything is awaited: the next press brings a context of its own.
        context = self._context or Context()
        if self.preset.administrators_only:
            await _async_refuse_others(self.hass, self.preset, context)
        quote = await async_quote_preset(self.hass, self.entry, self.preset)
        await async_place_order(self.hass, self.entry, quote, context)


async def _async_refuse_others(hass: HomeAssistant, preset: Preset, context: Context) -> None:
    """Refuse a user who is no administrator; automations run without a user."""
    if context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None or not user.is_admin:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="administrators_only",
            translation_placeholders={"preset": preset.name},
        )
