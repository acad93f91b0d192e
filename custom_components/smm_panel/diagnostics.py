"""Diagnostics of an account: counts and states, nothing that identifies an order or a person."""

from collections import Counter
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .coordinator import OrdersCoordinator, PanelConfigEntry, PanelCoordinator
from .money import LIMITS


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: PanelConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics; only the config entry of an account that is not loaded."""
    diagnostics: dict[str, Any] = {
        "entry": {
            "state": entry.state.value,
            "data": _data(entry),
            "options": {name: value for name, value in entry.options.items() if name not in LIMITS},
            # Amounts of money do not help to find a fault.
            "limits_set": {name: name in entry.options for name in LIMITS},
        }
    }
    if entry.state is not ConfigEntryState.LOADED:
        return diagnostics
    panel = entry.runtime_data
    return diagnostics | {
        "balance": _coordinator(panel.balance_coordinator) | {"currency": panel.currency},
        "orders": _coordinator(panel.orders_coordinator) | _orders(panel.orders_coordinator),
        "services": len(panel.catalog.data),
        "writes_under_way": len(panel.running_operations),
    }


def _data(entry: PanelConfigEntry) -> dict[str, Any]:
    data = async_redact_data(dict(entry.data), {CONF_API_KEY})
    if CONF_URL in data:
        # Support needs to know the panel, but the user may want to keep the path private.
        data[CONF_URL] = str(URL(data[CONF_URL]).origin())
    return data


def _coordinator(coordinator: PanelCoordinator[Any]) -> dict[str, Any]:
    interval = coordinator.update_interval
    error = coordinator.last_exception
    return {
        "last_update_success": coordinator.last_update_success,
        # Only the class: the text may quote the panel, and the panel may quote an order.
        "last_exception": type(error.__cause__ or error).__name__ if error else None,
        "update_interval_seconds": interval.total_seconds() if interval else None,
    }


def _orders(coordinator: OrdersCoordinator) -> dict[str, Any]:
    orders = coordinator.order_book.orders.values()
    return {
        "tracked": len(orders),
        "open": sum(order.is_open for order in orders),
        "placement": dict(Counter(order.placement.value for order in orders)),
        "status": dict(
            Counter("none" if order.status is None else order.status.value for order in orders)
        ),
        "unconfirmed": len(coordinator.order_book.unconfirmed),
        "book_damaged": coordinator.order_book.damage is not None,
        "with_error": sum(order.error is not None for order in orders),
        "slots": {"limit": coordinator.slot_limit, "in_use": len(coordinator.order_book.slots)},
    }
