"""OrderRequest: which fields each type of service needs, checked before anything is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.smm_panel.api import (
    SERVICE_TYPES,
    InvalidOrderError,
    OrderProblem,
    OrderRequest,
    Service,
    ServiceType,
    service_type,
)

LINK = "https://example.com/p"
SAMPLES: dict[str, Any] = {
    "link": LINK,
    "quantity": 100,
    "comments": ["nice", "wow"],
    "usernames": ["ann", "bob", "cat"],
    "username": "ann",
    "hashtags": ["#one", "#two"],
    "hashtag": "#one",
    "media": "https://example.com/m",
    "answer_number": 2,
    "groups": ["https://example.com/g"],
    "keywords": ["word"],
    "min": 10,
    "max": 20,
    "posts": 3,
    "old_posts": 1,
    "delay": 0,
    "expiry": date(2099, 1, 2),
    "country": "US",
    "device": 5,
    "type_of_traffic": 3,
    "runs": 2,
    "interval": 30,
    "google_keyword": "word",
    "referring_url": "https://example.com",
}
FORM: dict[str, str] = {
    **{name: str(value) for name, value in SAMPLES.items()},
    "comments": "nice\nwow",
    "usernames": "ann\nbob\ncat",
    "hashtags": "#one\n#two",
    "groups": "https://example.com/g",
    "keywords": "word",
    "expiry": "02/01/2099",
}
TYPES = [pytest.param(known, id=known.name) for known in SERVICE_TYPES]


def _sample(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: SAMPLES[name] for name in names}


def _service(**values: Any) -> Service:
    return Service(
        **{
            "id": "1",
            "name": "Followers",
            "type": "Default",
            "category": "",
            "rate": Decimal(1),
            "min": 10,
            "max": 1000,
            "refill": False,
            "cancel": False,
            **values,
        }
    )


def _problem(**values: Any) -> tuple[str, OrderProblem, int | None]:
    with pytest.raises(InvalidOrderError) as caught:
        OrderRequest(**{"service": "1", **values})
    return caught.value.field, caught.value.reason, caught.value.limit


@pytest.mark.parametrize("known", TYPES)
def test_form_of_each_type(known: ServiceType) -> None:
    """A field forgotten or sent under another name makes a paid order do something else."""
    request = OrderRequest(service="7", type=known.name, **_sample(known.fields))

    assert request.form() == {"service": "7", **{name: FORM[name] for name in known.fields}}
    assert request.known_type
    assert request.per_order is known.per_order


@pytest.mark.parametrize("known", TYPES)
def test_required_fields_of_each_type(known: ServiceType) -> None:
    """Panels answer a missing field with anything from an error to a wrong order."""
    for name in known.required:
        values = _sample(tuple(other for other in known.required if other != name))
        assert _problem(type=known.name, **values) == (name, OrderProblem.REQUIRED, None)


@pytest.mark.parametrize("known", TYPES)
def test_fields_of_other_types(known: ServiceType) -> None:
    """A field the type does not take is a misunderstanding, better reported than dropped."""
    for name in SAMPLES.keys() - set(known.fields):
        values = _sample((*known.required, name))
        problems = {_problem(type=known.name, **values)[:2]}
        assert problems <= {(name, OrderProblem.NOT_ALLOWED), ("runs", OrderProblem.NOT_ALLOWED)}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"quantity": 0}, ("quantity", "not_positive", None)),
        ({"quantity": -5}, ("quantity", "not_positive", None)),
        ({"quantity": 10**30}, ("quantity", "too_many", 2_147_483_647)),
        ({"quantity": True}, ("quantity", "not_a_number", None)),
        ({"quantity": 10.0}, ("quantity", "not_a_number", None)),
        ({"quantity": "10"}, ("quantity", "not_a_number", None)),
        ({"quantity": float("nan")}, ("quantity", "not_a_number", None)),
        ({"runs": 1, "interval": 5}, ("runs", "too_few", 2)),
        ({"runs": 2}, ("interval", "required", None)),
        ({"interval": 5}, ("runs", "required", None)),
        ({"runs": 2, "interval": 0}, ("interval", "not_positive", None)),
        ({"link": ""}, ("link", "required", None)),
        ({"link": " \n "}, ("link", "required", None)),
        ({"link": "https://example.com/a b"}, ("link", "contains_blank", None)),
        ({"link": "https://example.com/a\nb"}, ("link", "several_lines", None)),
        ({"link": "x" * 2001}, ("link", "too_long", 2000)),
        ({"link": 5}, ("link", "not_a_text", None)),
        ({"link": "\ud800"}, ("link", "not_a_text", None)),
        ({"extra": None}, ("extra", "not_a_text", None)),
        ({"service": ""}, ("service", "required", None)),
        ({"service": "1 2"}, ("service", "contains_blank", None)),
        ({"service": 1}, ("service", "not_a_text", None)),
        ({"extra": {"Quantity": "9"}}, ("Quantity", "not_allowed", None)),
        ({"extra": {"comments": "a"}}, ("comments", "not_allowed", None)),
        ({"extra": {"key": "a"}}, ("key", "not_allowed", None)),
        ({"extra": {"action": "cancel"}}, ("action", "not_allowed", None)),
        ({"extra": {"quantity[]": "9"}}, ("quantity[]", "bad_name", None)),
        ({"extra": {" quantity": "9"}}, (" quantity", "bad_name", None)),
        ({"extra": {5: "9"}}, ("5", "bad_name", None)),
        ({"extra": {"coupon": 9}}, ("coupon", "not_a_text", None)),
    ],
)
def test_refused_value(values: dict[str, Any], problem: tuple[str, str, int | None]) -> None:
    """A slip of the hand must be named before it costs money."""
    assert _problem(**{"link": LINK, "quantity": 100, **values}) == problem


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("Custom Comments", {"comments": " \n\n "}, ("comments", "required", None)),
        ("Custom Comments", {"comments": [1, 2]}, ("comments", "not_a_text", None)),
        ("Custom Comments", {"comments": b"ab"}, ("comments", "not_a_text", None)),
        ("Custom Comments", {"comments": {"a": "b"}}, ("comments", "not_a_text", None)),
        ("Poll", {"answer_number": 0}, ("answer_number", "not_positive", None)),
        ("Subscriptions", {"max": 5}, ("max", "too_few", 10)),
        ("Subscriptions", {"delay": -1}, ("delay", "too_few", 0)),
        ("Subscriptions", {"posts": -1}, ("posts", "too_few", 0)),
        ("Subscriptions", {"expiry": "02/01/2099"}, ("expiry", "not_a_date", None)),
        ("Subscriptions", {"expiry": date(2020, 1, 1)}, ("expiry", "past_date", None)),
        ("Web Traffic", {"device": 6}, ("device", "unknown_value", 5)),
        ("Web Traffic", {"device": 0}, ("device", "unknown_value", 5)),
        ("Web Traffic", {"type_of_traffic": 4}, ("type_of_traffic", "unknown_value", 3)),
        ("Web Traffic", {"type_of_traffic": 1}, ("google_keyword", "required", None)),
        ("Web Traffic", {"type_of_traffic": 2}, ("referring_url", "required", None)),
        ("Web Traffic", {"country": " "}, ("country", "required", None)),
    ],
)
def test_refused_value_of_a_type(
    name: str, values: dict[str, Any], problem: tuple[str, str, int | None]
) -> None:
    """Each type's own fields are checked as well."""
    sample = _sample(service_type(name).required)
    assert _problem(type=name, **{**sample, **values}) == problem


def test_message_names_field_reason_and_limit() -> None:
    """The error is readable where it is not translated."""
    with pytest.raises(ValueError, match=r"^runs: too_few \(2\)$"):
        OrderRequest(service="1", link=LINK, quantity=1, runs=1, interval=1)


@pytest.mark.parametrize(
    "comments",
    [
        ["nice", "wow"],
        ("nice", "wow"),
        "nice\nwow",
        "nice\r\n\r\n  wow  \n",
        ["nice\nwow", " "],
    ],
)
def test_lists_in_any_form(comments: Sequence[str]) -> None:
    """Panels charge lines: a hidden line break or an empty line must not cost money."""
    request = OrderRequest(service="1", type="custom_comments", link=LINK, comments=comments)

    assert request.comments == ("nice", "wow")
    assert request.count == 2
    assert request.form()["comments"] == "nice\nwow"


@pytest.mark.parametrize("name", ["Custom_comments", "custom-comments", " CUSTOM  COMMENTS "])
def test_spellings_of_a_type(name: str) -> None:
    """Panels spell type names as they like."""
    assert service_type(name).name == "Custom Comments"
    assert OrderRequest(service="1", type="  ", link=LINK, quantity=1).type == "Default"
    assert service_type(" ") is service_type("default")


def test_unknown_type() -> None:
    """A type of tomorrow can be ordered today, with the fields its panel asks for."""
    values: dict[str, Any] = {"service": "1", "type": "Realtime 2", "link": LINK, "quantity": 5}
    request = OrderRequest(**values, extra={"reaction": "heart", "usernames": "ann"})

    assert not request.known_type
    assert request.service_type.fields == ("link", "quantity", "runs", "interval")
    assert request.form() == {
        "service": "1",
        "link": LINK,
        "quantity": "5",
        "reaction": "heart",
        "usernames": "ann",
    }
    assert _problem(**values, extra={"runs": "9"}) == ("runs", OrderProblem.NOT_ALLOWED, None)
    assert _problem(**values, username="ann") == ("username", OrderProblem.NOT_ALLOWED, None)


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("Custom Comments", {"comments": "a\nb\nc"}),
        ("Custom Comments Package", {"comments": "a\nb\nc"}),
        ("Mentions Custom List", {"usernames": "a\nb\nc"}),
        ("Package", {}),
    ],
)
def test_quantity_of_a_type_without_one(type_: str, fields: dict[str, Any]) -> None:
    """Some panels refuse such an order without a quantity."""
    values: dict[str, Any] = {"service": "1", "type": type_, "link": LINK, **fields}

    assert OrderRequest(**values, extra={"quantity": "3"}).form()["quantity"] == "3"
    assert "quantity" not in OrderRequest(**values).form()
    for quantity, reason in (
        ("0", OrderProblem.NOT_POSITIVE),
        ("-3", OrderProblem.NOT_A_NUMBER),
        ("3.0", OrderProblem.NOT_A_NUMBER),
        ("\u0663", OrderProblem.NOT_A_NUMBER),
        ("9" * 5000, OrderProblem.NOT_A_NUMBER),
    ):
        assert _problem(**values, extra={"quantity": quantity})[:2] == ("quantity", reason)
    assert _problem(**values, extra={"Quantity": "3"})[0] == "Quantity"


def test_quantity_is_the_number_of_lines() -> None:
    """The panel may charge by either, and the price is worked out from the lines."""
    values: dict[str, Any] = {"type": "Custom Comments", "link": LINK, "comments": "a\nb"}

    for quantity, reason in (("1", OrderProblem.TOO_FEW), ("1000", OrderProblem.TOO_MANY)):
        assert _problem(service="1", **values, extra={"quantity": quantity}) == (
            "quantity",
            reason,
            2,
        )


def test_quantity_of_a_package_is_within_the_limits_of_the_service() -> None:
    """It may be what the panel charges by."""
    service = replace(_service(), type="Package", rate=Decimal(2), min=1, max=5000)
    request = OrderRequest(service="1", type="Package", link=LINK, extra={"quantity": "3000"})

    request.check_limits(service)
    assert request.estimate(service) == 6
    assert OrderRequest(service="1", type="Package", link=LINK).estimate(service) == 2
    with pytest.raises(InvalidOrderError) as caught:
        request.check_limits(replace(service, max=1))
    assert (caught.value.field, caught.value.reason) == ("quantity", OrderProblem.TOO_MANY)


def test_extra_is_a_copy() -> None:
    """What was checked is what is sent."""
    extra = {"request_id": "a1"}
    request = OrderRequest(service="1", link=LINK, quantity=5, extra=extra)
    extra["quantity"] = "9999"

    assert request.form() == {
        "service": "1",
        "link": LINK,
        "quantity": "5",
        "request_id": "a1",
    }


@pytest.mark.parametrize(
    ("name", "values", "count"),
    [
        ("Default", {"quantity": 100}, 100),
        ("Default", {"quantity": 100, "runs": 3, "interval": 5}, 300),
        ("Package", {}, None),
        ("Mentions Custom List", {}, 3),
        ("Comment Replies", {}, 2),
        ("Web Traffic", {"runs": 4, "interval": 5}, 400),
        ("Subscriptions", {"posts": 3}, 60),
        ("Subscriptions", {"posts": 3, "old_posts": 2}, 100),
        ("Subscriptions", {"posts": 0}, None),
        ("Subscriptions", {}, None),
        ("Likes spread", {}, None),
    ],
)
def test_count(name: str, values: dict[str, Any], count: int | None) -> None:
    """The estimate, and with it every spending limit, is made of this number."""
    sample = _sample(service_type(name).required)
    assert OrderRequest(service="1", type=name, **{**sample, **values}).count == count


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("Default", {"quantity": 10}, None),
        ("Default", {"quantity": 1000}, None),
        ("Default", {"quantity": 9}, ("quantity", "too_few", 10)),
        ("Default", {"quantity": 1001}, ("quantity", "too_many", 1000)),
        ("Default", {"quantity": 500, "runs": 9, "interval": 1}, None),
        ("Custom Comments", {}, ("comments", "too_few", 10)),
        ("Mentions Custom List", {}, ("usernames", "too_few", 10)),
        ("Package", {}, None),
        ("Custom Comments Package", {}, None),
        ("Subscriptions", {}, None),
        ("Subscriptions", {"min": 9}, ("min", "too_few", 10)),
        ("Subscriptions", {"max": 1001}, ("max", "too_many", 1000)),
    ],
)
def test_limits_of_the_service(
    name: str, values: dict[str, Any], problem: tuple[str, str, int] | None
) -> None:
    """What the panel would refuse is reported at once, and in the user's language."""
    sample = _sample(service_type(name).required)
    request = OrderRequest(service="1", type=name, **{**sample, **values})

    found = None
    try:
        request.check_limits(_service())
    except InvalidOrderError as err:
        found = (err.field, err.reason, err.limit)

    assert found == problem


@pytest.mark.parametrize(("dripfeed", "allowed"), [(True, True), (None, True), (False, False)])
def test_dripfeed_flag(*, dripfeed: bool | None, allowed: bool) -> None:
    """Stock panels send no flag, so only a clear no forbids a drip-feed."""
    request = OrderRequest(service="1", link=LINK, quantity=100, runs=2, interval=5)

    if allowed:
        request.check_limits(_service(dripfeed=dripfeed))
        return
    with pytest.raises(InvalidOrderError) as caught:
        request.check_limits(_service(dripfeed=dripfeed))
    assert (caught.value.field, caught.value.reason) == ("runs", OrderProblem.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("now", "refused"),
    [("2030-05-05 23:59", False), ("2030-05-06 11:59", False), ("2030-05-06 12:00", True)],
)
def test_expiry_is_past_when_it_is_past_everywhere(
    freezer: FrozenDateTimeFactory, now: str, *, refused: bool
) -> None:
    """The panel's time zone is unknown: today, somewhere, is no mistake."""
    freezer.move_to(now)
    values = _sample(("username", "min", "max", "delay"))

    found = None
    try:
        OrderRequest(service="1", type="Subscriptions", expiry=date(2030, 5, 5), **values)
    except InvalidOrderError as err:
        found = err.reason

    assert (found is OrderProblem.PAST_DATE) is refused


def test_expiry_with_a_time() -> None:
    """A moment is a date too, and the panel wants the date."""
    moment = datetime.now(UTC) + timedelta(days=1)
    values = _sample(("username", "min", "max", "delay"))
    request = OrderRequest(service="1", type="Subscriptions", expiry=moment, **values)

    assert request.expiry == moment.date()
    assert request.form()["expiry"] == f"{moment:%d/%m/%Y}"
