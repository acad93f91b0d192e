"""Buttons that refill or cancel the order in a slot, or place that of a preset."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import ItemError
from .const import DOMAIN
from .coordinator import PanelConfigEntry
from .entity import OrderSlotEntity, async_add_slots
from .operations import async_cancel_orders, async_refill_orders
from .orders import TrackedOrder
from .preset_button import preset_buttons
from .preset_entity import async_add_presets

# One write after the other: panels limit them by the second.
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
    orders = entry.runtime_data.orders
    async_add_slots(
        entry,
        async_add_entities,
        lambda slot: [
            OrderButton(orders, Platform.BUTTON, description, slot) for description in BUTTONS
        ],
    )


class OrderButton(OrderSlotEntity, ButtonEntity):
    """A button that asks the panel to do something with the order in a slot."""

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
        """Ask once. Raises HomeAssistantError with the panel's reason for a refusal."""
        order = self.order
        if order is None or order.order is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="slot_without_order"
            )
        results = await self.entity_description.press_fn(
            self.hass, self.coordinator.config_entry, [order.order], self._context or Context()
        )
        if isinstance(result := results[order.order], ItemError):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="rejected",
                translation_placeholders={"reason": result.message},
            )
