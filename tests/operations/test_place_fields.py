"""The fields of the action place_order: what people write and what the panel is sent."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.smm_panel.api import OrderProblem
from custom_components.smm_panel.simulator.server import PanelServer
from tests.helpers.actions import LINK, ORDER, SUBSCRIPTION, act, sent_order
from tests.helpers.orders import FOLLOWERS

TOMORROW = dt_util.utcnow().date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        ({"service": int(FOLLOWERS)}, {"service": FOLLOWERS}),
        ({"service": float(FOLLOWERS)}, {"service": FOLLOWERS}),
        ({"service": f" {FOLLOWERS} "}, {"service": FOLLOWERS}),
        ({"quantity": 1000.0}, {"quantity": "1000"}),
        ({"quantity": "1000"}, {"quantity": "1000"}),
        ({"quantity": " 1000.0 "}, {"quantity": "1000"}),
        ({"link": f"  {LINK}\n"}, {"link": LINK}),
        ({"runs": "2", "interval": 30.0}, {"runs": "2", "interval": "30"}),
        ({"runs": None, "interval": None, "comments": None, "extra": None}, {}),
        ({"extra": {"coupon": "SPRING", "is_test": 1}}, {"coupon": "SPRING", "is_test": "1"}),
    ],
)
async def test_numbers_and_texts_are_taken_as_people_write_them(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    fields: dict[str, object],
    form: dict[str, str],
) -> None:
    """YAML makes numbers of ids, templates make texts or floats of numbers."""
    await act(hass, "place_order", **ORDER | fields)

    asked = {"service": FOLLOWERS, "link": LINK, "quantity": "1000"}
    assert sent_order(panel) == asked | form


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        (
            {"service": "143", "link": LINK, "usernames": [f"name{n}" for n in range(9)] + [2026]},
            {"usernames": "\n".join([f"name{n}" for n in range(9)] + ["2026"])},
        ),
        (
            {"service": "133", "link": LINK, "comments": "Lovely!\r\n\n  Where was this? \n"},
            {"comments": "Lovely!\nWhere was this?"},
        ),
        ({"service": "105", "link": LINK}, {}),
        (
            SUBSCRIPTION | {"username": 12345, "posts": 3, "expiry": TOMORROW},
            {"username": "12345", "posts": "3", "expiry": f"{TOMORROW:%d/%m/%Y}"},
        ),
        (
            SUBSCRIPTION | {"posts": 3, "expiry": TOMORROW.isoformat()},
            {"expiry": f"{TOMORROW:%d/%m/%Y}"},
        ),
        (
            {
                "service": "701",
                "link": LINK,
                "quantity": 500,
                "country": "US",
                "device": "5",
                "type_of_traffic": "1",
                "google_keyword": "garden flowers",
            },
            {"device": "5", "type_of_traffic": "1", "google_keyword": "garden flowers"},
        ),
    ],
)
async def test_each_kind_of_field_reaches_the_panel(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    fields: dict[str, object],
    form: dict[str, str],
) -> None:
    """Lists are lines on the wire and dates d/m/Y; the panel counts and charges them."""
    answer = await act(hass, "place_order", **fields)

    assert answer["order"]
    assert form.items() <= sent_order(panel).items()


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"service": ""}, "service", "required"),
        ({"service": None}, "service", "required"),
        ({"link": None}, "link", "required"),
        ({"link": "https://example.com/a b"}, "link", "contains_blank"),
        ({"link": f"{LINK}\n{LINK}"}, "link", "several_lines"),
        ({"link": True}, "link", "not_a_text"),
        ({"link": "x" * 3000}, "link", "too_long"),
        ({"quantity": None}, "quantity", "required"),
        ({"quantity": ""}, "quantity", "not_a_number"),
        ({"quantity": "unavailable"}, "quantity", "not_a_number"),
        ({"quantity": "1,000"}, "quantity", "not_a_number"),
        ({"quantity": 2.5}, "quantity", "not_a_number"),
        ({"quantity": "2.5"}, "quantity", "not_a_number"),
        ({"quantity": True}, "quantity", "not_a_number"),
        ({"quantity": float("nan")}, "quantity", "not_a_number"),
        ({"quantity": float("inf")}, "quantity", "not_a_number"),
        ({"quantity": [100]}, "quantity", "not_a_number"),
        ({"quantity": 0}, "quantity", "not_positive"),
        ({"quantity": "-100"}, "quantity", "not_positive"),
        ({"quantity": 49}, "quantity", "too_few"),
        ({"quantity": 10_001}, "quantity", "too_many"),
        ({"quantity": 10**18}, "quantity", "too_many"),
        ({"quantity": "1" + "0" * 50}, "quantity", "too_many"),
        ({"comments": ["Lovely!"]}, "comments", "not_allowed"),
        ({"runs": 1, "interval": 1}, "runs", "too_few"),
        ({"runs": 2}, "interval", "required"),
        ({"extra": {"quantity": "5"}}, "quantity", "not_allowed"),
        ({"extra": {"coupon": [1]}}, "coupon", "not_a_text"),
        ({"extra": {"coupon[]": "SPRING"}}, "coupon[]", "bad_name"),
        ({"extra": {5: "SPRING"}}, "5", "bad_name"),
        (SUBSCRIPTION | {"expiry": "31/12/2027"}, "expiry", "not_a_date"),
        (SUBSCRIPTION | {"expiry": "2020-01-01"}, "expiry", "past_date"),
        (
            {"service": "701", "country": "US", "device": 6, "type_of_traffic": 3},
            "device",
            "unknown_value",
        ),
        ({"service": "133", "comments": [True]}, "comments", "not_a_text"),
    ],
)
async def test_what_cannot_be_ordered_is_refused_by_name(
    hass: HomeAssistant,
    setup_entry: MockConfigEntry,
    panel: PanelServer,
    fields: dict[str, object],
    field: str,
    problem: OrderProblem,
) -> None:
    """The error must name the field, and a wrong order must never be sent."""
    order = ORDER
    if fields.get("service", FOLLOWERS) in {"121", "133"}:
        order = {} if "username" in fields else {"link": LINK}
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", **order | fields)

    assert error.value.translation_key == f"invalid_order_{problem}"
    assert error.value.translation_placeholders
    assert error.value.translation_placeholders["field"] == field
    # A bound that is told must be known.
    assert "None" not in str(error.value)
    assert panel.count("add") == 0
    assert not setup_entry.runtime_data.order_book.orders


async def test_without_service_or_preset_nothing_is_ordered(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer
) -> None:
    """Which service is meant must never be guessed."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", link=LINK)

    assert error.value.translation_key == "invalid_order_required"
    assert panel.count("add") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"service": ["101"]},
        ORDER | {"type": "Package"},
        ORDER | {"extra": "coupon"},
        ORDER | {"dry_run": "perhaps"},
    ],
)
async def test_fields_of_a_wrong_shape_are_refused(
    hass: HomeAssistant, setup_entry: MockConfigEntry, panel: PanelServer, fields: dict[str, object]
) -> None:
    """A misspelt field must not be ignored: it may be the one that saves money."""
    with pytest.raises(vol.Invalid):
        await act(hass, "place_order", **fields)

    assert panel.count("add") == 0
