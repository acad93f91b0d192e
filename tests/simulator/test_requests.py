"""Keys, actions and lists of ids."""

import json

from hypothesis import given, strategies as st
import pytest

from .common import FIELDS, UNHURRIED, make_panel


@pytest.mark.parametrize("key", ["", "wrong", "se cret", "sécret"])
def test_wrong_key(key: str) -> None:
    """A panel that takes any key hides that a client sends none."""
    panel = make_panel(api_key="secret")

    answer = panel.handle({"key": key, "action": "balance"})

    assert json.loads(answer.text) == {"error": "Invalid API key"}


def test_missing_key_is_told_before_the_action_is_read() -> None:
    """Somebody without a key must not learn which actions there are."""
    answer = make_panel(api_key="secret").handle({"action": "nonsense"})

    assert json.loads(answer.text) == {"error": "Invalid API key"}


def test_right_key() -> None:
    """The right key opens every action."""
    answer = make_panel(api_key="sécret").handle({"key": "sécret", "action": "balance"})

    assert json.loads(answer.text) == {"balance": "100.00000", "currency": "USD"}


def test_key_can_be_changed() -> None:
    """A client whose key stops working has to ask for a new one."""
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
