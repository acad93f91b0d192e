"""The forms of the actions: services.yaml, the schemas, the texts and the icons agree."""

from dataclasses import fields as dataclass_fields
import json
from pathlib import Path
from typing import Any, cast

from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.smm_panel.api import SERVICE_TYPES, OrderRequest
from custom_components.smm_panel.api.order_fields import NUMBERS
from custom_components.smm_panel.schemas import STATUS_FILTERS
from custom_components.smm_panel.services import ACTIONS

FOLDER = Path(__file__).parents[2] / "custom_components" / "smm_panel"
FORMS = cast("dict[str, Any]", load_yaml_dict(FOLDER / "services.yaml"))
TEXTS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text("utf-8"))
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text("utf-8"))

GUARDS = {"max_charge", "max_rate", "allow_duplicate"}
"""Of a call, not of an order."""


def sections(action: str) -> dict[str, Any]:
    """Return the groups of fields in the form of an action."""
    return {name: field for name, field in FORMS[action]["fields"].items() if "fields" in field}


def form(action: str) -> dict[str, Any]:
    """Return the fields in the form of an action, those in sections too."""
    inside = [section["fields"] for section in sections(action).values()]
    top = {name: field for name, field in FORMS[action]["fields"].items() if "fields" not in field}
    together = {name: field for fields in (top, *inside) for name, field in fields.items()}
    assert len(together) == len(top) + sum(map(len, inside)), "a field stands in two sections"
    return together


def schema(action: str) -> dict[str, Any]:
    """Return the fields that an action takes, each as it is marked."""
    return {str(marker): marker for marker in ACTIONS[action].schema.schema}


ALL_FIELDS = [
    pytest.param(field, id=f"{action} {name}")
    for action in FORMS
    for name, field in form(action).items()
]


def test_every_action_has_form_texts_and_icon() -> None:
    """An action without them is a blank line in the automation editor."""
    assert FORMS.keys() == ACTIONS.keys() == TEXTS["services"].keys() == ICONS["services"].keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_the_form_offers_what_the_action_takes(action: str) -> None:
    """A field missing in the form can be used by nobody who writes no YAML."""
    marked = schema(action)
    shown = form(action)

    assert shown.keys() == marked.keys()
    assert {name for name, field in shown.items() if field.get("required")} == {
        name for name, marker in marked.items() if isinstance(marker, vol.Required)
    }
    defaults = {name: field["default"] for name, field in shown.items() if "default" in field}
    assert defaults == {name: marked[name].default() for name in defaults}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_field_and_section_is_explained(action: str) -> None:
    """The form shows nothing else of what a field is for."""
    texts = TEXTS["services"][action]

    assert texts["name"]
    assert texts["description"]
    assert texts["fields"].keys() == form(action).keys()
    assert texts.get("sections", {}).keys() == sections(action).keys()
    assert sections(action).keys() == ICONS["services"][action].get("sections", {}).keys()
    for text in (*texts["fields"].values(), *texts.get("sections", {}).values()):
        assert text.keys() == {"name", "description"}


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_fields_have_working_selectors_and_options_their_texts(field: dict[str, Any]) -> None:
    """A selector that Home Assistant refuses breaks the forms of all actions."""
    selector = field["selector"]
    validate_selector(selector)
    options = (selector.get("select") or {}).get("options", [])
    key = (selector.get("select") or {}).get("translation_key")

    assert key is None or TEXTS["selector"][key]["options"].keys() == set(options)


def test_orders_can_be_filled_in_completely() -> None:
    """Each field of an order can be given; the type is the service's own."""
    order = {field.name for field in dataclass_fields(OrderRequest)} - {"type"}

    assert schema("place_order").keys() == order | {"config_entry_id", "dry_run", "preset"} | GUARDS


@pytest.mark.parametrize("field", ["dry_run", "allow_duplicate"])
def test_a_tick_is_the_switch(field: str) -> None:
    """With a default the box is ticked and the switch off: "Dry run" would spend money."""
    assert form("place_order")[field] == {"selector": {"constant": {"value": True}}}


def test_choices_are_those_the_code_knows() -> None:
    """A choice the code does not know finds nothing."""
    types = form("get_services")["type"]["selector"]["select"]["options"]
    filters = form("get_orders")["status"]["selector"]["select"]["options"]

    assert types == [known.name for known in SERVICE_TYPES]
    assert filters == list(STATUS_FILTERS)


def test_the_smallest_numbers_are_those_of_an_order() -> None:
    """A form that allows less lets people type what is then refused."""
    shown = {
        name: field["selector"]["number"]["min"]
        for name, field in form("place_order").items()
        if "number" in field["selector"] and name not in GUARDS
    }

    assert shown == {name: NUMBERS[name] for name in shown}
    assert NUMBERS.keys() - shown.keys() == {"device", "type_of_traffic"}


def test_home_assistant_takes_the_forms() -> None:
    """A form that does not fit its schema is left out, with a line in the log."""
    # Home Assistant itself offers no way to this check but to load every integration.
    assert _SERVICES_SCHEMA(FORMS).keys() == FORMS.keys()
