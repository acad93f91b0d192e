"""Order presets: the flow, the button, the sensors, the action and the issues."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smm_panel.api import PanelError
from custom_components.smm_panel.const import CATALOG_CHECK_INTERVAL
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Drop, Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, act, sent_order
from tests.helpers.offers import change_service
from tests.helpers.orders import FOLLOWERS
from tests.helpers.repairs import issues
from tests.helpers.spend import tell

BUTTON = "button.my_page_place_order"
PRICE = "sensor.my_page_price_now"
LAST = "sensor.my_page_last_order"
ORDER = {"link": LINK, "quantity": 1000.0}
TERMS = {"name": "My page", "pressed_by": "administrators"}


async def send(hass: HomeAssistant, form: Mapping[str, Any], typed: dict[str, Any]) -> Any:  # noqa: ANN401 - a form or how the flow ended
    """Send a form of the flow."""
    return await hass.config_entries.subentries.async_configure(form["flow_id"], typed)


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Any:  # noqa: ANN401 - as above
    """Open the dialog that adds a preset."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "preset"), context={"source": SOURCE_USER}
    )


async def change(hass: HomeAssistant, entry: MockConfigEntry, preset: str) -> Any:  # noqa: ANN401 - as above
    """Open the dialog that changes a preset."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "preset"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": preset},
    )


async def order_form(hass: HomeAssistant, entry: MockConfigEntry) -> Any:  # noqa: ANN401 - as above
    """Go on to the form of the order."""
    form = await send(hass, await begin(hass, entry), {"search": "followers no refill"})
    return await send(hass, form, {"service": FOLLOWERS})


async def add(hass: HomeAssistant, entry: MockConfigEntry, **terms: Any) -> str:
    """Add a preset and return its id."""
    form = await send(hass, await order_form(hass, entry), ORDER)
    form = await send(hass, form, TERMS | terms)
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"]["price"] == "0.90 USD"
    await send(hass, form, {})
    await hass.async_block_till_done(wait_background_tasks=True)
    return list(entry.subentries)[-1]


async def press(hass: HomeAssistant, user: MockUser | None = None) -> None:
    """Press the button of the preset."""
    context = Context(user_id=None if user is None else user.id)
    await hass.services.async_call(
        "button", "press", {"entity_id": BUTTON}, blocking=True, context=context
    )
    await hass.async_block_till_done(wait_background_tasks=True)


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    found = hass.states.get(entity_id)
    assert found
    return found.state


async def test_a_preset_is_a_device_whose_button_orders(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The order must be the one of the form, and be known as that of the preset after a restart."""
    preset = await add(hass, setup_entry, max_charge=2.5)

    assert setup_entry.subentries[preset].data["max_charge"] == "2.5"
    assert (state(hass, PRICE), state(hass, LAST)) == ("0.90", "unknown")
    await press(hass)
    assert sent_order(panel) == {"service": FOLLOWERS, "link": LINK, "quantity": "1000"}
    assert await hass.config_entries.async_reload(setup_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, LAST) == "pending"

    hass.config_entries.async_remove_subentry(setup_entry, preset)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get(BUTTON) is None
    (order,) = setup_entry.runtime_data.order_book.orders.values()
    assert order.preset == preset


async def test_the_dialog_over_http(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """A form that cannot be made JSON, or not be read back, exists for the tests alone."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    path = "/api/config/config_entries/subentries/flow"

    async def post(path: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        answer = await client.post(path, json=data)
        assert answer.status == HTTPStatus.OK, await answer.text()
        return await answer.json()

    form = await post(path, {"handler": [setup_entry.entry_id, "preset"]})
    steps = [form["step_id"]]
    for typed in (
        {"search": "followers no refill"},
        {"service": FOLLOWERS},
        ORDER,
        TERMS | {"max_charge": 2.5},
        {},
    ):
        form = await post(f"{path}/{form['flow_id']}", typed)
        steps.append(form.get("step_id", form["type"]))
    await hass.async_block_till_done(wait_background_tasks=True)

    assert steps == ["search", "service", "order", "terms", "confirm", "create_entry"]
    (subentry,) = setup_entry.subentries.values()
    assert subentry.title == "My page"
    assert subentry.data == {
        "service": FOLLOWERS,
        "service_name": "Instagram Followers | Mixed | No Refill",
        "fields": ORDER,
        "max_charge": "2.5",
        "administrators_only": True,
    }
    assert state(hass, PRICE) == "0.90"


async def test_a_preset_needs_a_loaded_account(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """There is no service list to choose from, and the dialog would end in an error."""
    assert await hass.config_entries.async_unload(setup_entry.entry_id)

    end = await begin(hass, setup_entry)

    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_a_preset_whose_service_is_gone_cannot_be_changed(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Nobody knows any more which fields its order needs; the name tells which to delete."""
    preset = await add(hass, setup_entry)
    change_service(simulated, None)
    assert await hass.config_entries.async_reload(setup_entry.entry_id)

    end = await change(hass, setup_entry, preset)

    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "service_gone")
    assert end["description_placeholders"] == {"service": "Instagram Followers | Mixed | No Refill"}


async def test_two_presets_of_one_name_are_told_apart_by_id_alone(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Home Assistant lets people rename one to the other; money is not spent on a guess."""
    await add(hass, setup_entry)
    second = await add(hass, setup_entry, name="Other")
    hass.config_entries.async_update_subentry(
        setup_entry, setup_entry.subentries[second], title="MY page"
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", preset="My page")
    assert error.value.translation_key == "ambiguous_preset"
    assert panel.count("add") == 0

    await act(hass, "place_order", preset=second)
    assert panel.count("add") == 1


async def test_a_type_nobody_knows_takes_extra_fields(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    simulated: SimulatedPanel,
) -> None:
    """Panels invent types; their fields are sent as they are."""
    change_service(simulated, {"type": "Stories"})
    form = await order_form(hass, setup_entry)
    assert "extra" in form["data_schema"].schema
    for extra, errors in (
        ("colour", {"extra": "invalid_extra"}),
        ({"a-b": "red"}, {"base": "invalid_order_bad_name"}),
    ):
        form = await send(hass, form, ORDER | {"extra": extra})
        assert form["errors"] == errors

    form = await send(hass, form, ORDER | {"extra": {"colour": "red"}})
    form = await send(hass, form, TERMS)
    assert form["description_placeholders"]["price"] == "–"  # noqa: RUF001 - as it is printed
    await send(hass, form, {})
    await hass.async_block_till_done(wait_background_tasks=True)
    await press(hass)

    assert sent_order(panel) == {
        "service": FOLLOWERS,
        "link": LINK,
        "quantity": "1000",
        "colour": "red",
    }


async def test_the_last_order_is_unavailable_while_the_panel_is_silent(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An old status must not pass for the present one."""
    await add(hass, setup_entry)
    await press(hass)
    panel.faults.add(Drop(), action="status", times=None)
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    assert (state(hass, LAST), state(hass, PRICE)) == ("unavailable", "0.90")

    panel.faults.clear()
    await setup_entry.runtime_data.orders_coordinator.async_refresh()
    assert state(hass, LAST) == "pending"


async def test_the_price_is_unavailable_while_the_panel_is_silent(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A price of hours ago must not pass for the present one."""
    await add(hass, setup_entry)
    balance = setup_entry.runtime_data.balance_coordinator
    panel.faults.add(Drop(), action="balance", times=None)
    await balance.async_refresh()
    assert state(hass, PRICE) == "unavailable"

    panel.faults.clear()
    await balance.async_refresh()
    assert state(hass, PRICE) == "0.90"


async def test_the_price_is_unavailable_after_a_failed_read_of_the_services(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The list is then read again before long, old or not, so that the price comes back."""
    await add(hass, setup_entry)
    panel.faults.add(Drop(), action="services")
    with pytest.raises(PanelError):
        await setup_entry.runtime_data.catalog.async_read(timedelta(-1))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, PRICE) == "unavailable"

    freezer.tick(CATALOG_CHECK_INTERVAL)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, PRICE) == "0.90"


async def test_the_last_order_is_that_of_the_preset_and_shows_its_status(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """An order placed otherwise, or an old status, would be taken for what the button did."""
    await add(hass, setup_entry)
    placed = await act(hass, "place_order", preset="My page")
    await act(hass, "place_order", service=FOLLOWERS, link=f"{LINK}/2", quantity=100)
    await hass.async_block_till_done(wait_background_tasks=True)
    last = hass.states.get(LAST)
    assert last
    assert (last.state, last.attributes["order"]) == ("pending", placed["order"])

    tell(panel, "status", {placed["order"]: {"status": "Completed", "charge": "0.9"}})
    await setup_entry.runtime_data.orders_coordinator.async_refresh()

    assert state(hass, LAST) == "completed"


async def test_the_repair_of_a_preset_goes_with_it(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """Nothing else would take it away."""
    preset = await add(hass, setup_entry)
    change_service(simulated, None)
    await setup_entry.runtime_data.catalog.async_read(timedelta(-1))
    assert [issue.translation_key for issue in issues(hass)] == ["preset_service_gone"]

    hass.config_entries.async_remove_subentry(setup_entry, preset)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert issues(hass) == []


async def test_an_unreachable_panel_is_told_and_can_be_tried_again(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """A dialog that ends with the first lost answer would have to be begun anew."""
    panel.faults.add(Drop(), action="services", times=None)
    form = await begin(hass, setup_entry)
    assert form["errors"] == {"base": "cannot_connect"}

    panel.faults.clear()
    assert (await send(hass, form, {}))["step_id"] == "search"


async def test_a_preset_can_be_changed_once_the_panel_answers(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """The same, for a dialog that begins with the preset."""
    preset = await add(hass, setup_entry)
    assert await hass.config_entries.async_reload(setup_entry.entry_id)
    panel.faults.add(Drop(), action="services", times=None)
    form = await change(hass, setup_entry, preset)
    assert (form["step_id"], form["errors"]) == ("reconfigure", {"base": "cannot_connect"})

    panel.faults.clear()
    assert (await send(hass, form, {}))["step_id"] == "order"


async def test_a_busy_panel_says_when_to_go_on(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Who sends the form again and again is kept waiting ever longer."""
    panel.faults.add(Reply.too_many_requests(retry_after=60), action="services")

    form = await begin(hass, setup_entry)

    assert form["errors"] == {"base": "rate_limited_until"}
    assert form["description_placeholders"] == {"seconds": "60"}


async def test_ten_thousand_services_are_never_one_list(
    hass: HomeAssistant, setup_entry: MockConfigEntry, simulated: SimulatedPanel
) -> None:
    """A list of ten thousand freezes the browser."""
    service = simulated.services[int(FOLLOWERS)]
    many = {number: replace(service, service=number) for number in range(1, 10_001)}
    simulated.services = many
    form = await begin(hass, setup_entry)

    form = await send(hass, form, {})
    assert form["errors"] == {"base": "too_many_found"}
    form = await send(hass, form, {"search": "no such thing"})
    assert form["errors"] == {"base": "nothing_found"}
    assert (await send(hass, form, {"search": "9999"}))["step_id"] == "service"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"quantity": 49}, {"quantity": "invalid_order_too_few"}),
        ({"quantity": 1.5}, {"quantity": "invalid_order_not_a_number"}),
        ({"link": " "}, {"link": "invalid_order_required"}),
        ({"runs": 3}, {"interval": "invalid_order_required"}),
    ],
)
async def test_what_is_wrong_is_told_at_the_field(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    typed: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """A preset that can never be placed must not be kept."""
    form = await send(hass, await order_form(hass, setup_entry), ORDER | typed)
    assert form["errors"] == errors

    assert (await send(hass, form, ORDER))["step_id"] == "terms"


@pytest.mark.parametrize(
    ("terms", "errors"),
    [
        ({"name": " "}, {"name": "name_missing"}),
        ({"name": "my  PAGE"}, {"name": "name_taken"}),
        ({"name": "Other", "max_charge": 0.5}, {"max_charge": "below_price"}),
    ],
)
async def test_the_terms_are_checked(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    terms: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Scripts name a preset by its name, so each has one of its own."""
    await add(hass, setup_entry)
    form = await send(hass, await order_form(hass, setup_entry), ORDER)

    form = await send(hass, form, TERMS | terms)
    assert form["errors"] == errors

    assert (await send(hass, form, TERMS | {"name": "Other"}))["step_id"] == "confirm"


async def test_only_administrators_press_unless_the_preset_says_otherwise(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    hass_admin_user: MockUser,
) -> None:
    """A guest at the wall tablet must not spend the owner's money."""
    guest = MockUser(groups=[]).add_to_hass(hass)
    guest.mock_policy({"entities": True})
    preset = await add(hass, setup_entry)

    with pytest.raises(ServiceValidationError) as error:
        await press(hass, guest)
    assert error.value.translation_key == "administrators_only"
    assert panel.count("add") == 0

    form = await change(hass, setup_entry, preset)
    form = await send(hass, form, ORDER)
    form = await send(hass, form, TERMS | {"pressed_by": "anyone"})
    await send(hass, form, {})
    await hass.async_block_till_done(wait_background_tasks=True)
    await press(hass, guest)
    assert panel.count("add") == 1


async def test_place_order_takes_a_preset_by_its_name(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Scripts need no ids, and may order something else than the preset says."""
    await add(hass, setup_entry, max_charge=1)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", preset="No such")
    assert error.value.translation_key == "unknown_preset"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", preset="My page", quantity=2000, max_charge=5)
    assert error.value.translation_key == "over_call_max_charge"

    await act(hass, "place_order", preset="my PAGE", quantity=500)
    assert sent_order(panel) == {"service": FOLLOWERS, "link": LINK, "quantity": "500"}


async def test_what_makes_a_preset_useless_is_a_repair(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nobody looks at a preset until its button is needed."""
    await add(hass, setup_entry, max_charge=1)
    service = simulated.services.pop(int(FOLLOWERS))

    async def found() -> list[str | None]:
        freezer.tick(timedelta(hours=7))
        await act(hass, "get_services")
        return [issue.translation_key for issue in issues(hass)]

    assert await found() == ["preset_service_gone"]
    simulated.services[int(FOLLOWERS)] = replace(service, rate="9")
    assert await found() == ["preset_too_expensive"]
    assert float(state(hass, PRICE)) == 9
    simulated.services[int(FOLLOWERS)] = service
    assert await found() == []
