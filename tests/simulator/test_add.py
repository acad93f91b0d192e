"""Adding orders of every service type."""

from decimal import Decimal

import pytest

from tests.helpers.simulated_orders import ALWAYS_COMPLETED, FIELDS, LINK, SERVICE, make_panel


@pytest.mark.parametrize("kind", FIELDS)
def test_add(kind: str) -> None:
    """A type that cannot be ordered with what its documentation asks for is no type."""
    panel = make_panel()

    assert panel.ask("add", service=SERVICE[kind], **FIELDS[kind]) == {"order": 23501}
    assert panel.status("23501")["status"] in {"Pending", "Active"}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, name) for kind in FIELDS for name in FIELDS[kind]]
)
def test_each_field_is_needed(kind: str, field: str) -> None:
    """A field the panel does not miss is one the client could forget unnoticed."""
    texts = {"link": "Link is required", "comments": "Comments field is required"}
    expected = {"error": texts.get(field, f"Missing required parameter: {field}")}
    panel = make_panel()
    form = {"service": SERVICE[kind]} | FIELDS[kind]

    assert panel.ask("add", **form | {field: " "}) == expected
    del form[field]
    assert panel.ask("add", **form) == expected
    assert panel.orders == {}
    assert panel.balance == 100


@pytest.mark.parametrize(
    ("kind", "quantity", "charge"),
    [
        ("Default", 1000, "0.90000"),
        ("Package", 1, "0.75000"),
        ("Custom Comments", 11, "0.08800"),
        ("Custom Comments Package", 1, "0.95000"),
        ("Mentions Custom List", 12, "0.05400"),
        ("Comment Replies", 6, "0.06900"),
    ],
)
def test_quantity_and_charge(kind: str, quantity: int, charge: str) -> None:
    """Lists count their lines that are not blank; packages have a price of their own."""
    panel = make_panel()
    status = panel.status(panel.add(kind))

    assert status["remains"] == str(quantity)
    assert status["charge"] == charge
    assert panel.ask("balance")["balance"] == f"{100 - Decimal(charge):.5f}"


def test_charge_has_five_places() -> None:
    """A charge with more places than the panel answers could never be added up again."""
    panel = make_panel()

    assert panel.status(panel.add(service="304", quantity="101"))["charge"] == "0.00086"


@pytest.mark.parametrize("service", ["", "0", "999", "x", "-101", "9" * 5000])
def test_wrong_service(service: str) -> None:
    """An order for a service that does not exist must not be accepted."""
    form = FIELDS["Default"] | {"service": service}

    assert make_panel().ask("add", **form) == {"error": "Incorrect service ID"}


@pytest.mark.parametrize(
    "link",
    ["nonsense", "ftp://example.com/x", "https://", "https://x", "a b.c", "https://[x", "x..y"],
)
def test_bad_link(link: str) -> None:
    """An order for something that is not an address must not be accepted."""
    form = FIELDS["Default"] | {"link": link}

    assert make_panel().ask("add", service="101", **form) == {"error": "Bad link"}


def test_link_without_scheme() -> None:
    """Panels accept an address as people paste it."""
    assert make_panel().add(link="example.com/post") == "23501"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"quantity": "49"}, "Quantity less than minimal 50"),
        ({"quantity": "10001"}, "Quantity more than maximum 10000"),
        ({"quantity": "0"}, "Incorrect quantity"),
        ({"quantity": "-50"}, "Incorrect quantity"),
        ({"quantity": "many"}, "Incorrect quantity"),
        ({"quantity": "1e3"}, "Incorrect quantity"),
        ({"service": "131", "comments": "one\ntwo"}, "Quantity less than minimal 10"),
        ({"service": "132", "comments": "x\n" * 51}, "Quantity more than maximum 50"),
        ({"service": "143", "usernames": "ann"}, "Quantity less than minimal 10"),
        ({"service": "116", "answer_number": "second"}, "Incorrect answer_number"),
        ({"runs": "2"}, "Incorrect interval"),
        ({"interval": "10"}, "Incorrect runs"),
        ({"runs": "1", "interval": "10"}, "Incorrect runs"),
        ({"runs": "1001", "interval": "10"}, "Incorrect runs"),
        ({"runs": "x", "interval": "10"}, "Incorrect runs"),
        ({"runs": "2", "interval": "0"}, "Incorrect interval"),
        ({"runs": "2", "interval": "99999"}, "Incorrect interval"),
        (
            {"service": "103", "runs": "2", "interval": "10"},
            "Dripfeed is not supported by this service",
        ),
    ],
)
def test_wrong_fields(fields: dict[str, str], error: str) -> None:
    """Each wrong value has its own refusal, takes no money and leaves no order."""
    panel = make_panel()
    form = {"service": "101"} | FIELDS["Default"] | fields

    assert panel.ask("add", **form) == {"error": error}
    assert panel.orders == {}
    assert panel.revision == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"device": "6"}, "Incorrect device"),
        ({"device": "phone"}, "Incorrect device"),
        ({"type_of_traffic": "0"}, "Incorrect type_of_traffic"),
        ({"type_of_traffic": "1"}, "Missing required parameter: google_keyword"),
        ({"type_of_traffic": "2"}, "Missing required parameter: referring_url"),
    ],
)
def test_wrong_traffic(fields: dict[str, str], error: str) -> None:
    """Traffic needs a keyword or a referrer only for the kinds that use one."""
    form = FIELDS["Web Traffic"] | fields

    assert make_panel().ask("add", service="701", **form) == {"error": error}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"min": "5"}, "Quantity less than minimal 10"),
        ({"max": "10001"}, "Quantity more than maximum 10000"),
        ({"min": "300"}, "Incorrect min"),
        ({"delay": "7"}, "Incorrect delay"),
        ({"posts": "1001"}, "Incorrect posts"),
        ({"old_posts": "some"}, "Incorrect old_posts"),
        ({"expiry": "2026-12-01"}, "Incorrect expiry"),
        ({"expiry": "31/02/2027"}, "Incorrect expiry"),
        ({"expiry": "22/11/2026"}, "Incorrect expiry"),
    ],
)
def test_wrong_subscription(fields: dict[str, str], error: str) -> None:
    """Each wrong field of a subscription has its own refusal."""
    form = FIELDS["Subscriptions"] | fields

    assert make_panel().ask("add", service="121", **form) == {"error": error}


def test_not_enough_funds() -> None:
    """The balance may be spent to the last, and no further."""
    panel = make_panel(balance=Decimal("0.90"))
    form = FIELDS["Default"] | {"service": "101"}

    assert panel.ask("add", **form | {"quantity": "1001"}) == {
        "error": "Not enough funds on balance"
    }
    assert panel.ask("add", **form) == {"order": 23501}
    assert panel.ask("balance")["balance"] == "0.00000"


def test_drip_feed_needs_the_funds_of_all_runs() -> None:
    """All runs are charged at once."""
    panel = make_panel(balance=Decimal("1.79"))
    form = FIELDS["Default"] | {"service": "101", "runs": "2", "interval": "10"}

    assert panel.ask("add", **form) == {"error": "Not enough funds on balance"}


def test_subscription_needs_the_funds_of_one_post() -> None:
    """A subscription that cannot pay for its first post is refused."""
    panel = make_panel(balance=Decimal("0.14399"))
    form = FIELDS["Subscriptions"] | {"service": "121"}

    assert panel.ask("add", **form) == {"error": "Not enough funds on balance"}


def test_one_open_order_for_a_link() -> None:
    """A second order for the link is refused for as long as the first is open."""
    panel = make_panel(odds=ALWAYS_COMPLETED)
    order = panel.add()
    form = FIELDS["Default"] | {"service": "101"}

    assert panel.ask("add", **form) == {
        "error": "You have active order with this link. Please wait until order being completed."
    }
    assert panel.add(link=f"{LINK}2")
    assert panel.add(service="102")

    panel.clock.advance(minutes=30)
    assert panel.status(order)["status"] == "Completed"
    assert panel.add() not in {"", order}
