"""Buttons that refill or cancel the order in a slot, or place that of a preset."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import ItemError
from .coordinator import PanelConfigEntry, loaded_data
from .entity import OrderSlotEntity, PresetEntity, async_add_presets, async_add_slots
from .errors import failed, refused
from .operations import (
    async_cancel_orders,
    async_place_order,
    async_quote_preset,
    async_refill_orders,
)
from .orders import TrackedOrder
from .presets import Preset

# One operation after the other: panels limit their rate.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class OrderButtonEntityDescription(ButtonEntityDescription):
    """Describes a button of an order slot."""

    available_fn: Callable[[TrackedOrder], bool]
    press_fn: Callable[
        [HomeAssistant, PanelConfigEntry, Iterable[str], Context],
        Awaitable[Mapping[str, str | ItemError | None]],
    ]


BUTTONS = (
    OrderButtonEntityDescription(
        key="refill",
        translation_key="refill",
        available_fn=lambda order: order.may_refill,
        press_fn=async_refill_orders,
    ),
    OrderButtonEntityDescription(
        key="cancel",
        translation_key="cancel",
        available_fn=lambda order: order.may_cancel,
        press_fn=async_cancel_orders,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of presets, and those of order slots as they come into use."""
    async_add_presets(entry, async_add_entities, partial(preset_buttons, entry))
    orders = entry.runtime_data.orders_coordinator
    async_add_slots(
        entry,
        async_add_entities,
        lambda slot: [
            OrderButton(orders, Platform.BUTTON, description, slot) for description in BUTTONS
        ],
    )


class OperationButton(ButtonEntity):
    """A button that starts an operation with the context of the press."""

    press_context: Context | None = None

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        """Keep the context of a press; Home Assistant sets it just before the press."""
        super().async_set_context(context)
        self.press_context = context


class OrderButton(OrderSlotEntity, OperationButton):
    """A button that requests a refill or a cancel of the order in a slot."""

    entity_description: OrderButtonEntityDescription

    @property
    @override
    def available(self) -> bool:
        order = self.order
        return (
            super().available and order is not None and self.entity_description.available_fn(order)
        )

    @override
    async def async_press(self) -> None:
        """Send the request once. Raises HomeAssistantError, for a refusal with its reason."""
        if loaded_data(self.coordinator.config_entry).orders_coordinator is not self.coordinator:
            # Reloaded while the press waited: the account may now be one at another panel.
            raise failed("unloading")
        order = self.order
        if order is None or order.panel_id is None:
            raise refused("slot_without_order")
        results = await self.entity_description.press_fn(
            self.hass,
            self.coordinator.config_entry,
            [order.panel_id],
            self.press_context or Context(),
        )
        if isinstance(result := results[order.panel_id], ItemError):
            raise refused("rejected", reason=result.message)


PLACE_ORDER = ButtonEntityDescription(key="place_order", translation_key="place_order")


def preset_buttons(entry: PanelConfigEntry, preset: Preset) -> list[PresetButton]:
    """Return the buttons of a preset."""
    return [PresetButton(entry, preset, PLACE_ORDER)]


class PresetButton(PresetEntity, OperationButton):
    """A button that places the order of a preset."""

    @override
    async def async_press(self) -> None:
        """Place the order once. Raises HomeAssistantError, as the action does."""
        if not self.data.is_in_use:
            # Unloaded or reloaded while the press waited: the preset may have changed.
            raise failed("unloading")
        # Before the first await: the next press sets another context.
        context = self.press_context or Context()
        if self.preset.administrators_only:
            await _async_refuse_others(self.hass, self.preset, context)
        quote = await async_quote_preset(self.hass, self.entry, self.preset)
        await async_place_order(self.hass, self.entry, quote, context)


async def _async_refuse_others(hass: HomeAssistant, preset: Preset, context: Context) -> None:
    """Refuse a user who is no administrator; automations run without a user.

    Raises ServiceValidationError.
    """
    if context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None or not user.is_admin:
        raise refused("administrators_only", preset=preset.name)
