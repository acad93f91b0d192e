"""The flows that connect, repair and change an account."""

from collections.abc import Callable
from http import HTTPStatus
import json
from pathlib import Path
import socket
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

import custom_components.smm_panel as integration
from custom_components.smm_panel.const import (
    CONF_KEEP_DAYS,
    CONF_ORDER_SLOTS,
    CONF_PRACTICE,
    DEFAULT_KEEP_DAYS,
    DEFAULT_ORDER_SLOTS,
    DEFAULT_URL,
    DOMAIN,
)
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer

from .conftest import API_KEY

OTHER_KEY = "fedcba9876543210fedcba9876543210"

FAULTS = [
    pytest.param(Drop(), "cannot_connect", id="no answer"),
    pytest.param(Cut(), "cannot_connect", id="half an answer"),
    pytest.param(Reply.html(), "invalid_response", id="a web page"),
    pytest.param(Reply.html(status=HTTPStatus.NOT_FOUND), "invalid_response", id="no such page"),
    pytest.param(Reply(text="[]"), "invalid_response", id="JSON of another shape"),
    pytest.param(Reply.too_many_requests(retry_after=60), "rate_limited_until", id="wait a minute"),
    pytest.param(
        Reply(text='{"error": "Rate limit exceeded"}'),
        "rate_limited",
        id="wait, who knows how long",
    ),
    pytest.param(Reply.redirect("https://panel.example/api/v2"), "redirected", id="moved"),
    pytest.param(
        Reply(text='{"error": "Panel is under maintenance"}'), "rejected", id="another refusal"
    ),
]

BAD_ADDRESSES = [
    pytest.param("", "not_http_url", id="nothing"),
    pytest.param("https://", "invalid_url", id="no host"),
    pytest.param("https://panel.example/api v2", "invalid_url", id="a blank inside"),
    pytest.param("panel.example/api/v2", "not_http_url", id="no scheme"),
    pytest.param("ftp://panel.example/api/v2", "not_http_url", id="another scheme"),
    pytest.param("http://panel.example/api/v2", "insecure_url", id="open to all"),
    pytest.param("https://me:word@panel.example/api/v2", "user_info_url", id="user and password"),
    pytest.param("https://panel.example/api/v2?key=1", "query_url", id="parameters"),
    pytest.param("https://panel.example/api/v2#key", "fragment_url", id="fragment"),
]


def error_text(result: ConfigFlowResult) -> str:
    """Return the message of a form's error with its values filled in, as the frontend does."""
    translations = Path(integration.__file__).with_name("translations") / "en.json"
    errors = result["errors"]
    assert errors is not None
    text: str = json.loads(translations.read_text())["config"]["error"][errors["base"]]
    return text.format(**result["description_placeholders"] or {})


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled with when it opens."""
    assert result["data_schema"] is not None
    filled: dict[str, Any] = {}
    for marker in result["data_schema"].schema:
        value = (marker.description or {}).get("suggested_value")
        if value is None and callable(marker.default):
            value = marker.default()
        if value is not None:
            filled[str(marker)] = value
    return filled


@pytest.fixture
def free_port(socket_enabled: None) -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def two_keys(simulated: SimulatedPanel) -> None:
    """Let the panel take any key, as if each were an account of its own."""
    simulated.api_key = None


async def choose(hass: HomeAssistant, option: str) -> ConfigFlowResult:
    """Start a flow as the user does and choose from its menu."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["account", "practice"]
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": option})
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == option
    return form


async def submit(hass: HomeAssistant, form: ConfigFlowResult, **typed: str) -> ConfigFlowResult:
    """Send a form, and let what it sets off come to an end."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def test_connect_an_account(hass: HomeAssistant, panel: PanelServer) -> None:
    """The main road: address and key become a loaded account, tried once before."""
    form = await choose(hass, "account")
    assert suggested(form) == {CONF_URL: DEFAULT_URL}
    assert not form["errors"]

    pasted = panel.url.replace("http://", " HTTP://") + "\n"
    result = await submit(hass, form, url=pasted, api_key=f"\t{API_KEY} ")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "127.0.0.1"
    assert result["data"] == {CONF_URL: panel.url, CONF_API_KEY: API_KEY}
    assert result["result"].unique_id is None
    assert result["result"].state is ConfigEntryState.LOADED
    assert [request.action for request in panel.requests] == ["balance", "balance"]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_each_failure_has_its_message_and_can_be_repaired(
    hass: HomeAssistant, panel: PanelServer, fault: Fault, error: str
) -> None:
    """A failure must say what is wrong, keep what was typed, and not end the flow."""
    form = await choose(hass, "account")
    panel.faults.add(fault)

    result = await submit(hass, form, url=panel.url, api_key=API_KEY)

    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "account"
    assert result["errors"] == {"base": error}
    assert error_text(result)
    assert suggested(result) == {CONF_URL: panel.url}
    assert API_KEY not in str(result)
    assert len(panel.faults) == 0
    assert panel.count() == 1

    result = await submit(hass, result, url=panel.url, api_key=API_KEY)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_the_panel_says_is_shown(hass: HomeAssistant, panel: PanelServer) -> None:
    """A reason, a new address and a waiting time are the panel's to tell, not ours to guess."""
    form = await choose(hass, "account")

    async def message(fault: Fault) -> str:
        panel.faults.add(fault)
        return error_text(await submit(hass, form, url=panel.url, api_key=API_KEY))

    assert "under maintenance" in await message(
        Reply(text='{"error": "Panel is under maintenance"}')
    )
    assert "moved to https://panel.example/api/v2." in await message(
        Reply.redirect(f"https://panel.example/api/v2?key={API_KEY}")
    )
    assert "in 60 seconds" in await message(Reply.too_many_requests(retry_after=60))


async def test_a_wrong_key_can_be_corrected(
    hass: HomeAssistant, panel: PanelServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The commonest mistake; a mistyped key is still close to a secret."""
    form = await choose(hass, "account")

    result = await submit(hass, form, url=panel.url, api_key=OTHER_KEY)

    assert result["errors"] == {"base": "invalid_auth"}
    assert "Invalid API key" in error_text(result)
    assert suggested(result) == {CONF_URL: panel.url}
    assert OTHER_KEY not in str(result) + caplog.text

    result = await submit(hass, result, url=panel.url, api_key=API_KEY)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_blank_key_is_not_tried(hass: HomeAssistant, panel: PanelServer) -> None:
    """A key of blanks must be asked for again, not sent."""
    form = await choose(hass, "account")

    result = await submit(hass, form, url=panel.url, api_key="  ")

    assert result["errors"] == {"base": "no_key"}
    assert error_text(result)
    assert panel.count() == 0

    result = await submit(hass, result, url=panel.url, api_key=API_KEY)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("url", "error"), BAD_ADDRESSES)
async def test_an_address_the_key_must_not_go_to(
    hass: HomeAssistant, panel: PanelServer, url: str, error: str
) -> None:
    """The key must not travel readable, nor to something that can't be an API."""
    form = await choose(hass, "account")

    # With sockets to other hosts blocked, a request would fail the test.
    result = await submit(hass, form, url=url, api_key=API_KEY)

    assert result["errors"] == {"base": error}
    assert error_text(result)
    assert suggested(result) == {CONF_URL: url or DEFAULT_URL}

    result = await submit(hass, result, url=panel.url, api_key=API_KEY)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_nothing_listens(hass: HomeAssistant, panel: PanelServer, free_port: int) -> None:
    """A wrong host or port must be told from a wrong key."""
    form = await choose(hass, "account")

    result = await submit(hass, form, url=f"http://127.0.0.1:{free_port}/api/v2", api_key=API_KEY)

    assert result["errors"] == {"base": "cannot_connect"}
    assert error_text(result)

    result = await submit(hass, result, url=panel.url, api_key=API_KEY)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "respell", [str, lambda url: f"{url}/", lambda url: url.replace("http", "HTTP")]
)
async def test_the_same_account_twice(
    hass: HomeAssistant,
    panel: PanelServer,
    entry: MockConfigEntry,
    respell: Callable[[str], str],
) -> None:
    """Two entries of one account would each spend up to its limits."""
    form = await choose(hass, "account")

    result = await submit(hass, form, url=respell(panel.url), api_key=API_KEY)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert panel.count() == 0


@pytest.mark.usefixtures("two_keys")
async def test_more_accounts_on_one_panel(hass: HomeAssistant, panel: PanelServer) -> None:
    """Accounts must be told apart by their titles, which name devices and entities."""
    titles = []
    for key in (API_KEY, OTHER_KEY, "third"):
        result = await submit(hass, await choose(hass, "account"), url=panel.url, api_key=key)
        titles.append(result["title"])

    assert titles == ["127.0.0.1", "127.0.0.1 2", "127.0.0.1 3"]


async def test_the_same_key_at_another_panel(
    hass: HomeAssistant, entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Another server is another panel, whatever key it gives out."""
    async with PanelServer(simulated) as other:
        form = await choose(hass, "account")
        result = await submit(hass, form, url=other.url, api_key=API_KEY)

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_practice_account(hass: HomeAssistant) -> None:
    """The practice account needs a yes and nothing else, and there is one of it."""
    form = await choose(hass, "practice")
    result = await submit(hass, form)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Practice account"
    assert result["data"] == {CONF_PRACTICE: True}
    assert result["result"].state is ConfigEntryState.LOADED

    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "practice"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_practice_account_beside_a_real_one(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Trying something must stay possible once a real account is there."""
    result = await submit(hass, await choose(hass, "practice"))

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_real_account_beside_practice(hass: HomeAssistant, panel: PanelServer) -> None:
    """The practice account has no address and no key to compare with."""
    MockConfigEntry(domain=DOMAIN, data={CONF_PRACTICE: True}).add_to_hass(hass)

    result = await submit(hass, await choose(hass, "account"), url=panel.url, api_key=API_KEY)

    assert result["type"] is FlowResultType.CREATE_ENTRY


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
    balance = setup_entry.runtime_data.balance
    await balance.async_refresh()
    assert not balance.last_update_success
    await hass.async_block_till_done(wait_background_tasks=True)
    [form] = hass.config_entries.flow.async_progress()

    simulated.api_key = new_key
    before = panel.count()
    result = await submit(hass, form, api_key=new_key)

    assert result["reason"] == "reauth_successful"
    assert setup_entry.data == {CONF_URL: panel.url, CONF_API_KEY: new_key}
    assert setup_entry.runtime_data.balance is not balance
    assert setup_entry.runtime_data.balance.last_update_success
    # One try of the key, one set-up: not reloaded twice.
    assert panel.count() == before + 2


@pytest.mark.usefixtures("two_keys")
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
    assert setup_entry.runtime_data.balance.last_update_success


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


@pytest.mark.usefixtures("two_keys")
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


async def test_options(hass: HomeAssistant, setup_entry: MockConfigEntry) -> None:
    """Options must be whole numbers and be in use at once."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)
    assert form["step_id"] == "init"
    assert suggested(form) == {
        CONF_ORDER_SLOTS: DEFAULT_ORDER_SLOTS,
        CONF_KEEP_DAYS: DEFAULT_KEEP_DAYS,
    }

    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_ORDER_SLOTS: 3.0, CONF_KEEP_DAYS: 30.0}
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert json.dumps(dict(setup_entry.options)) == '{"order_slots": 3, "keep_days": 30}'
    assert setup_entry.runtime_data.orders.slot_limit == 3

    form = await hass.config_entries.options.async_init(setup_entry.entry_id)
    assert suggested(form) == {CONF_ORDER_SLOTS: 3, CONF_KEEP_DAYS: 30}


@pytest.mark.parametrize(("slots", "days"), [(0, 1), (100, 365)])
async def test_options_at_their_bounds(
    hass: HomeAssistant, setup_entry: MockConfigEntry, slots: int, days: int
) -> None:
    """No slot at all is a choice; so is a year."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)

    await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert setup_entry.options == {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
    assert setup_entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(("slots", "days"), [(-1, 7), (101, 7), (20, 0), (20, 366)])
async def test_options_beyond_their_bounds(
    hass: HomeAssistant, setup_entry: MockConfigEntry, slots: int, days: int
) -> None:
    """More than the bounds would swell the registries; less makes no sense."""
    form = await hass.config_entries.options.async_init(setup_entry.entry_id)

    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], {CONF_ORDER_SLOTS: slots, CONF_KEEP_DAYS: days}
        )

    assert setup_entry.options == {}


async def test_the_forms_reach_the_browser(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A schema the frontend can't be told of shows an empty dialog."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()

    async def fields(path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await client.post(f"/api/config/config_entries/{path}", json=body)
        assert response.status == HTTPStatus.OK
        form = await response.json()
        return {field["name"]: field["selector"] for field in form["data_schema"]}

    options = await fields("options/flow", {"handler": setup_entry.entry_id})
    assert options[CONF_ORDER_SLOTS]["number"]["mode"] == "box"
    assert options[CONF_KEEP_DAYS]["number"]["max"] == 365
    reconfigure = await fields("flow", {"handler": DOMAIN, "entry_id": setup_entry.entry_id})
    assert reconfigure[CONF_API_KEY]["text"]["type"] == "password"
    assert reconfigure[CONF_URL]["text"]["type"] == "url"
