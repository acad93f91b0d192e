"""Config flow: connect a panel account, or create the practice account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol
from yarl import URL

from .api import (
    HttpTransport,
    InvalidUrlError,
    PanelClient,
    PanelError,
    PanelRedirectError,
    check_url,
)
from .const import (
    CONF_KEEP_DAYS,
    CONF_ORDER_SLOTS,
    CONF_PRACTICE,
    DEFAULT_KEEP_DAYS,
    DEFAULT_ORDER_SLOTS,
    DEFAULT_URL,
    DOMAIN,
    MAX_KEEP_DAYS,
    MAX_ORDER_SLOTS,
)
from .coordinator import PanelConfigEntry
from .errors import translation
from .money import LIMITS, amount_selector, amount_text
from .presets import SUBENTRY_PRESET, PresetFlow

PRACTICE_TITLE = "Practice account"

URL_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))
KEY_SELECTOR = TextSelector(
    TextSelectorConfig(
        type=TextSelectorType.PASSWORD,
        # "current-password" would offer Home Assistant's own password, to be sent to the panel.
        autocomplete="new-password",
    )
)

ACCOUNT_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_URL, default=DEFAULT_URL): URL_SELECTOR,
        vol.Required(CONF_API_KEY): KEY_SELECTOR,
    }
)
REAUTH_SCHEMA = vol.Schema({vol.Required(CONF_API_KEY): KEY_SELECTOR})
RECONFIGURE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_URL): URL_SELECTOR,
        vol.Optional(CONF_API_KEY): KEY_SELECTOR,
    }
)


def _whole_number(minimum: int, maximum: int) -> object:
    return vol.All(
        NumberSelector(
            NumberSelectorConfig(min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX)
        ),
        # The selector gives a float.
        vol.Coerce(int),
    )


def _options_schema(currency: str | None) -> vol.Schema:
    return vol.Schema(
        {
            **{vol.Optional(limit): amount_selector(currency) for limit in LIMITS},
            vol.Required(CONF_ORDER_SLOTS, default=DEFAULT_ORDER_SLOTS): _whole_number(
                0, MAX_ORDER_SLOTS
            ),
            vol.Required(CONF_KEEP_DAYS, default=DEFAULT_KEEP_DAYS): _whole_number(
                1, MAX_KEEP_DAYS
            ),
        }
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an account cannot be saved: the key of the error text and its placeholders."""

    error: str
    placeholders: dict[str, str] = field(default_factory=dict)


class SmmPanelConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow of an account."""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the options flow."""
        return SmmPanelOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flows of the subentries of an account."""
        return {SUBENTRY_PRESET: PresetFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose between an account of a panel and the practice account."""
        return self.async_show_menu(step_id="user", menu_options=["account", "practice"])

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Connect an account of a panel."""
        return await self._async_connect("account", ACCOUNT_SCHEMA, user_input, {})

    async def async_step_practice(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the practice account after explaining what it is."""
        self._async_abort_entries_match({CONF_PRACTICE: True})
        if user_input is None:
            return self.async_show_form(step_id="practice")
        return self.async_create_entry(title=PRACTICE_TITLE, data={CONF_PRACTICE: True})

    async def async_step_reauth(
        self,
        entry_data: Mapping[str, Any],  # noqa: ARG002 - Home Assistant passes it
    ) -> ConfigFlowResult:
        """Ask for a new key after the panel refused the stored one."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace the key."""
        url = self._get_reauth_entry().data[CONF_URL]
        return await self._async_connect(
            "reauth_confirm", REAUTH_SCHEMA, user_input, {CONF_URL: url}
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address or the key."""
        account = self._get_reconfigure_entry().data
        if CONF_PRACTICE in account:
            return self.async_abort(reason="practice_account")
        return await self._async_connect("reconfigure", RECONFIGURE_SCHEMA, user_input, account)

    async def _async_connect(
        self,
        step_id: str,
        schema: vol.Schema,
        user_input: dict[str, Any] | None,
        known: Mapping[str, Any],
    ) -> ConfigFlowResult:
        """Show the form of the schema, try the account, and save it if it works.

        `known` holds the values of fields that are left empty.
        """
        account = dict(known)
        problem = None
        if user_input is not None:
            typed = {name: text.strip() for name, text in user_input.items()}
            account |= {name: text for name, text in typed.items() if text}
            problem = await self._async_problem(account)
            if problem is None:
                return self._async_save(account)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema,
                # The key is never shown again.
                {name: text for name, text in account.items() if name != CONF_API_KEY},
            ),
            errors=None if problem is None else {"base": problem.error},
            description_placeholders={"example_url": DEFAULT_URL}
            | ({} if problem is None else problem.placeholders),
        )

    async def _async_problem(self, account: dict[str, str]) -> Problem | None:
        """Try the account; return why it cannot be saved, None if it can."""
        if CONF_API_KEY not in account:
            return Problem("no_key")
        try:
            account[CONF_URL] = check_url(account.get(CONF_URL, ""))
            if (twin := self._twin(account)) is not None:
                if self.source == SOURCE_USER:
                    raise AbortFlow("already_configured")
                return Problem("key_in_use", {"title": twin.title})
            transport = HttpTransport(
                async_get_clientsession(self.hass),
                url=account[CONF_URL],
                api_key=account[CONF_API_KEY],
            )
            await PanelClient(transport).balance()
        except InvalidUrlError as err:
            return Problem(f"{err.reason}_url")
        except PanelRedirectError as err:
            return Problem("redirected", {"location": err.location})
        except PanelError as err:
            text = translation(err)
            return Problem(text.key, text.placeholders)
        return None

    def _twin(self, account: Mapping[str, str]) -> ConfigEntry | None:
        """Return another config entry with this key at this panel.

        The API has no account id: two keys of one account cannot be distinguished from two
        accounts, and a new key cannot be checked to belong to the same account as the old one.
        """
        return next(
            (
                entry
                for entry in self._async_current_entries(include_ignore=False)
                if entry.entry_id != self.context.get("entry_id")
                and entry.data.get(CONF_API_KEY) == account[CONF_API_KEY]
                and _server(entry.data) == _server(account)
            ),
            None,
        )

    @callback
    def _async_save(self, account: dict[str, str]) -> ConfigFlowResult:
        if self.source == SOURCE_REAUTH:
            return self._async_update(self._get_reauth_entry(), account)
        if self.source == SOURCE_RECONFIGURE:
            return self._async_update(self._get_reconfigure_entry(), account)
        return self.async_create_entry(title=self._new_title(account), data=account)

    @callback
    def _async_update(self, entry: ConfigEntry, account: dict[str, str]) -> ConfigFlowResult:
        """Replace address and key, and make sure that the entry is reloaded."""
        # The update listener reloads a loaded entry that changes. Reload an entry that failed to
        # set up, as it has no listener yet, and one whose old key works again, as polling stopped.
        reload = entry.state is not ConfigEntryState.LOADED or entry.data == account
        title = entry.title.replace(_host(entry.data), _host(account))
        result = self.async_update_and_abort(entry, data=account, title=title)
        if reload:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    def _new_title(self, account: Mapping[str, str]) -> str:
        """Return the panel's host, with a number from its second account on."""
        host = _host(account)
        used = {entry.title for entry in self._async_current_entries()}
        titles = (host if number == 1 else f"{host} {number}" for number in count(1))
        return next(title for title in titles if title not in used)


class SmmPanelOptionsFlow(OptionsFlow):
    """Options of an account."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the spending limits, the number of order slots, and how long orders are kept."""
        if user_input is not None:
            amounts = {name: amount_text(user_input[name]) for name in LIMITS if name in user_input}
            return self.async_create_entry(data=user_input | amounts)
        entry: PanelConfigEntry = self.config_entry
        loaded = entry.state is ConfigEntryState.LOADED
        options = {
            name: float(value) if name in LIMITS else value for name, value in entry.options.items()
        }
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _options_schema(entry.runtime_data.currency if loaded else None),
                options,
            ),
        )


def _host(account: Mapping[str, Any]) -> str:
    # An address that passed check_url has a host.
    return str(URL(account[CONF_URL]).host)


def _server(account: Mapping[str, Any]) -> tuple[str, int | None]:
    # Without the path, because a panel may answer at several paths.
    return _host(account), URL(account[CONF_URL]).port
