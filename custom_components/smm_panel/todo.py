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
from .coordinator import OrdersCoordinator, PanelConfigEntry
from .entity import AccountEntity
from .errors import panel_errors, refused
from .money import price_text
from .operations import async_track, async_untrack
from .orders import Placement, TrackedOrder

# Adding an item asks the panel about the order.
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
    """The tracked orders: open ones are to do, final ones are done."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM
    )

    def __init__(self, coordinator: OrdersCoordinator, description: EntityDescription) -> None:
        """List the orders there are."""
        super().__init__(coordinator, description)
        # An item is made anew when its order changed, not when another did.
        self._items: dict[str, tuple[TrackedOrder, TodoItem]] = {}

    @property
    @override
    def state(self) -> int:
        """The number of items to do, counted without making them."""
        book = self.coordinator.order_book
        return len(book.open_orders) + len(book.unconfirmed)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """Every order, the youngest first, as panels list them."""
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
        """Write the state, and tell the items only if somebody is looking at them."""
        if self._update_listeners:
            super()._async_write_ha_state()
            return
        self._items = {}
        # Thousands of items would be made, compared and copied for nobody.
        super(TodoListEntity, self)._async_write_ha_state()

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Track the order whose id is the item's summary, if the panel knows it."""
        order = (item.summary or "").strip().removeprefix("#")
        with panel_errors(self.hass, self.coordinator.config_entry):
            results = await async_track(self.coordinator.config_entry, [order])
        if isinstance(result := results[order], ItemError):
            raise refused("not_tracked", order=order, reason=result.message)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Stop tracking orders, none of which may be unconfirmed: its money is at stake."""
        orders = self.coordinator.order_book.orders
        for order in (orders[uid] for uid in uids if uid in orders):
            if order.placement is Placement.UNCONFIRMED:
                raise refused("unconfirmed_kept", order=order.label)
        await async_untrack(self.coordinator.config_entry, uids)

    def _item(self, order: TrackedOrder) -> TodoItem:
        return TodoItem(
            uid=order.local_id,
            summary=order.label,
            status=(TodoItemStatus.COMPLETED if order.is_final else TodoItemStatus.NEEDS_ACTION),
            description=self._description(order),
        )

    def _description(self, order: TrackedOrder) -> str:
        """Return status, progress, charge and link, a line each."""
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
