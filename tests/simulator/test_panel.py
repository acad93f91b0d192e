"""Keys, actions, ids and cancels, and a panel that is restored from its state."""

from decimal import Decimal
import json
from random import Random
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.smm_panel.simulator import Odds, SimulatedPanel
from tests.helpers.simulated_orders import FIELDS, LINK, UNHURRIED, Clock, Panel, done, make_panel


@pytest.mark.parametrize("key", ["", "wrong", "se cret", "sécret"])
def test_wrong_key(key: str) -> None:
    """A panel that accepts any key hides that a client sends none."""
    panel = make_panel(api_key="secret")

    answer = panel.handle({"key": key, "action": "balance"})

    assert json.loads(answer.text) == {"error": "Invalid API key"}


def test_missing_key_is_refused_before_the_action_is_read() -> None:
    """Somebody without a key must not find out which actions there are."""
    answer = make_panel(api_key="secret").handle({"action": "nonsense"})

    assert json.loads(answer.text) == {"error": "Invalid API key"}


def test_right_key() -> None:
    """The right key opens every action."""
    answer = make_panel(api_key="sécret").handle({"key": "sécret", "action": "balance"})

    assert json.loads(answer.text) == {"balance": "100.00000", "currency": "USD"}


def test_key_can_be_changed() -> None:
    """A client whose key stops working needs a new one."""
    panel = make_panel(api_key="old")
    panel.api_key = "new"

    assert json.loads(panel.handle({"key": "old", "action": "balance"}).text) == {
        "error": "Invalid API key"
    }


@pytest.mark.parametrize("action", ["", "Balance", "orders", "delete"])
def test_unknown_action(action: str) -> None:
    """A client's typing error must not pass for an answer."""
    assert make_panel().ask(action) == {"error": "Incorrect request"}


@pytest.mark.parametrize("action", ["status", "refill", "refill_status", "cancel"])
def test_no_id(action: str) -> None:
    """An action without its ids is a broken request, not an empty answer."""
    assert make_panel().ask(action) == {"error": "Incorrect request"}


def test_cancel_knows_the_plural_only() -> None:
    """The document cancels by `orders`; a client that sends `order` has misread it."""
    panel = make_panel()

    assert panel.ask("cancel", order=panel.add()) == {"error": "Incorrect request"}


@pytest.mark.parametrize(
    ("action", "field", "error"),
    [
        ("status", "orders", "Maximum 100 orders"),
        ("refill", "orders", "Maximum 100 orders"),
        ("cancel", "orders", "Maximum 100 orders"),
        ("refill_status", "refills", "Maximum 100 refills"),
    ],
)
def test_at_most_100_ids(action: str, field: str, error: str) -> None:
    """A client that does not split its batches must hear of it."""
    panel = make_panel()
    hundred = [str(number) for number in range(100)]

    assert len(panel.ask(action, **{field: ",".join(hundred)})) == 100
    assert panel.ask(action, **{field: ",".join([*hundred, "100"])}) == {"error": error}


@pytest.mark.parametrize("order", ["", "abc", "-1", "1.5", "9" * 5000, "²", "23502"])
def test_wrong_order_id(order: str) -> None:
    """Whatever an id looks like, one that is no order is refused and nothing breaks."""
    panel = make_panel()
    panel.add()
    refused = {"error": "Incorrect order ID"}

    assert panel.ask("status", order=order) == refused
    assert panel.ask("refill", order=order) == refused
    assert panel.ask("status", orders=order) == {order: refused}


def test_wrong_ids_stay_with_their_rows() -> None:
    """One wrong id must not spoil the answer for the others."""
    panel = make_panel()
    order = panel.add()
    refused = {"error": "Incorrect order ID"}

    status = panel.ask("status", orders=f"{order}, 7,abc")
    assert list(status) == [order, "7", "abc"]
    assert status[order]["status"] == "Pending"
    assert status["7"] == status["abc"] == refused

    assert panel.ask("cancel", orders=f"9,abc,{order}") == [
        {"order": 9, "cancel": refused},
        {"order": "abc", "cancel": refused},
        {"order": int(order), "cancel": 1},
    ]
    assert panel.ask("refill_status", refills="3,x") == [
        {"refill": 3, "status": {"error": "Refill not found"}},
        {"refill": "x", "status": {"error": "Refill not found"}},
    ]


FORM_FIELDS = FIELDS["Default"] | FIELDS["Subscriptions"] | FIELDS["Web Traffic"]
IDS_AND_EXTRAS = ("order", "orders", "refill", "refills", "runs", "interval", "posts", "expiry")
NAMES = st.sampled_from(["key", "action", "service", *FORM_FIELDS, *IDS_AND_EXTRAS])
TEXTS = st.one_of(
    st.text(),
    st.sampled_from(["services", "add", "status", "refill", "refill_status", "cancel", "balance"]),
    st.sampled_from(["101", "121", "131", "701", "23501", "4001", "31/12/9999", "https://[x"]),
    st.integers().map(str),
)


@UNHURRIED
@given(st.lists(st.dictionaries(NAMES, TEXTS), max_size=5))
def test_no_form_breaks_the_panel(forms: list[dict[str, str]]) -> None:
    """A form of nonsense must be answered with JSON, never with an exception."""
    panel = make_panel()
    panel.add(link="https://example.com/other")

    for form in forms:
        answer = panel.handle(form)
        assert answer.status == 200
        json.loads(answer.text)


WITHOUT_CANCEL = "104"


def test_cancel_means_requested() -> None:
    """An accepted cancel shows only in a later status, with what was not delivered paid back."""
    panel = make_panel()
    order = panel.add()
    panel.clock.advance(minutes=3)

    assert panel.ask("cancel", orders=order) == [{"order": int(order), "cancel": 1}]
    assert panel.status(order)["status"] == "In progress"
    panel.clock.advance(minutes=4)

    status = panel.status(order)
    delivered = 1000 - int(status["remains"])
    assert status["status"] == "Canceled"
    assert 0 < delivered < 1000
    assert status["charge"] == f"{0.9 * delivered / 1000:.5f}"
    panel.clock.advance(hours=1)
    assert panel.status(order) == status


def test_cancel_before_the_delivery_begins() -> None:
    """Nothing was delivered: everything comes back, and nobody has counted."""
    in_time = []
    for seed in range(30):  # chance decides which of the two is quicker
        panel = make_panel(seed=seed)
        order = panel.add()
        panel.ask("cancel", orders=order)
        panel.clock.advance(hours=1)
        status = panel.status(order)
        if status["remains"] == "1000":
            in_time.append((status["status"], status["start_count"], panel.balance))

    assert in_time
    assert set(in_time) == {("Canceled", None, Decimal(100))}


def test_cancel_may_come_too_late() -> None:
    """An order may be completed before its cancel becomes effective."""
    panel = make_panel()
    order = panel.add()
    while int(panel.status(order)["remains"]) > 5:
        panel.clock.advance(seconds=1)

    assert panel.ask("cancel", orders=order) == [{"order": int(order), "cancel": 1}]
    panel.clock.advance(hours=1)

    assert panel.status(order)["status"] == "Completed"
    assert panel.status(order)["charge"] == "0.90000"


@pytest.mark.parametrize("again", [False, True])
def test_cancel_refused(again: bool) -> None:  # noqa: FBT001  # pytest passes it by name
    """Services without cancel, and a second cancel of the same order, are refused."""
    panel = make_panel()
    order = panel.add() if again else panel.add(service=WITHOUT_CANCEL)
    if again:
        panel.ask("cancel", orders=order)

    assert panel.ask("cancel", orders=order) == [
        {
            "order": int(order),
            "cancel": {"error": "You are not eligible to cancel this order."},
        }
    ]


def test_cancel_of_a_final_order() -> None:
    """What is delivered cannot be canceled."""
    panel = make_panel()

    assert panel.ask("cancel", orders=done(panel)) == [
        {"order": 23501, "cancel": {"error": "Order already completed"}}
    ]


def busy_panel() -> Panel:
    """A panel with an order of every kind, a cancel and a refill."""
    panel = make_panel(odds=Odds(partial=0.2, canceled=0.2), api_key=None)
    orders = [panel.add(service="102", link=f"{LINK}/{number}") for number in range(9)]
    panel.add(link=f"{LINK}/drip", runs="5", interval="30")
    panel.add("Subscriptions", expiry="30/11/2026", delay="5", old_posts="1")
    panel.ask("cancel", orders=f"{orders[0]},23511")
    panel.clock.advance(hours=1)
    panel.ask("refill", orders=",".join(orders))
    return panel


def restore(panel: Panel) -> Panel:
    """Restore a panel from its JSON, with another random source."""
    data = json.loads(json.dumps(panel.as_dict()))
    random = Random(99)  # drawing fates, not keys
    restored = Panel.from_dict(data, clock=panel.clock, random=random)
    restored.clock = panel.clock
    return restored


@pytest.mark.parametrize("minutes", [0, 5, 60, 60 * 24, 60 * 24 * 30])
def test_restored_panel_goes_on_as_before(minutes: int) -> None:
    """A practice account must survive a restart: no order changed, lost or charged again."""
    panel = busy_panel()
    restored = restore(panel)
    orders = [str(number) for number in range(23501, 23530)]
    refills = [str(number) for number in range(4001, 4010)]

    panel.clock.advance(minutes=minutes)

    for action, fields in (
        ("status", {"orders": ",".join(orders)}),
        ("refill_status", {"refills": ",".join(refills)}),
        ("balance", {}),
        ("services", {}),
    ):
        assert restored.ask(action, **fields) == panel.ask(action, **fields)
    assert restored.as_dict() == panel.as_dict()


def test_restored_panel_gives_no_id_twice() -> None:
    """An id given again would join two orders, or two refills, into one."""
    panel = busy_panel()
    restored = restore(panel)
    restored.clock.advance(hours=1)

    assert restored.add(link=f"{LINK}/new") == panel.add(link=f"{LINK}/new")
    assert restored.ask("refill", order="23509") == panel.ask("refill", order="23509")


def test_restored_panel_knows_what_is_open() -> None:
    """After a restart too, one link takes one open order, and one cancel."""
    panel = make_panel()
    order = panel.add()
    panel.ask("cancel", orders=order)
    restored = restore(panel)

    assert "active order" in restored.ask("add", service="101", link=LINK, quantity="50")["error"]
    assert "error" in restored.ask("cancel", orders=order)[0]["cancel"]


def test_speed_of_later_orders_is_the_new_one() -> None:
    """Orders keep the pace they were added at."""
    panel = make_panel()
    slow = panel.add()
    random = Random(1)  # drawing fates, not keys
    restored = Panel.from_dict(panel.as_dict(), clock=panel.clock, random=random, speed=1000)
    fast = restored.add(link=f"{LINK}2")
    panel.clock.advance(seconds=5)

    assert restored.status(slow)["status"] == "Pending"
    assert restored.status(fast)["status"] in {"Completed", "Partial", "Canceled"}


def test_revision_shows_when_to_save() -> None:
    """What changed must be saved; what did not must not be written again and again."""
    panel = make_panel()
    order = panel.add(service="102")
    assert panel.revision == 1
    panel.clock.advance(hours=1)
    for action, fields in (
        ("status", {"order": order}),
        ("balance", {}),
        ("services", {}),
        ("cancel", {"orders": order}),
        ("refill", {"order": "1"}),
        ("add", {"service": "101"}),
    ):
        before = panel.as_dict()
        panel.ask(action, **fields)
        assert (panel.revision, panel.as_dict()) == (1, before)

    panel.ask("refill", order=order)
    assert panel.revision == 2
    panel.ask("cancel", orders=panel.add())
    assert panel.revision == 4


def test_key_is_not_in_the_state() -> None:
    """A key in the saved state would leak with it."""
    panel = make_panel(api_key="very-secret-key")

    assert "very-secret-key" not in json.dumps(panel.as_dict()) + repr(panel)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"funds": "much"},
        {"funds": None},
        {"orders": [{}]},
        {"orders": ["x"]},
        {"drip_feeds": None},
        {"cancels": {"x": "y"}},
        {"refills": [{"id": 1}]},
    ],
)
def test_state_of_something_else(change: dict[str, Any]) -> None:
    """A damaged file is one error, not whatever breaks first."""
    data = busy_panel().as_dict() | change

    with pytest.raises(ValueError, match="not the state of a simulated panel"):
        SimulatedPanel.from_dict(data, clock=Clock(), random=Random(1))  # as above
