"""The texts: every key the code uses is there, none is left over, all are well-formed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any, cast

from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.smm_panel import PLATFORMS
from custom_components.smm_panel.activity import Activity
from custom_components.smm_panel.api import OrderProblem
from custom_components.smm_panel.condition import CONDITIONS
from custom_components.smm_panel.issues import PANEL_MOVED, Issue
from custom_components.smm_panel.money.limits import Limit
from custom_components.smm_panel.repairs.unconfirmed_order import ATTR_ORDER
from custom_components.smm_panel.trigger import TRIGGERS

FOLDER = Path(__file__).parents[2] / "custom_components" / "smm_panel"
TEXTS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text("utf-8"))
EXCEPTIONS: dict[str, dict[str, str]] = TEXTS["exceptions"]

# Home Assistant's rules for custom integrations (script/hassfest/translations.py).
KEY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
HTML = re.compile(r"<[a-z/!]", re.IGNORECASE)
ADDRESS = re.compile(r"\w+://|\bwww\.", re.IGNORECASE)
QUOTED_PLACEHOLDER = re.compile(r"'\{\w*\}'")


@dataclass(frozen=True)
class UsedKey:
    """A place in the code that names the text of an exception.

    `given` are its placeholders, None where they come from elsewhere.
    """

    key: str
    given: frozenset[str] | None
    place: str


def calls(path: Path) -> Iterator[tuple[ast.Call, dict[str, ast.expr]]]:
    """Every call in a module with its keyword arguments."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node, {word.arg: word.value for word in node.keywords if word.arg}


def used_keys() -> Iterator[UsedKey]:
    """Every text of an exception that the code names."""
    for path in FOLDER.rglob("*.py"):
        for call, keywords in calls(path):
            place = f"{path.name}:{call.lineno}"
            if isinstance(call.func, ast.Name) and call.func.id == "Translation":
                key, placeholders = call.args
            elif isinstance(call.func, ast.Name) and call.func.id in {"failed", "refused"}:
                (key,) = call.args
                placeholders = ast.Dict([ast.Constant(name) for name in keywords], [])
            elif "translation_domain" in keywords:
                key = keywords["translation_key"]
                placeholders = keywords.get("translation_placeholders", ast.Dict([], []))
            else:
                continue
            for name in names(key):
                yield UsedKey(name, given(placeholders), place)


COMPOSED = {
    "f'invalid_order_{err.reason}'": [f"invalid_order_{problem}" for problem in OrderProblem],
    "f'over_{err.limit}'": [f"over_{limit}" for limit in Limit],
}


def names(key: ast.expr) -> Iterator[str]:
    """The keys that an expression stands for."""
    if isinstance(key, ast.Constant):
        yield str(key.value)
    elif isinstance(key, ast.JoinedStr):
        # A composed key that is not spelled out here is an error.
        yield from COMPOSED[ast.unparse(key)]
    else:
        # Keys that are found where they are given: to Translation, refused, failed; in book_store.
        assert ast.unparse(key) in {"text.key", "err.translation_key", "key"}


def given(placeholders: ast.expr) -> frozenset[str] | None:
    """The names in a literal mapping."""
    if not isinstance(placeholders, ast.Dict):
        return None
    return frozenset(ast.literal_eval(name) for name in placeholders.keys if name)


def placeholders(text: str) -> set[str]:
    """The names in the braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def flat(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its path."""
    for key, value in texts.items():
        where = f"{path}.{key}".removeprefix(".")
        if isinstance(value, dict):
            yield from flat(value, where)
        else:
            yield where, value


USED = sorted(used_keys(), key=lambda used: used.place)


def test_every_exception_has_its_text_and_no_text_is_left_over() -> None:
    """Without its text an exception shows its key; a leftover text misleads translators."""
    assert {used.key for used in USED} == EXCEPTIONS.keys()


@pytest.mark.parametrize("used", USED, ids=lambda used: f"{used.key} in {used.place}")
def test_exceptions_give_what_their_texts_name(used: UsedKey) -> None:
    """A placeholder that is not given is shown in its braces."""
    if used.given is not None:
        assert placeholders(EXCEPTIONS[used.key]["message"]) <= used.given


ISSUES: dict[str, dict[str, Any]] = TEXTS["issues"]
ISSUE_KEYS = {
    "Issue.BOOK_DAMAGED": Issue.BOOK_DAMAGED,
    "Issue.ORDERS_LOST_OPTIONS": Issue.ORDERS_LOST_OPTIONS,
    "Issue.ORDERS_SERVICE_GONE": Issue.ORDERS_SERVICE_GONE,
    "Issue.PRESET_SERVICE_GONE": Issue.PRESET_SERVICE_GONE,
    "Issue.PRESET_TOO_EXPENSIVE": Issue.PRESET_TOO_EXPENSIVE,
    "Issue.PRESET_UNFIT": Issue.PRESET_UNFIT,
    "Issue.PRICE_CHANGED": Issue.PRICE_CHANGED,
    "Issue.UNCONFIRMED_ORDER": Issue.UNCONFIRMED_ORDER,
    "PANEL_MOVED": PANEL_MOVED,
}


@dataclass(frozen=True)
class RaisedIssue:
    """An issue that the code raises, and the placeholders it gives."""

    is_fixable: bool
    given: frozenset[str]


def raised_issues() -> Iterator[tuple[str, RaisedIssue]]:
    """Every issue that the code raises, by its key."""
    for path in FOLDER.rglob("*.py"):
        for call, keywords in calls(path):
            if ast.unparse(call.func) == "async_warn":
                *_, key, named = call.args
                is_fixable, always = False, {"account"}
            elif ast.unparse(call.func) == "ir.async_create_issue":
                key, named = keywords["translation_key"], keywords["translation_placeholders"]
                is_fixable, always = ast.literal_eval(keywords["is_fixable"]), set()
            else:
                continue
            # What `async_warn` raises itself is found at its callers.
            if ast.unparse(key) != "issue":
                raised = RaisedIssue(is_fixable, (given(named) or frozenset()) | always)
                yield ISSUE_KEYS[ast.unparse(key)], raised


def test_every_issue_has_its_text_and_no_text_is_left_over() -> None:
    """Without its text the list of repairs shows an empty line."""
    raised = dict(raised_issues())

    assert raised.keys() == ISSUES.keys()
    for key, issue in raised.items():
        texts = ISSUES[key]
        assert texts.keys() == {"title", "fix_flow" if issue.is_fixable else "description"}
        named = placeholders(texts["title"]) | placeholders(texts.get("description", ""))
        assert named <= issue.given


@dataclass(frozen=True)
class FixFlow:
    """What a fix flow can show, by the keys of the texts, and the placeholders it gives."""

    steps: set[str]
    menu_options: set[str]
    errors: set[str]
    aborts: set[str]
    given: set[str]


# How settling an order can fail: the texts are those of the flow.
NOT_SETTLED = {
    ast.literal_eval(call.args[0])
    for call, _ in calls(FOLDER / "operations" / "settle.py")
    if ast.unparse(call.func) == "NotSettledError"
}


def fix_flow(issue: Issue, name: str) -> FixFlow:
    """Read from the class of a flow what it can show."""
    trees = [ast.parse(path.read_text("utf-8")) for path in FOLDER.glob("repairs/*.py")]
    (flow,) = (
        node
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == name
    )
    found = FixFlow(set(), set(), set(), set(), set())
    if "ConfirmRepairFlow" in map(ast.unparse, flow.bases):
        # Home Assistant's own step, which gives the placeholders of the issue.
        found.steps.add("confirm")
        found.given.update(dict(raised_issues())[issue].given)
    for node in ast.walk(flow):
        if isinstance(node, ast.keyword) and node.arg == "menu_options":
            found.menu_options.update(ast.literal_eval(node.value))
        elif isinstance(node, ast.keyword) and node.arg == "step_id":
            if isinstance(node.value, ast.Constant):
                found.steps.add(str(node.value.value))
        elif isinstance(node, ast.keyword) and node.arg == "reason":
            found.aborts.add(ast.literal_eval(node.value))
        elif isinstance(node, ast.Dict):
            values = {
                str(key.value): value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            base = values.pop("base", None)
            if isinstance(base, ast.Constant):
                found.errors.add(str(base.value))
            elif base is not None:
                assert ast.unparse(base) == "err.key"
                found.errors.update(NOT_SETTLED)
            found.given.update(values)
    # An entry of a menu leads to the step of its name.
    found.steps.update(found.menu_options)
    return found


@pytest.mark.parametrize(
    ("issue", "flow"),
    [
        (Issue.BOOK_DAMAGED, "BookDamagedFlow"),
        (Issue.PRICE_CHANGED, "PriceChangedFlow"),
        (Issue.UNCONFIRMED_ORDER, "UnconfirmedOrderFlow"),
    ],
)
def test_every_fix_flow_has_its_texts_and_no_text_is_left_over(issue: Issue, flow: str) -> None:
    """A dialog without its text shows a key, or nothing, where the user has to decide."""
    texts, shown = ISSUES[issue]["fix_flow"], fix_flow(issue, flow)

    assert shown.steps == texts["step"].keys()
    assert shown.errors == texts.get("error", {}).keys()
    assert shown.aborts == texts["abort"].keys()
    options = [step.get("menu_options", {}).keys() for step in texts["step"].values()]
    assert shown.menu_options == set().union(*options)
    for _, text in flat({"step": texts["step"], "error": texts.get("error", {})}):
        assert placeholders(text) <= shown.given
    assert not any(placeholders(text) for text in texts["abort"].values())


def test_the_fields_of_fix_flows_have_their_texts() -> None:
    """A bare key leaves people guessing what to enter."""
    fields = {
        field
        for issue in ISSUES.values()
        for step in issue.get("fix_flow", {"step": {}})["step"].values()
        for field in step.get("data", {})
    }

    assert fields == {ATTR_ORDER}


def preset_errors() -> dict[str, frozenset[str] | None]:
    """Every error that the dialog of a preset can show, with the placeholders known to be given."""
    found: dict[str, frozenset[str] | None] = {
        f"invalid_order_{problem}": frozenset({"field", "limit"}) for problem in OrderProblem
    }
    for call, _ in calls(FOLDER / "errors.py"):
        # A dialog writes nothing, so nothing it asks for has an unknown outcome.
        if ast.unparse(call.func) == "Translation" and "outcome_unknown" not in ast.unparse(call):
            key, named = call.args
            # A name stands for {"reason": ...}, which most of the panel's errors give.
            found[ast.literal_eval(key)] = given(named) or frozenset({"reason"})
    for node in ast.walk(ast.parse((FOLDER / "presets" / "flow.py").read_text("utf-8"))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("errors["):
            told = ast.walk(node.value)
        elif isinstance(node, ast.Dict) and [*map(ast.unparse, node.values)] == ["'invalid_extra'"]:
            told = iter(node.values)
        else:
            continue
        for value in told:
            if isinstance(value, ast.Constant):
                found[str(value.value)] = None
    return found


def test_every_error_of_a_preset_has_its_text_and_no_text_is_left_over() -> None:
    """Without its text the dialog shows a key, and the user does not know what to do next."""
    texts = TEXTS["config_subentries"]["preset"]["error"]

    assert preset_errors().keys() == texts.keys()
    for key, given_there in preset_errors().items():
        if given_there is not None:
            assert placeholders(texts[key]) <= given_there


@pytest.mark.parametrize("platform", PLATFORMS)
def test_entities_have_their_names_and_no_name_is_left_over(platform: str) -> None:
    """An entity without its text takes the name of its device."""
    used = {
        ast.literal_eval(keywords["translation_key"])
        for path in (*FOLDER.glob(f"{platform}.py"), *FOLDER.glob(f"{platform}/*.py"))
        for _, keywords in calls(path)
        if "translation_key" in keywords and "translation_domain" not in keywords
    }

    assert used == TEXTS["entity"][platform].keys()
    assert all(text["name"] for text in TEXTS["entity"][platform].values())


def test_every_activity_has_its_words_and_none_is_left_over() -> None:
    """Without them the event entity shows a key; an attribute without its name does too."""
    attributes = TEXTS["entity"]["event"]["order_activity"]["state_attributes"]

    assert attributes["event_type"]["state"].keys() == set(Activity)
    assert all(attribute["name"] for attribute in attributes.values())


@pytest.mark.parametrize(
    ("category", "classes"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)]
)
def test_triggers_and_conditions_have_their_forms_and_texts(
    category: str, classes: dict[str, type]
) -> None:
    """The editor leaves out what has no form, and shows a key for a field without its name."""
    forms = load_yaml_dict(FOLDER / f"{category}.yaml")
    texts = TEXTS[category]

    assert forms.keys() == texts.keys() == classes.keys()
    for name, form in forms.items():
        assert texts[name].keys() == {"name", "description", "fields"}
        fields = texts[name]["fields"]
        assert form["fields"].keys() == fields.keys()
        assert all(field["name"] for field in fields.values())
        # What the two of Home Assistant's own mean is told by their names.
        explained = {field for field, words in fields.items() if "description" in words}
        assert explained == fields.keys() - {"behavior", "for"}


def is_well_formed(path: str, text: str) -> bool:
    """Whether a text keeps the rules of hassfest."""
    return (
        all(KEY.fullmatch(key) for key in path.split("."))
        and text == text.strip() != ""
        and not any(rule.search(text) for rule in (HTML, ADDRESS, QUOTED_PLACEHOLDER))
        and all(name.isidentifier() for name in placeholders(text))
    )


def test_texts_keep_home_assistants_rules() -> None:
    """Hassfest refuses a release for any of these, and runs only on the server."""
    assert [path for path, text in flat(TEXTS) if not is_well_formed(path, text)] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.B", "Text"),
        ("a._b", "Text"),
        ("a", ""),
        ("a", " Text"),
        ("a", "<b>Text</b>"),
        ("a", "See https://example.com"),
        ("a", "The '{name}'"),
        ("a", "The {first name}"),
    ],
)
def test_the_rules_are_enforced(path: str, text: str) -> None:
    """A rule with a slip in its pattern would let everything pass."""
    assert is_well_formed("a.b_c", "The {name}, 5 > 4.")
    assert not is_well_formed(path, text)


def steps() -> Iterator[Any]:
    """The forms of the flows, by their place."""
    flows = {flow: TEXTS[flow] for flow in ("config", "options")}
    flows |= {key: issue["fix_flow"] for key, issue in ISSUES.items() if "fix_flow" in issue}
    for flow, texts in flows.items():
        for name, step in texts["step"].items():
            yield pytest.param(step, id=f"{flow} {name}")


@pytest.mark.parametrize("step", steps())
def test_every_field_of_a_form_is_explained(step: dict[str, Any]) -> None:
    """A bare "API key" leaves people searching for it."""
    assert step.get("data", {}).keys() == step.get("data_description", {}).keys()


# Home Assistant reads the forms of these from the file of the same name.
FORMS = {
    path.stem: cast("dict[str, Any]", load_yaml_dict(path))
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem in {"services", "triggers", "conditions"}
}


def form_fields(fields: dict[str, Any]) -> Iterator[str]:
    """The fields of a form, those in sections too."""
    for name, field in fields.items():
        if "fields" in field:
            yield from form_fields(field["fields"])
        else:
            yield name


def wordless(forms: dict[str, Any], words: dict[str, Any]) -> list[str]:
    """Forms without name and description, fields without name, and texts without either."""
    found = sorted(forms.keys() ^ words.keys())
    for name in forms.keys() & words.keys():
        texts: dict[str, Any] = words[name].get("fields", {})
        shown = set(form_fields((forms[name] or {}).get("fields", {})))
        found += [f"{name} {field}" for field in sorted(shown ^ texts.keys())]
        found += [f"{name} {field}" for field, text in texts.items() if not text.get("name")]
        if not (words[name].get("name") and words[name].get("description")):
            found.append(name)
    return found


FULL: dict[str, Any] = {
    "name": "Add",
    "description": "Adds.",
    "fields": {"id": {"name": "Id"}},
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_of_an_automation_has_its_words(kind: str) -> None:
    """A field without its name is shown as a bare key in the editor."""
    # Keys that begin with a dot hold what several forms share.
    forms = {name: form for name, form in FORMS[kind].items() if not name.startswith(".")}

    assert wordless(forms, TEXTS[kind]) == []


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"add": {"name": "Add"}},
        {"add": {"name": "Add", "description": "Adds."}},
        {"add": {"name": "Add", "description": "Adds.", "fields": {"id": {}}}},
        {"add": {"name": "Add", "fields": FULL["fields"]}},
        {"add": FULL | {"fields": FULL["fields"] | {"old": FULL["fields"]["id"]}}},
        {"add": FULL, "old": FULL},
    ],
)
def test_forms_without_words_are_found(words: dict[str, Any]) -> None:
    """A check that lets one of these pass guards nothing."""
    forms = {"add": {"fields": {"more": {"fields": {"id": {"selector": {"text": None}}}}}}}

    assert wordless(forms, {"add": FULL}) == []
    assert wordless(forms, words) != []
