"""The service list."""

from decimal import Decimal

from custom_components.smm_panel.simulator import CATALOG
from tests.helpers.simulated_orders import FIELDS, make_panel


def test_services_have_the_shape_of_the_document() -> None:
    """A row whose numbers are of another kind than the document's would test the wrong thing."""
    first = make_panel().ask("services")[0]

    assert first == {
        "service": 101,
        "name": "Instagram Followers | Mixed | No Refill",
        "type": "Default",
        "category": "Instagram Followers",
        "rate": "0.90",
        "min": "50",
        "max": "10000",
        "refill": False,
        "cancel": True,
        "dripfeed": True,
    }


def test_every_type_is_sold() -> None:
    """A type nobody sells is a type nobody tries."""
    assert {service.type for service in CATALOG} == FIELDS.keys()


def test_catalogue_is_sound() -> None:
    """Doubled ids, empty ranges or free services would make orders nobody can place."""
    assert len({service.service for service in CATALOG}) == len(CATALOG)
    assert 55 <= len(CATALOG) <= 70
    assert len({service.category for service in CATALOG}) > 5
    for service in CATALOG:
        assert 1 <= service.min <= service.max
        assert Decimal(service.rate) > 0
        assert not service.dripfeed or service.type in {"Default", "Web Traffic"}
    for flag in ("refill", "cancel", "dripfeed"):
        assert len({getattr(service, flag) for service in CATALOG}) == 2
