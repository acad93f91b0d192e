"""The to-do list of an account: every tracked order is an item."""

from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_translate_state

from .api import ItemError
from .const import DOMAIN
from .coordinator import OrdersCoordinator, PanelConfigEntry, loaded_data
from .entity import AccountEntity
from .errors import panel_errors, refused
from .money import price_text
from .operations import async_track, async_untrack
from .orders import Placement, TrackedOrder

# Adding an item reads the order from the panel.
PARALLEL_UPDATES = 1

ORDERS = EntityDescription(key="orders", translation_key="orders")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PanelConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's to-do list."""
    async_add_entities([OrderList(entry.runtime_data.orders_coordinator, ORDERS)])


class OrderList(AccountEntity[OrdersCoordinator], TodoListEntity):
    """The tracked orders: open orders are to do, final ones are done."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM
    )

    def __init__(self, coordinator: OrdersCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator, description)
        # Items are kept until their order changes: making one takes long.
        self._items: dict[str, tuple[TrackedOrder, TodoItem]] = {}

    @property
    @override
    def state(self) -> int:
        """The number of items to do, counted without making the items."""
        book = self.coordinator.order_book
        return len(book.open_orders) + len(book.unconfirmed)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """Every order, youngest first as on panels."""
        known, self._items = self._items, {}
        for key, order in self.coordinator.order_book.orders.items():
            if order.placement is Placement.INTENDED:
                continue
            item = known.get(key)
            if item is None or item[0] is not order:
                item = (order, self._item(order))
            self._items[key] = item
        return [item for _, item in reversed(self._items.values())]

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        """Write the state; update the items only if somebody has subscribed to them."""
        if self._update_listeners:
            super()._async_write_ha_state()
            return
        self._items = {}
        # Without the list's own method, which would make, compare and copy thousands of items.
        super(TodoListEntity, self)._async_write_ha_state()

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Track the order whose id is the item's summary. Raises HomeAssistantError."""
        order = (item.summary or "").strip().removeprefix("#")
        with panel_errors(self.hass, self.coordinator.config_entry):
            results = await async_track(self.coordinator.config_entry, [order])
        if isinstance(result := results[order], ItemError):
            raise refused("not_tracked", order=order, reason=result.message)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Stop tracking orders; an unconfirmed one has to be settled first.

        Raises HomeAssistantError.
        """
        entry = self.coordinator.config_entry
        # Not of the coordinator: the account may have been reloaded while the call waited.
        orders = loaded_data(entry).order_book.orders
        for order in (orders[uid] for uid in uids if uid in orders):
            if order.placement is Placement.UNCONFIRMED:
                raise refused("unconfirmed_kept", order=order.label)
        await async_untrack(entry, uids)

    def _item(self, order: TrackedOrder) -> TodoItem:
        return TodoItem(
            uid=order.local_id,
            summary=order.label,
            status=(TodoItemStatus.COMPLETED if order.is_final else TodoItemStatus.NEEDS_ACTION),
            description=self._description(order),
        )

    def _description(self, order: TrackedOrder) -> str:
        """Return status, progress and charge in a line, then error and link."""
        state = order.state and async_translate_state(
            self.hass, order.state, "sensor", DOMAIN, "status", None
        )
        report = order.report
        progress = None if order.progress is None else f"{order.progress:.0f} %"
        charge = None
        if report is not None and report.charge is not None:
            charge = price_text(report.charge, report.currency)
        facts = (
            state or (report and report.status_text),
            progress,
            charge,
        )
        lines = (" · ".join(fact for fact in facts if fact), order.error, order.link)
        return "\n".join(line for line in lines if line)
