"""Sensors of an order slot: what is known of the order that it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import PERCENTAGE, EntityCategory, Platform

from ..api import RefillStatus
from ..coordinator import OrdersCoordinator
from ..entity import OrderSlotEntity
from ..money import money_text
from ..orders import ORDER_STATES, RequestState, TrackedOrder, expense
from .base import MoneySensor


@dataclass(frozen=True, kw_only=True)
class OrderSensorEntityDescription(SensorEntityDescription):
    """Describes a sensor of an order slot."""

    value_fn: Callable[[TrackedOrder], Decimal | int | str | None]


STATUS = OrderSensorEntityDescription(
    key="status",
    translation_key="status",
    device_class=SensorDeviceClass.ENUM,
    options=list(ORDER_STATES),
    value_fn=lambda order: order.state,
)


CHARGE = OrderSensorEntityDescription(
    key="charge",
    translation_key="charge",
    suggested_display_precision=2,
    value_fn=lambda order: order.report.charge if order.report else order.charge,
)


REFILL_STATUS_OPTIONS = [
    *(status.value for status in RefillStatus if status is not RefillStatus.UNKNOWN),
    RequestState.UNCONFIRMED.value,
]


ORDER_SENSORS = (
    OrderSensorEntityDescription(
        key="refill_status",
        translation_key="refill_status",
        device_class=SensorDeviceClass.ENUM,
        options=REFILL_STATUS_OPTIONS,
        value_fn=lambda order: order.last_refill.state if order.last_refill else None,
    ),
    OrderSensorEntityDescription(
        key="remains",
        translation_key="remains",
        value_fn=lambda order: order.report.remains if order.report else None,
    ),
    OrderSensorEntityDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda order: order.progress,
    ),
    OrderSensorEntityDescription(
        key="start_count",
        translation_key="start_count",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda order: order.report.start_count if order.report else None,
    ),
)


def order_slot_sensors(orders: OrdersCoordinator, slot: int) -> list[OrderSensor]:
    """Return the sensors of a slot."""
    return [
        StatusSensor(orders, Platform.SENSOR, STATUS, slot),
        ChargeSensor(orders, Platform.SENSOR, CHARGE, slot),
        *(OrderSensor(orders, Platform.SENSOR, description, slot) for description in ORDER_SENSORS),
    ]


class OrderSensor(OrderSlotEntity, SensorEntity):
    """A value of the order in a slot."""

    entity_description: OrderSensorEntityDescription

    @property
    @override
    def native_value(self) -> Decimal | int | str | None:
        order = self.order
        return None if order is None else self.entity_description.value_fn(order)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        order = self.order
        return None if order is None else self.attributes_of(order)

    def attributes_of(
        self,
        order: TrackedOrder,  # noqa: ARG002 - for the sensors that have attributes
    ) -> Mapping[str, Any] | None:
        """Return the attributes for an order; most sensors have none."""
        return None


class StatusSensor(OrderSensor):
    """The status of the order in a slot; its other facts are attributes."""

    # Links are long, and the attribute `order` identifies the order in recorded states.
    _unrecorded_attributes = frozenset({"link", "name", "service", "status_text"})

    @override
    def attributes_of(self, order: TrackedOrder) -> Mapping[str, Any]:
        return {
            "order": order.panel_id,
            "service": order.service,
            "name": order.name,
            "link": order.link,
            "quantity": order.quantity,
            "status_text": order.report.status_text if order.report else None,
            "error": order.error,
            "cancel_asked_at": order.cancel_requested_at,
        }


class ChargeSensor(OrderSensor, MoneySensor):
    """What the panel charged for the order in a slot."""

    _unrecorded_attributes = frozenset({"estimate", "given_back"})

    @override
    def attributes_of(self, order: TrackedOrder) -> Mapping[str, Any]:
        cost = expense(order)
        return {
            "estimate": money_text(order.estimate),
            "given_back": None if cost is None else money_text(cost.amounts.given_back),
        }

    @property
    @override
    def currency(self) -> str | None:
        order = self.order
        if order is not None and order.report is not None and order.report.currency:
            return order.report.currency
        return self.coordinator.config_entry.runtime_data.currency
