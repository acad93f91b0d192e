"""What all actions have in common: accounts, administrators, errors, unloading."""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.smm_panel.const import DOMAIN
from custom_components.smm_panel.services import ACTIONS
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Cut, Drop, Fault, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.conftest import API_KEY
from tests.helpers.actions import ORDER, act

# A call of each action that asks the panel something, and the panel's action it uses.
CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "get_balance": ({}, "balance"),
    "get_services": ({}, "services"),
    "place_order": (ORDER, "add"),
    "get_orders": ({"orders": "1"}, "status"),
    "track_orders": ({"orders": "1"}, "status"),
    "refill_orders": ({"orders": "1"}, "refill"),
    "get_refill_status": ({"refills": "1"}, "refill_status"),
    "cancel_orders": ({"orders": "1"}, "cancel"),
}
FIELDS = {name: fields for name, (fields, _) in CALLS.items()} | {"untrack_orders": {"orders": "1"}}
WRITES = {"place_order", "refill_orders", "cancel_orders"}
FOR_ADMINISTRATORS = WRITES | {"untrack_orders"}


def test_every_action_is_tested_here() -> None:
    """An action added later must come into the tables above."""
    assert FIELDS.keys() == ACTIONS.keys()


@pytest.mark.parametrize("action", ACTIONS)
async def test_actions_are_there_while_no_account_is_loaded(
    hass: HomeAssistant, setup_entry: MockConfigEntry, action: str
) -> None:
    """An automation that calls an action then must learn why it cannot work."""
    assert await hass.config_entries.async_unload(setup_entry.entry_id)

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **FIELDS[action], config_entry_id=setup_entry.entry_id)
    assert error.value.translation_key == "service_config_entry_not_loaded"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **FIELDS[action])
    assert error.value.translation_key == "service_config_entry_not_loaded"


async def test_an_unknown_account_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """An order must never go to another account than the one that is named."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER, config_entry_id="gone")

    assert error.value.translation_key == "service_config_entry_not_found"


async def test_with_several_accounts_one_must_be_named(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """Guessing the account could spend somebody else's money."""
    simulated.api_key = None
    other = MockConfigEntry(
        domain=DOMAIN, title="Other", data={CONF_URL: panel.url, CONF_API_KEY: API_KEY[::-1]}
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **ORDER)
    assert error.value.translation_key == "service_found_multiple_config_entry_for_domain"
    placed = await act(hass, "place_order", **ORDER, config_entry_id=other.entry_id)

    assert other.runtime_data.order_book.find(placed["order"])
    assert not setup_entry.runtime_data.order_book.orders


@pytest.mark.parametrize("action", sorted(FOR_ADMINISTRATORS))
async def test_only_administrators_may_spend_or_forget(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    hass_read_only_user: MockUser,
    panel: PanelServer,
    action: str,
) -> None:
    """A guest at the tablet on the wall must not spend the owner's money."""
    before = panel.count()

    with pytest.raises(Unauthorized):
        await act(hass, action, hass_read_only_user, **FIELDS[action])

    assert panel.count() == before


@pytest.mark.parametrize("action", sorted(FIELDS.keys() - FOR_ADMINISTRATORS))
async def test_everybody_may_look_and_track(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_read_only_user: MockUser, action: str
) -> None:
    """Looking costs nothing; a dashboard for the family must work."""
    assert await act(hass, action, hass_read_only_user, **FIELDS[action])


@pytest.mark.parametrize("action", ACTIONS)
async def test_administrators_may_do_everything(
    hass: HomeAssistant, setup_entry: MockConfigEntry, hass_admin_user: MockUser, action: str
) -> None:
    """The rule must not lock out the owner."""
    assert await act(hass, action, hass_admin_user, **FIELDS[action])


async def outcome(hass: HomeAssistant, action: str) -> tuple[type[Exception], str | None]:
    """Return what an action that cannot succeed raises: the class and the translation key."""
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, action, **FIELDS[action])
    # The text is made only now: a placeholder that is missing would be a KeyError in the log.
    assert "{" not in str(error.value)
    assert API_KEY not in str(error.value)
    return type(error.value), error.value.translation_key


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize(
    ("fault", "read", "write"),
    [
        (Drop(), "cannot_connect", "outcome_unknown"),
        (Cut(), "cannot_connect", "outcome_unknown"),
        (Reply.html(), "invalid_response", "outcome_unknown"),
        (Reply.html(status=503), "invalid_response", "outcome_unknown"),
        (Reply(text="[[]]"), "invalid_response", "outcome_unknown"),
        (Reply.redirect("https://example.com/api/v2"), "invalid_response", "outcome_unknown"),
        (Reply.too_many_requests(retry_after=30), "rate_limited_until", "rate_limited_until"),
        (Reply(text='{"error": "Too many requests"}'), "rate_limited_until", "rate_limited_until"),
        (Reply(text='{"error": "Invalid API key"}'), "invalid_auth", "invalid_auth"),
    ],
)
async def test_faults_of_the_panel_are_told(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    caplog: pytest.LogCaptureFixture,
    action: str,
    fault: Fault,
    read: str,
    write: str,
) -> None:
    """Each fault has a text of its own, a write is sent once, nothing is a traceback."""
    panel_action = CALLS[action][1]
    panel.faults.add(fault, action=panel_action, times=None)
    before = panel.count(panel_action)

    error, key = await outcome(hass, action)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert error is HomeAssistantError
    assert key == (write if action in WRITES else read)
    assert action not in WRITES or panel.count(panel_action) == before + 1
    assert "Traceback" not in caplog.text
    assert API_KEY not in caplog.text


@pytest.mark.parametrize("action", CALLS)
async def test_an_unreachable_panel_did_nothing(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, action: str
) -> None:
    """Without a connection even a write can be repeated, and the text must say so."""
    await panel.__aexit__(None, None, None)

    assert await outcome(hass, action) == (HomeAssistantError, "cannot_connect")


@pytest.mark.parametrize("action", CALLS)
async def test_a_rejected_key_asks_for_a_new_one(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
    action: str,
) -> None:
    """The text of the error points to the dialog, which must then be there."""
    panel.faults.add(Reply(text='{"error": "Invalid API key"}'), action=CALLS[action][1])

    await outcome(hass, action)
    await hass.async_block_till_done(wait_background_tasks=True)

    (flow,) = hass.config_entries.flow.async_progress()
    assert (flow["context"]["source"], flow["context"]["entry_id"]) == (
        SOURCE_REAUTH,
        setup_entry.entry_id,
    )


@pytest.mark.parametrize(
    "action", [name for name in FIELDS if "orders" in ACTIONS[name].schema.schema]
)
@pytest.mark.parametrize("orders", [[], "", " , ", None, [None, " "]])
async def test_no_order_id_is_an_error(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    action: str,
    orders: object,
) -> None:
    """A template that came out empty must not pass as "done", or as "all orders"."""
    before = panel.count()

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, orders=orders)

    assert error.value.translation_key == "no_ids"
    assert panel.count() == before


@pytest.mark.parametrize("orders", [True, 1.5, {"order": 1}, ["1", ["2"]]])
async def test_what_cannot_be_an_id_is_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, orders: object
) -> None:
    """Made into text it would be asked for, and might be somebody's order."""
    with pytest.raises(vol.Invalid):
        await act(hass, "cancel_orders", orders=orders)

    assert panel.count("cancel") == 0
