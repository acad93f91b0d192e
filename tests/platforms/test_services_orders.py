"""The actions on orders and refills: what they answer, order by order."""

from datetime import timedelta
from decimal import Decimal
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel.orders import Placement
from custom_components.smm_panel.simulator import SimulatedPanel
from custom_components.smm_panel.simulator.faults import Reply
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, act
from tests.helpers.orders import REFILLABLE, placed_elsewhere, tracked

WRONG_ID = {"order": "9", "error": "Incorrect order ID", "error_kind": "bad_order"}


@pytest.fixture
def finished(simulated: SimulatedPanel, freezer: FrozenDateTimeFactory) -> list[str]:
    """Two finished orders whose service allows refills."""
    orders = [placed_elsewhere(simulated, f"{LINK}/{number}", REFILLABLE) for number in range(2)]
    freezer.tick(timedelta(hours=1))
    return orders


async def test_a_tracked_order_is_listed_with_all_that_is_known(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Templates rely on every field being there, in JSON, and the list costs no request."""
    placed = await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)
    before = panel.count()

    (row,) = (await act(hass, "get_orders"))["orders"]

    assert panel.count() == before
    assert json.loads(json.dumps(row)) == row
    times = [dt_util.parse_datetime(row.pop(name)) for name in ("added_at", "changed_at")]
    assert all(time is not None and time.tzinfo is not None for time in times)
    amounts = {Decimal(row.pop(name)) for name in ("estimate", "charge", "cost")}
    assert amounts == {Decimal("0.9")}
    assert row.pop("placed_by").keys() == {
        "user_id",
        "user",
        "automations_and_scripts",
        "context_id",
        "parent_context_id",
    }
    assert row == {
        "order": placed["order"],
        "service": ORDER["service"],
        "name": "Instagram Followers | Mixed | No Refill",
        "link": LINK,
        "quantity": 1000,
        "status": "pending",
        "status_text": "Pending",
        "progress": 0.0,
        "currency": "USD",
        "start_count": None,
        "remains": 1000,
        "orders": [],
        "posts": None,
        "runs": None,
        "expiry": None,
        "refill": None,
        "may_refill": False,
        "may_cancel": True,
        "open": True,
        "final": False,
        "needs_attention": False,
        "error": None,
        "cancel_asked_at": None,
        "cancel_unconfirmed": False,
        "evidence": None,
        "given_back": "0",
        "refill_status": None,
        "refills": [],
    }


async def test_order_ids_are_asked_for_now(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    simulated: SimulatedPanel,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A tracked order keeps its name beside the news; entities must not lag behind the answer."""
    mine = (await act(hass, "place_order", **ORDER))["order"]
    others = placed_elsewhere(simulated, f"{LINK}/elsewhere")
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(timedelta(hours=1))

    rows = (await act(hass, "get_orders", orders=f"#{mine}, {others},9\n{mine}"))["orders"]

    assert [row["order"] for row in rows] == [mine, others, "9"]
    assert [row.get("status") for row in rows] == ["completed", "completed", None]
    assert [row.get("name") is None for row in rows] == [False, True, True]
    assert rows[1]["added_at"] is None
    assert rows[2] == WRONG_ID
    status = hass.states.get("sensor.panel_order_slot_1_status")
    assert status
    assert status.state == "completed"
    assert setup_entry.runtime_data.order_book.find(others) is None


async def test_a_tracked_order_the_panel_lost_keeps_what_is_known(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """What was paid for must not vanish because the panel deletes old orders."""
    order = (await act(hass, "place_order", **ORDER))["order"]
    await hass.async_block_till_done(wait_background_tasks=True)
    panel.faults.add(Reply(text='{"error": "Incorrect order ID"}'), action="status")

    (row,) = (await act(hass, "get_orders", orders=order))["orders"]

    assert row["order"] == order
    assert (row["status"], row["link"]) == ("pending", LINK)
    assert (row["error"], row["error_kind"]) == ("Incorrect order ID", "bad_order")
    assert row["needs_attention"] is True


async def test_an_order_under_way_is_not_listed(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Within the second it is placed, refused or unconfirmed; until then it is none of these."""
    intent = tracked("1", panel_id=None, placement=Placement.INTENDED)
    await setup_entry.runtime_data.order_book.async_put([intent])

    assert await act(hass, "get_orders") == {"orders": []}


async def test_a_charge_without_currency_is_in_the_accounts(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Many panels name the currency with the balance only; some name another one."""
    report = {"status": "Pending", "charge": "1"}
    for answer in (report, report | {"currency": "EUR"}):
        panel.faults.add(Reply(text=json.dumps(answer)), action="status")

    rows = [(await act(hass, "get_orders", orders="1"))["orders"][0] for _ in range(2)]

    assert [(row["charge"], row["currency"]) for row in rows] == [("1", "USD"), ("1", "EUR")]


async def test_any_number_of_ids_is_answered(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Panels take 100 at a time and some cut the rest in silence."""
    ids = [str(number) for number in range(1, 251)]
    before = panel.count("status")

    rows = (await act(hass, "get_orders", orders=ids))["orders"]

    assert rows == [WRONG_ID | {"order": order} for order in ids]
    assert panel.count("status") == before + 3


async def test_an_id_with_a_blank_inside_is_never_sent(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Split in two it would be two other orders, which a cancel would hit."""
    answer = await act(hass, "cancel_orders", orders="23 501")

    assert answer["orders"] == [
        {
            "order": "23 501",
            "error": "This is not an id",
            "error_kind": "bad_order",
            "outcome": "not_sent",
        }
    ]
    assert panel.count("cancel") == 0


async def test_the_list_can_be_narrowed(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    finished: list[str],
) -> None:
    """Automations ask for what is open, or what needs a person."""
    await act(hass, "track_orders", orders=finished)
    fresh = (await act(hass, "place_order", **ORDER))["order"]
    panel.faults.add(Reply.html(accepted=True), action="add")
    with pytest.raises(HomeAssistantError):
        await act(hass, "place_order", **ORDER | {"link": f"{LINK}/unconfirmed"})

    async def listed(*status: str) -> list[str | None]:
        rows = (await act(hass, "get_orders", status=list(status)))["orders"]
        return [row["order"] for row in rows]

    assert await listed() == [*finished, fresh, None]
    assert await listed("open") == [fresh]
    assert await listed("final") == finished
    assert await listed("needs_attention") == [None]
    assert await listed("final", "open") == [*finished, fresh]
    live = await act(hass, "get_orders", orders=[fresh, *finished, "9"], status="final")
    assert [row["order"] for row in live["orders"]] == [*finished, "9"]


async def test_tracking_answers_for_each_order(
    hass: HomeAssistant, setup_entry: MockConfigEntry, finished: list[str]
) -> None:
    """One wrong id must not keep the others from being tracked."""
    answer = await act(hass, "track_orders", orders=[int(finished[0]), "9"])

    row, wrong = answer["orders"]
    assert (row["order"], row["status"]) == (finished[0], "completed")
    assert wrong == WRONG_ID
    assert [row["order"] for row in (await act(hass, "get_orders"))["orders"]] == [finished[0]]


async def test_untracking_forgets_and_tells_it_once_more(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, finished: list[str]
) -> None:
    """The panel is not involved, and what is forgotten by mistake can be tracked again."""
    await act(hass, "track_orders", orders=finished)
    await hass.async_block_till_done(wait_background_tasks=True)
    before = panel.count()

    row, wrong = (await act(hass, "untrack_orders", orders=[finished[0], "9"]))["orders"]

    assert (row["order"], row["status"]) == (finished[0], "completed")
    assert wrong == {
        "order": "9",
        "error": "This order is not tracked",
        "error_kind": "bad_order",
        "outcome": "not_sent",
    }
    assert [row["order"] for row in (await act(hass, "get_orders"))["orders"]] == [finished[1]]
    assert panel.count() == before


async def test_refills_are_answered_and_followed(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    finished: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    """From the order to the refill's end, with the ids each answer gave."""
    await act(hass, "track_orders", orders=finished[0])

    refill, other, wrong = (await act(hass, "refill_orders", orders=[*finished, "9"]))["orders"]
    assert refill == {"order": finished[0], "refill": refill["refill"]}
    assert isinstance(refill["refill"], str)
    assert wrong == WRONG_ID
    by_refill = await act(hass, "get_refill_status", refills=[refill["refill"], "77"])
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(timedelta(hours=1))
    by_order = await act(
        hass, "get_refill_status", orders=[finished[0], "9"], refills=other["refill"]
    )

    assert by_refill["refills"] == [
        {"refill": refill["refill"], "order": None, "status": "pending"},
        {"refill": "77", "order": None, "error": "Refill not found", "error_kind": "bad_order"},
    ]
    assert by_order["refills"] == [
        {"refill": other["refill"], "order": None, "status": "completed"},
        {"refill": refill["refill"], "order": finished[0], "status": "completed"},
        {
            "refill": None,
            "order": "9",
            "error": "No refill of this order is known",
            "error_kind": "bad_order",
            "outcome": "not_sent",
        },
    ]


async def test_no_refill_named_is_an_error(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Without this, a template that came out empty would look like "no refill is left"."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "get_refill_status", refills=[], orders="")

    assert error.value.translation_key == "no_ids"


async def test_a_cancel_is_asked_not_done(
    hass: HomeAssistant, setup_entry: MockConfigEntry
) -> None:
    """Panels take the request and go on delivering for a while."""
    order = (await act(hass, "place_order", **ORDER))["order"]

    answer = await act(hass, "cancel_orders", orders=[order, "9"])

    assert answer["orders"] == [{"order": order, "cancel_asked": True}, WRONG_ID]
    (row,) = (await act(hass, "get_orders"))["orders"]
    assert (row["status"], row["may_cancel"]) == ("pending", False)
    assert dt_util.parse_datetime(row["cancel_asked_at"])
