"""Which private names of Home Assistant the integration uses, and that they mean what it needs.

A private name may change with any release and without a note. Each one in use stands in a table
below: as an extension point that Home Assistant made for integrations, or with what would break
and the test that fails first.
"""

# ruff: noqa: SLF001 - private names are what this is about

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
import inspect
from pkgutil import walk_packages
from textwrap import dedent
from typing import Any, Final, override
from unittest.mock import Mock, patch

from homeassistant.components.todo import TodoListEntity
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    ConditionConfig,
    EntityConditionBase,
)
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import async_handle_entity_calls
from homeassistant.helpers.storage import Store
from homeassistant.helpers.trigger import EntityTriggerBase
from homeassistant.util.file import WriteError
import pytest

from custom_components import smm_panel
from custom_components.smm_panel.button import OrderButton, PresetButton
from custom_components.smm_panel.orders.book_snapshot import BookSnapshot
from custom_components.smm_panel.todo import OrderList

EXTENSION_POINTS: Final[Mapping[str, str]] = {
    "_async_abort_entries_match": "documented for config flows",
    "_async_current_entries": "documented for config flows",
    "_async_update_data": "documented for coordinators",
    "_attr_device_info": "documented for entities",
    "_attr_has_entity_name": "documented for entities",
    "_attr_should_poll": "documented for entities",
    "_attr_supported_features": "documented for entities",
    "_attr_unique_id": "documented for entities",
    "_domain_specs": "what a trigger or condition of an integration has to set",
    "_get_entry": "documented for subentry flows",
    "_get_reauth_entry": "documented for config flows",
    "_get_reconfigure_entry": "documented for config flows",
    "_get_reconfigure_subentry": "documented for subentry flows",
    "_hass": "what a trigger or condition of an integration reads states with",
    "_options": "where a trigger of an integration finds its options",
    "_schema": "what a trigger or condition of an integration has to set",
    "_should_include": "its docstring tells conditions to override it",
    "_trigger_event": "documented for event entities",
    "_unrecorded_attributes": "documented for entities",
}

GUARDED: Final[Mapping[str, str]] = {
    "_async_write_data": (
        "orders.book_snapshot: an intent that is not on disk would pass for saved, and its order "
        "would be sent"
    ),
    "_async_write_ha_state": (
        "todo: each change of an order would make and copy all items, or the list would not be "
        "updated"
    ),
    "_check_all_match_state": "condition: a condition on all of no accounts would be true",
    "_update_listeners": "todo: an open list would not be updated, or all items be made for nobody",
}


def own_classes() -> Iterator[type]:
    """Every class of the integration that is derived from one of Home Assistant."""
    root = smm_panel.__name__
    for found in [None, *walk_packages(smm_panel.__path__, f"{root}.")]:
        module = import_module(root if found is None else found.name)
        for member in vars(module).values():
            if isinstance(member, type) and member.__module__ == module.__name__:
                yield member


@cache
def tree_of(owner: type) -> ast.Module:
    """Return the syntax tree of a class; an empty one of a class without source."""
    try:
        return ast.parse(dedent(inspect.getsource(owner)))
    except OSError, TypeError:
        return ast.Module([], [])


def is_own_object(value: ast.expr) -> bool:
    """Whether an expression is the object itself or its base classes."""
    return ast.unparse(value).startswith(("self", "cls", "super(")) and not isinstance(
        value, ast.Attribute
    )


def names_in(owner: type) -> Iterator[tuple[str, bool]]:
    """The names of its objects in a class, and whether each is set there."""
    for node in ast.walk(tree_of(owner)):
        match node:
            case ast.Attribute(value=value, attr=name, ctx=context) if is_own_object(value):
                yield name, isinstance(context, ast.Store)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, True
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, True
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name, True
            case _:
                pass


def is_private(name: str) -> bool:
    """Whether a name is private by its spelling."""
    return name.startswith("_") and not name.startswith("__")


def private_names(owner: type) -> set[str]:
    """The private names of Home Assistant's classes that a class of ours reads, sets or extends."""
    theirs = names_of_home_assistant(owner)
    return {name for name, _ in names_in(owner) if is_private(name) and name in theirs}


def names_of_home_assistant(owner: type) -> set[str]:
    """The names that Home Assistant's classes set in the objects of a class."""
    bases = [base for base in owner.__mro__ if base.__module__.startswith("homeassistant.")]
    return {name for base in bases for name, is_set in names_in(base) if is_set}


def test_no_other_private_name_is_used() -> None:
    """One that is in no table breaks with an update, and nobody knows what."""
    used = set().union(*(private_names(owner) for owner in own_classes()))

    assert used == EXTENSION_POINTS.keys() | GUARDED.keys()


def test_the_search_finds_private_names() -> None:
    """A search that finds nothing guards nothing."""

    class Uses(TodoListEntity):
        def first(self) -> object:
            return self._context

        @override
        def _async_write_ha_state(self) -> None:
            super(TodoListEntity, self)._async_write_ha_state()

        def _own(self) -> object:
            self._mine = 1
            return self._mine

    assert private_names(Uses) == {"_context", "_async_write_ha_state"}


def test_no_private_name_is_imported_or_read_of_another_object() -> None:
    """The linter finds the second, unless it is told to be silent."""
    for owner in own_classes():
        module = inspect.getsource(inspect.getmodule(owner) or smm_panel)
        assert "SLF001" not in module
        for node in ast.walk(ast.parse(module)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("homeassistant"):
                assert not any(is_private(alias.name) for alias in node.names)


@pytest.mark.parametrize("name", GUARDED)
def test_every_guarded_name_has_its_test(name: str) -> None:
    """A name in the table without one would not be guarded."""
    assert f"test_{name.strip('_')}" in "\n".join(globals())


class FailingStore(Store[dict[str, Any]]):
    """A store whose file cannot be written."""

    written = 0

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        assert data["key"] == "smm_panel.failing"
        self.written += 1
        raise WriteError("disk full")


async def test_async_write_data_is_what_a_store_writes_with(hass: HomeAssistant) -> None:
    """`Store` logs the error and goes on; our snapshot raises it instead."""
    assert [*inspect.signature(Store._async_write_data).parameters] == ["self", "data"]
    store = FailingStore(hass, 1, "smm_panel.failing")

    await store.async_save({})

    assert store.written == 1
    snapshot = BookSnapshot(hass, "failing")
    with (
        patch.object(Store, "_async_write_data", side_effect=WriteError("disk full")),
        pytest.raises(WriteError),
    ):
        await snapshot.async_save({})


def test_async_write_ha_state_of_a_list_does_two_things() -> None:
    """Our list leaves out the second while nobody has subscribed; a third would be lost."""
    calls = {
        ast.unparse(node.func)
        for node in ast.walk(tree_of(TodoListEntity))
        if isinstance(node, ast.FunctionDef) and node.name == "_async_write_ha_state"
        for node in ast.walk(node)
        if isinstance(node, ast.Call)
    }
    assert calls == {"super", "super()._async_write_ha_state", "self.async_update_listeners"}

    with patch.object(Entity, "_async_write_ha_state") as write:
        order_list = OrderList.__new__(OrderList)
        with patch.object(TodoListEntity, "async_update_listeners") as update:
            OrderList._async_write_ha_state(order_list)
            assert (write.call_count, update.call_count) == (1, 0)
            order_list.async_subscribe_updates(Mock())
            OrderList._async_write_ha_state(order_list)
            assert (write.call_count, update.call_count) == (2, 1)


def test_update_listeners_are_the_subscribers_of_a_list() -> None:
    """Nothing public tells whether there are any."""
    entity = TodoListEntity()
    assert not entity._update_listeners
    unsubscribe = entity.async_subscribe_updates(Mock())
    assert entity._update_listeners
    unsubscribe()
    assert not entity._update_listeners


class UnavailableIsLeftOut(EntityConditionBase):
    """A condition as Home Assistant makes it."""

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state == "on"


def test_check_all_match_state_is_true_of_nothing(hass: HomeAssistant) -> None:
    """Ours is false then; it is needed for as long as the base class chooses it, and is not."""
    config = ConditionConfig(target={ATTR_ENTITY_ID: []}, options={ATTR_BEHAVIOR: BEHAVIOR_ALL})
    condition = UnavailableIsLeftOut(hass, config)

    assert condition._matcher == condition._check_all_match_state
    assert condition._check_all_match_state([]) is True
    assert not condition._should_include(State("sensor.balance", STATE_UNAVAILABLE))


def test_hass_and_options_are_kept() -> None:
    """Triggers and conditions of integrations read them; nothing public gives them."""
    assert {"_hass", "_options"} <= names_of_home_assistant(EntityTriggerBase)
    assert "_hass" in names_of_home_assistant(EntityConditionBase)


@pytest.mark.parametrize("button", [OrderButton, PresetButton])
async def test_the_context_of_a_press_is_given_by_a_public_method(
    hass: HomeAssistant, button: type[OrderButton | PresetButton]
) -> None:
    """Home Assistant calls it before each press, once the press has come to its turn."""
    pressed = button.__new__(button)
    pressed.entity_id = "button.test"
    seen: list[Context | None] = []

    async def press() -> None:
        seen.append(pressed.press_context)

    contexts = [Context(), Context()]
    with patch.object(button, "async_press", side_effect=press):
        for context in contexts:
            await async_handle_entity_calls("async_press", [(pressed, {})], context=context)

    assert seen == contexts
