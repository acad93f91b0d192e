"""Subentry flow: add an order preset, or change one."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..api import InvalidOrderError, Service
from ..catalog import search_services
from ..const import CATALOG_FRESH
from ..coordinator import PanelConfigEntry
from ..errors import panel_errors
from ..money import amount_selector, amount_text, price_text
from .form import FIELD_EXTRA, order_problem, order_schema
from .preset import (
    CONF_ADMINISTRATORS_ONLY,
    CONF_FIELDS,
    CONF_MAX_CHARGE,
    CONF_SERVICE,
    CONF_SERVICE_NAME,
    Preset,
    fold_name,
    get_presets,
)

FIELD_CATEGORY: Final = "category"
FIELD_NAME: Final = "name"
FIELD_PRESSED_BY: Final = "pressed_by"
FIELD_SEARCH: Final = "search"

ADMINISTRATORS: Final = "administrators"
ANYONE: Final = "anyone"

# The longest list of services that is shown; a panel has up to ten thousand.
MAX_CHOICES = 100

# The same in every language.
_NOT_KNOWN = "–"  # noqa: RUF001 - a dash as it is printed

_PRESSED_BY = SelectSelector(
    SelectSelectorConfig(
        options=[ADMINISTRATORS, ANYONE],
        translation_key=FIELD_PRESSED_BY,
        mode=SelectSelectorMode.LIST,
    )
)


class PresetFlow(ConfigSubentryFlow):
    """Flow with steps for the service, the fields of its order and the terms of the preset.

    After the first step the flow does not read from the account: it may be unloaded meanwhile.
    """

    def __init__(self) -> None:
        self._services: Mapping[str, Service] = {}
        self._currency: str | None = None
        self._found: list[Service] = []
        self._service: Service
        self._name = ""
        self._data: dict[str, Any] = {}

    async def async_step_user(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - sending the form reads again
    ) -> SubentryFlowResult:
        """Begin a new preset."""
        failure = await self._async_read_services("user")
        return failure or await self.async_step_search()

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - sending the form reads again
    ) -> SubentryFlowResult:
        """Begin to change a preset, except its service."""
        if (failure := await self._async_read_services("reconfigure")) is not None:
            return failure
        subentry = self._get_reconfigure_subentry()
        self._name = subentry.title
        self._data = dict(subentry.data)
        service = self._services.get(self._data[CONF_SERVICE])
        if service is None:
            return self.async_abort(
                reason="service_gone",
                description_placeholders={"service": self._data[CONF_SERVICE_NAME]},
            )
        self._service = service
        return await self.async_step_order()

    async def _async_read_services(self, step_id: str) -> SubentryFlowResult | None:
        """Read the service list and the currency; return what to show if that fails."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        data = self._entry.runtime_data
        self._currency = data.currency
        try:
            with panel_errors(self.hass, self._entry):
                self._services = await data.catalog.async_read(CATALOG_FRESH)
        except HomeAssistantError as err:
            return self.async_show_form(
                step_id=step_id,
                data_schema=vol.Schema({}),
                errors={"base": str(err.translation_key)},
                description_placeholders=err.translation_placeholders,
            )
        return None

    async def async_step_search(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Search the services until the list is short enough to be shown."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._found = search_services(
                self._services.values(),
                search=user_input.get(FIELD_SEARCH, ""),
                category=user_input.get(FIELD_CATEGORY, ""),
            )
            if 0 < len(self._found) <= MAX_CHOICES:
                return await self.async_step_service()
            errors["base"] = "too_many_found" if self._found else "nothing_found"
        categories = dict.fromkeys(item.category.strip() for item in self._services.values())
        schema = vol.Schema(
            {
                vol.Optional(FIELD_CATEGORY): SelectSelector(
                    SelectSelectorConfig(
                        options=[category for category in categories if category],
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Optional(FIELD_SEARCH): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id="search",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={
                "services": str(len(self._services)),
                "found": str(len(self._found)),
                "most": str(MAX_CHOICES),
            },
        )

    async def async_step_service(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for one of the services that were found."""
        if user_input is not None:
            self._service = self._services[user_input[CONF_SERVICE]]
            return await self.async_step_order()
        options = [
            SelectOptionDict(value=item.id, label=_label(item, self._currency))
            for item in self._found
        ]
        return self.async_show_form(
            step_id="service",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_SERVICE): SelectSelector(
                        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
                    )
                }
            ),
        )

    async def async_step_order(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the fields of an order of the service."""
        service = self._service
        schema = order_schema(service)
        shown = self._data.get(CONF_FIELDS, {})
        errors: dict[str, str] = {}
        faulty = {"field": _NOT_KNOWN, "limit": _NOT_KNOWN}
        if user_input is not None:
            shown = {name: value for name, value in user_input.items() if value not in ("", None)}
            problem = order_problem(service, shown)
            if problem is None:
                self._data |= {
                    CONF_SERVICE: service.id,
                    CONF_SERVICE_NAME: service.name,
                    CONF_FIELDS: shown,
                }
                return await self.async_step_terms()
            errors, faulty = _explained(problem, {str(marker) for marker in schema.schema})
        return self.async_show_form(
            step_id="order",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders={
                "service": service.name,
                "price": price_text(service.rate, self._currency),
                "min": str(service.min),
                "max": str(service.max),
                **faulty,
            },
        )

    async def async_step_terms(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the name, the largest charge, and who may press the button."""
        errors: dict[str, str] = {}
        shown: Mapping[str, Any] = self._terms()
        if user_input is not None:
            shown = user_input
            errors = self._take_terms(user_input)
            if not errors:
                return await self.async_step_confirm()
        schema = vol.Schema(
            {
                vol.Required(FIELD_NAME): TextSelector(),
                vol.Optional(CONF_MAX_CHARGE): amount_selector(self._currency),
                vol.Required(FIELD_PRESSED_BY, default=ADMINISTRATORS): _PRESSED_BY,
            }
        )
        return self.async_show_form(
            step_id="terms",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders={"price": self._price()},
        )

    def _terms(self) -> dict[str, Any]:
        """Return the suggested values of the form of the terms."""
        terms: dict[str, Any] = {FIELD_NAME: self._name or self._service.name}
        if CONF_MAX_CHARGE in self._data:
            terms[CONF_MAX_CHARGE] = float(self._data[CONF_MAX_CHARGE])
        if CONF_ADMINISTRATORS_ONLY in self._data:
            only = self._data[CONF_ADMINISTRATORS_ONLY]
            terms[FIELD_PRESSED_BY] = ADMINISTRATORS if only else ANYONE
        return terms

    def _take_terms(self, typed: Mapping[str, Any]) -> dict[str, str]:
        """Keep the terms as typed; return their errors."""
        self._name = " ".join(typed[FIELD_NAME].split())
        self._data[CONF_ADMINISTRATORS_ONLY] = typed[FIELD_PRESSED_BY] == ADMINISTRATORS
        self._data.pop(CONF_MAX_CHARGE, None)
        if CONF_MAX_CHARGE in typed:
            self._data[CONF_MAX_CHARGE] = amount_text(typed[CONF_MAX_CHARGE])
        errors: dict[str, str] = {}
        if not self._name:
            errors[FIELD_NAME] = "name_missing"
        elif any(
            fold_name(item.name) == fold_name(self._name)
            for item in get_presets(self._entry)
            if item.id != self.context.get("subentry_id")
        ):
            errors[FIELD_NAME] = "name_taken"
        draft = self._draft()
        price = draft.price(self._service)
        if price is not None and draft.max_charge is not None and price > draft.max_charge:
            errors[CONF_MAX_CHARGE] = "below_price"
        return errors

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the preset with its current price, then save it."""
        if user_input is None:
            draft = self._draft()
            fields = self._data[CONF_FIELDS].items()
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "name": self._name,
                    "service": self._service.name,
                    "fields": "\n".join(f"- {field}: `{_shown(value)}`" for field, value in fields),
                    "price": self._price(),
                    "max_charge": _NOT_KNOWN
                    if draft.max_charge is None
                    else price_text(draft.max_charge, self._currency),
                },
            )
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._entry, self._get_reconfigure_subentry(), title=self._name, data=self._data
            )
        return self.async_create_entry(title=self._name, data=self._data)

    @property
    def _entry(self) -> PanelConfigEntry:
        return self._get_entry()

    def _draft(self) -> Preset:
        """Return the preset as far as it was entered."""
        data = {CONF_ADMINISTRATORS_ONLY: True, **self._data}
        return Preset.read(self.flow_id, self._name, data)

    def _price(self) -> str:
        price = self._draft().price(self._service)
        return _NOT_KNOWN if price is None else price_text(price, self._currency)


def _label(service: Service, currency: str | None) -> str:
    """Return a service as a line of text; its features are named as in the API."""
    features = [name for name in ("refill", "cancel") if getattr(service, name)]
    facts = [price_text(service.rate, currency), f"{service.min}-{service.max}", *features]
    return f"{service.name} ({', '.join(facts)}) #{service.id}"


def _explained(
    problem: InvalidOrderError | vol.Invalid, fields: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the errors of a form and the placeholders of their texts.

    The error is at the field that caused it, or at the form if it does not have that field.
    """
    if not isinstance(problem, InvalidOrderError):
        # Only this field is not checked by its selector.
        return {FIELD_EXTRA: "invalid_extra"}, {"field": FIELD_EXTRA, "limit": _NOT_KNOWN}
    place = problem.field if problem.field in fields else "base"
    return {place: f"invalid_order_{problem.reason}"}, {
        "field": problem.field,
        "limit": str(problem.limit),
    }


def _shown(value: object) -> str:
    """Return the value of a field as a line of text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " / ".join(str(value).splitlines())
