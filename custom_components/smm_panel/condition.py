"""Conditions: an order is open, the balance is below an amount, a part of the budget is left."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, override

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_BELOW, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityConditionBase,
)
import voluptuous as vol

from .automation_helpers import (
    BELOW_FIELD,
    ORDER_FILTER,
    amount_of,
    async_account_entities,
    async_account_of,
    async_daily_budget,
    order_filter,
)
from .entity import BALANCE_KEY, ORDER_ACTIVITY_KEY, SPENT_TODAY_KEY
from .validation import price

CONF_AMOUNT: Final = "amount"


def _schema_without_duration(fields: Mapping[vol.Marker, Any]) -> vol.Schema:
    """Return the schema of a condition whose entities do not show since when it is true."""
    behavior = vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY)
    return vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default={}): {
                behavior: vol.In([BEHAVIOR_ANY, BEHAVIOR_ALL]),
                **fields,
            },
        }
    )


class AccountCondition(EntityConditionBase):
    """A condition on an entity of each targeted account.

    It is false for an account that is not loaded or whose panel does not answer.
    """

    key: ClassVar[str]
    """The key of the entity."""

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        if TYPE_CHECKING:
            assert config.options is not None
        self._options = config.options

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_account_entities(self._hass, super().entity_filter(entities), self.key)

    @override
    def _should_include(self, _state: State) -> bool:
        # The base class leaves unavailable entities out: "all" would be true without them.
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        # Without any entity the base class returns true.
        return bool(states) and super()._check_all_match_state(states)


class OrderIsOpenCondition(AccountCondition):
    """An order of the account is not final; unconfirmed orders count as well."""

    _domain_specs: Mapping[str, DomainSpec] = {EVENT_DOMAIN: DomainSpec()}
    _schema = _schema_without_duration(ORDER_FILTER)
    key = ORDER_ACTIVITY_KEY

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._wanted = order_filter(self._options)

    @property
    @override
    def needs_polling(self) -> bool:
        # Tracking and untracking an order changes no state of its event entity.
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        entry = async_account_of(self._hass, entity_state.entity_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return False
        return any(
            not order.is_final
            and all(getattr(order, name) == value for name, value in self._wanted.items())
            for order in entry.runtime_data.order_book.orders.values()
        )


class BalanceIsBelowCondition(AccountCondition):
    """The balance of an account is below an amount."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
        {vol.Required(CONF_OPTIONS): BELOW_FIELD}
    )
    key = BALANCE_KEY

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        balance = amount_of(entity_state)
        below: Decimal = self._options[CONF_BELOW]
        return balance is not None and balance < below


class BudgetLeftIsAtLeastCondition(AccountCondition):
    """At least an amount is left of today's budget; always true without a daily budget."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _schema = _schema_without_duration({vol.Required(CONF_AMOUNT): price})
    key = SPENT_TODAY_KEY

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        spent = amount_of(entity_state)
        if spent is None:
            return False
        amount: Decimal = self._options[CONF_AMOUNT]
        budget = async_daily_budget(self._hass, entity_state.entity_id)
        return budget is None or budget - spent >= amount


CONDITIONS: dict[str, type[Condition]] = {
    "balance_is_below": BalanceIsBelowCondition,
    "budget_left_is_at_least": BudgetLeftIsAtLeastCondition,
    "order_is_open": OrderIsOpenCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
