"""The texts: every key the code uses is there, none is left over, all are well-formed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest

from custom_components.smm_panel import PLATFORMS
from custom_components.smm_panel.api import OrderProblem
from custom_components.smm_panel.limits import Limit

FOLDER = Path(__file__).parents[1] / "custom_components" / "smm_panel"
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
    for path in FOLDER.glob("*.py"):
        for call, keywords in calls(path):
            place = f"{path.name}:{call.lineno}"
            if isinstance(call.func, ast.Name) and call.func.id == "Translation":
                key, placeholders = call.args
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
        # Keys that are found where they are made: at Translation(...), in book_store.py.
        assert ast.unparse(key) in {"text.key", "err.translation_key"}


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


@pytest.mark.parametrize("platform", PLATFORMS)
def test_entities_have_their_names_and_no_name_is_left_over(platform: str) -> None:
    """An entity without its text takes the name of its device."""
    used = {
        ast.literal_eval(keywords["translation_key"])
        for _, keywords in calls(FOLDER / f"{platform}.py")
        if "translation_key" in keywords and "translation_domain" not in keywords
    }

    assert used == TEXTS["entity"][platform].keys()
    assert all(text["name"] for text in TEXTS["entity"][platform].values())


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
    for flow in ("config", "options"):
        for name, step in TEXTS[flow]["step"].items():
            yield pytest.param(step, id=f"{flow} {name}")


@pytest.mark.parametrize("step", steps())
def test_every_field_of_a_form_is_explained(step: dict[str, Any]) -> None:
    """A bare "API key" leaves people searching for it."""
    assert step.get("data", {}).keys() == step.get("data_description", {}).keys()
