"""The flows that replace the key or the address of an account."""

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.const import CONF_PRACTICE, DOMAIN
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.flows import OTHER_KEY, error_text, submit, suggested


async def test_reauth_after_a_failed_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """An account that never loaded has nobody who would reload it but the flow."""
    simulated.api_key = OTHER_KEY
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.error_reason_translation_key == "invalid_auth"
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"

    form = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert suggested(form) == {}
    result = await submit(hass, form, api_key="wrong")
    assert result["errors"] == {"base": "invalid_auth"}
    assert error_text(result)

    result = await submit(hass, result, api_key=f" {OTHER_KEY} ")

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.data[CONF_API_KEY] == OTHER_KEY
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "Panel"


@pytest.mark.parametrize("new_key", [API_KEY, OTHER_KEY], ids=["same key", "new key"])
async def test_reauth_of_a_loaded_account(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    new_key: str,
) -> None:
    """A refused key stops the polls: they must go on, also if the panel takes it again."""
    simulated.api_key = "changed at the panel"
    balance = setup_entry.runtime_data.balance_coordinator
    await balance.async_refresh()
    assert not balance.last_update_success
    await hass.async_block_till_done(wait_background_tasks=True)
    [form] = hass.config_entries.flow.async_progress()

    simulated.api_key = new_key
    before = panel.count()
    result = await submit(hass, form, api_key=new_key)

    assert result["reason"] == "reauth_successful"
    assert setup_entry.data == {CONF_URL: panel.url, CONF_API_KEY: new_key}
    assert setup_entry.runtime_data.balance_coordinator is not balance
    assert setup_entry.runtime_data.balance_coordinator.last_update_success
    # One try of the key, one set-up: not reloaded twice.
    assert panel.count() == before + 2


@pytest.mark.usefixtures("any_key")
async def test_reauth_with_the_key_of_another_account(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The tracked orders of one account must not end up under another."""
    MockConfigEntry(
        domain=DOMAIN, title="Second", data={CONF_URL: panel.url, CONF_API_KEY: OTHER_KEY}
    ).add_to_hass(hass)
    form = await entry.start_reauth_flow(hass)

    result = await submit(hass, form, api_key=OTHER_KEY)

    assert result["errors"] == {"base": "key_in_use"}
    assert "Second" in error_text(result)
    assert entry.data[CONF_API_KEY] == API_KEY
    assert panel.count() == 0

    result = await submit(hass, result, api_key="third")
    assert result["reason"] == "reauth_successful"


async def test_reauth_does_not_fall_back_on_the_stored_key(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Blanks for a key must not count as a new one."""
    form = await entry.start_reauth_flow(hass)

    result = await submit(hass, form, api_key=" ")

    assert result["errors"] == {"base": "no_key"}
    assert panel.count() == 0


@pytest.mark.parametrize("typed", [{}, {CONF_API_KEY: ""}], ids=["left out", "left empty"])
async def test_reconfigure_the_address_alone(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    panel: PanelServer,
    typed: dict[str, str],
) -> None:
    """A panel that moves must not cost the user a search for the key."""
    form = await setup_entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    assert suggested(form) == {CONF_URL: panel.url}
    assert API_KEY not in str(form)

    async with PanelServer(simulated) as moved:
        result = await submit(hass, form, url=moved.url, **typed)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        assert setup_entry.data == {CONF_URL: moved.url, CONF_API_KEY: API_KEY}
        assert setup_entry.state is ConfigEntryState.LOADED
        assert moved.count() == 2


async def test_reconfigure_the_key(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel, panel: PanelServer
) -> None:
    """A key can be changed before the panel refuses the old one; a wrong one changes nothing."""
    simulated.api_key = OTHER_KEY
    form = await setup_entry.start_reconfigure_flow(hass)

    result = await submit(hass, form, url=panel.url, api_key="wrong")
    assert result["errors"] == {"base": "invalid_auth"}
    assert suggested(result) == {CONF_URL: panel.url}
    assert setup_entry.data[CONF_API_KEY] == API_KEY

    result = await submit(hass, result, url=panel.url, api_key=OTHER_KEY)
    assert result["reason"] == "reconfigure_successful"
    assert setup_entry.data == {CONF_URL: panel.url, CONF_API_KEY: OTHER_KEY}
    assert setup_entry.runtime_data.balance_coordinator.last_update_success


async def test_reconfigure_an_account_whose_panel_is_gone(
    hass: HomeAssistant, panel: PanelServer, free_port: int
) -> None:
    """A moved panel must be back at once, not at the next try of the set-up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_URL: f"http://127.0.0.1:{free_port}/api/v2", CONF_API_KEY: API_KEY},
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "cannot_connect"
    form = await entry.start_reconfigure_flow(hass)

    result = await submit(hass, form, url=panel.url)

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("title", "new_title"), [("old.example 2", "127.0.0.1 2"), ("My panel", "My panel")]
)
async def test_the_title_follows_the_address(
    hass: HomeAssistant, panel: PanelServer, title: str, new_title: str
) -> None:
    """A title must not name a panel that was left; one the user gave is the user's."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        data={CONF_URL: "https://old.example/api/v2", CONF_API_KEY: API_KEY},
    )
    entry.add_to_hass(hass)
    form = await entry.start_reconfigure_flow(hass)

    await submit(hass, form, url=panel.url)

    assert entry.title == new_title


@pytest.mark.usefixtures("any_key")
async def test_reconfigure_to_another_account(
    hass: HomeAssistant, entry: MockConfigEntry, panel: PanelServer
) -> None:
    """What can't be added twice must not become double by a change either."""
    second = MockConfigEntry(domain=DOMAIN, data={CONF_URL: panel.url, CONF_API_KEY: OTHER_KEY})
    second.add_to_hass(hass)
    form = await second.start_reconfigure_flow(hass)

    result = await submit(hass, form, url=panel.url, api_key=API_KEY)
    assert result["errors"] == {"base": "key_in_use"}
    assert "Panel" in error_text(result)

    result = await submit(hass, result, url=panel.url)
    assert result["reason"] == "reconfigure_successful"
    assert second.data[CONF_API_KEY] == OTHER_KEY


async def test_practice_account_has_nothing_to_reconfigure(hass: HomeAssistant) -> None:
    """Home Assistant offers to reconfigure any account of the integration."""
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_PRACTICE: True})
    entry.add_to_hass(hass)

    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "practice_account"
