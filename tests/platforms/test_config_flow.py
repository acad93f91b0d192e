"""The flow that connects an account or makes the practice account."""

from collections.abc import Callable
from http import HTTPStatus

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.const import CONF_PRACTICE, DEFAULT_URL, DOMAIN
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.flows import OTHER_KEY, error_text, submit, suggested

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
        Reply(text='{"error": "Panel is under maintenance"}'), "maintenance", id="maintenance"
    ),
    pytest.param(
        Reply(text='{"error": "Confirm your e-mail first"}'), "rejected", id="another refusal"
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


async def choose(hass: HomeAssistant, option: str) -> ConfigFlowResult:
    """Start a flow as the user does and choose from its menu."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["account", "practice"]
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": option})
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == option
    return form


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


@pytest.mark.usefixtures("any_key")
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
