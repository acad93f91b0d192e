"""Triggers: events of orders, a balance below an amount, a spent share of the daily budget."""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Final, override

from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import CONF_BELOW, CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerConfig,
)
import voluptuous as vol

from .activity import ATTR_NEW_STATUS, REFILL_FINISHED, Activity
from .api import OrderStatus
from .automation_helpers import (
    BELOW_FIELD,
    ORDER_FILTER,
    amount_of,
    async_account_entities,
    async_daily_budget,
    order_filter,
)
from .entity import BALANCE_KEY, ORDER_ACTIVITY_KEY, SPENT_TODAY_KEY
from .orders import ATTENTION
from .validation import price

CONF_SHARE: Final = "share"


class OrderTrigger(StatelessEntityTriggerBase):
    """A trigger on the order activity that the event entity of an account reports."""

    _domain_specs: Mapping[str, DomainSpec] = {EVENT_DOMAIN: DomainSpec()}
    _schema = ENTITY_STATE_TRIGGER_SCHEMA.extend(
        {vol.Required(CONF_OPTIONS, default={}): ORDER_FILTER}
    )
    activities: ClassVar[frozenset[Activity]] = frozenset()
    statuses: ClassVar[frozenset[OrderStatus]] = frozenset()
    """New statuses of an order that fire the trigger as well."""

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._wanted = order_filter(self._options)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_account_entities(
            self._hass, super().entity_filter(entities), ORDER_ACTIVITY_KEY
        )

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        attributes = state.attributes
        activity = attributes.get(ATTR_EVENT_TYPE)
        is_match = activity in self.activities or (
            activity == Activity.STATUS_CHANGED and attributes.get(ATTR_NEW_STATUS) in self.statuses
        )
        return is_match and all(attributes.get(key) == value for key, value in self._wanted.items())


class OrderCompletedTrigger(OrderTrigger):
    """An order is completed."""

    statuses = frozenset({OrderStatus.COMPLETED})


class OrderNeedsAttentionTrigger(OrderTrigger):
    """An order is partial, canceled, failed or unconfirmed."""

    activities = frozenset({Activity.UNCONFIRMED})
    statuses = ATTENTION


class RefillFinishedTrigger(OrderTrigger):
    """A refill is completed, rejected, canceled or failed."""

    activities = frozenset(REFILL_FINISHED.values())


class AmountTrigger(EntityTriggerBase):
    """A trigger on an amount of money of an account that passes a threshold."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    key: ClassVar[str]
    """The key of the account's sensor that shows the amount."""

    @abstractmethod
    def is_passed(self, entity_id: str, amount: Decimal) -> bool:
        """Return whether an amount is past the threshold."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_account_entities(self._hass, super().entity_filter(entities), self.key)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return not self._is_past(from_state)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        return self._is_past(state)

    def _is_past(self, state: State) -> bool:
        amount = amount_of(state)
        return amount is not None and self.is_passed(state.entity_id, amount)


class BalanceBelowTrigger(AmountTrigger):
    """The balance of an account falls below an amount."""

    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(
        {vol.Required(CONF_OPTIONS): BELOW_FIELD}
    )
    key = BALANCE_KEY

    @override
    def is_passed(self, entity_id: str, amount: Decimal) -> bool:
        below: Decimal = self._options[CONF_BELOW]
        return amount < below


class BudgetSpentTrigger(AmountTrigger):
    """The amount spent today reaches a share of the daily budget; never without a budget.

    It uses the amount spent, because what is left is not shown below 0 or without a budget.
    """

    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(
        {
            vol.Required(CONF_OPTIONS): {
                vol.Required(CONF_SHARE): vol.All(price, vol.Range(min=1, max=100))
            }
        }
    )
    key = SPENT_TODAY_KEY

    @override
    def is_passed(self, entity_id: str, amount: Decimal) -> bool:
        share: Decimal = self._options[CONF_SHARE]
        budget = async_daily_budget(self._hass, entity_id)
        return budget is not None and amount * 100 >= budget * share


TRIGGERS: dict[str, type[Trigger]] = {
    "balance_below": BalanceBelowTrigger,
    "budget_spent": BudgetSpentTrigger,
    "order_completed": OrderCompletedTrigger,
    "order_needs_attention": OrderNeedsAttentionTrigger,
    "refill_finished": RefillFinishedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
