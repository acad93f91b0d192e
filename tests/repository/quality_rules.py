"""What rules of Home Assistant's Integration Quality Scale ask for, read from the sources.

Each check gives a complaint for everything in the sources that is against its rule. Sources are
texts by path: relative to the integration's folder, or to the repository for the rest.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cache
import json
import re
import tomllib
from typing import Any

from homeassistant.util.yaml import parse_yaml

type Sources = Mapping[str, str]
type Function = ast.FunctionDef | ast.AsyncFunctionDef
type Check = Callable[[Sources], Iterator[str]]

CHECKS: dict[str, Check] = {}
"""By rule, what holds while the rule is done."""

EXEMPTIONS: dict[str, Check] = {}
"""By rule, what holds while the integration is exempt from it."""

DISCOVERIES = {"bluetooth", "dhcp", "homekit", "mqtt", "ssdp", "usb", "zeroconf"}
BLOCKING = re.compile(r"(http\.client|httpx|requests|socket|subprocess|urllib\.request)(\..*)?")
ASKS = re.compile(r"\b(client\.\w+|async_read|async_service|async_track)\(")
SUBSCRIBE = re.compile(r"async_(add_listener|dispatcher_connect|listen|track_\w+)")
ALWAYS_AVAILABLE = {"LowBalanceThreshold", "OrderActivity", "ServiceChanges"}
"""Entities that show what the owner set, or what has happened and stays true."""

HEADINGS = {
    "docs-data-update": "How data is updated",
    "docs-examples": "Examples",
    "docs-high-level-description": "What it does",
    "docs-installation-instructions": "Installation",
    "docs-known-limitations": "Known limitations",
    "docs-removal-instructions": "Removal",
    "docs-supported-devices": "Supported panels",
    "docs-troubleshooting": "Troubleshooting",
    "docs-use-cases": "Use cases",
}


def rule(name: str, checks: dict[str, Check] = CHECKS) -> Callable[[Check], Check]:
    """Register the check of a rule."""

    def register(check: Check) -> Check:
        checks[name] = check
        return check

    return register


@cache
def parse(text: str) -> ast.Module:
    """Return the syntax tree of a module; sources that differ in one share the others."""
    return ast.parse(text)


def modules(sources: Sources) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the integration, by its path."""
    for path, text in sources.items():
        if path.endswith(".py"):
            yield path, parse(text)


def nodes[NodeT: ast.AST](tree: ast.AST, kind: type[NodeT]) -> Iterator[NodeT]:
    """Every node of a kind below another one."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def called(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def calls(tree: ast.AST) -> set[str]:
    """The last parts of the names of all that is called."""
    return {called(call) for call in nodes(tree, ast.Call)}


def functions(tree: ast.AST) -> dict[str, Function]:
    """Functions and methods by their names."""
    return {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def function(sources: Sources, path: str, name: str) -> ast.AST:
    """Return a function; an empty module where it is missing, in which nothing is found."""
    return functions(parse(sources[path])).get(name, ast.Module([], []))


def arguments(call: ast.Call) -> dict[str, str]:
    """The keyword arguments of a call, as they are written."""
    return {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}


def manifest(sources: Sources) -> dict[str, Any]:
    """Return the manifest."""
    found: dict[str, Any] = json.loads(sources["manifest.json"])
    return found


def texts(sources: Sources) -> dict[str, Any]:
    """Return the English texts."""
    found: dict[str, Any] = json.loads(sources["translations/en.json"])
    return found


def platforms(sources: Sources) -> Iterator[tuple[str, ast.Module]]:
    """The modules of the entity platforms."""
    for path, tree in modules(sources):
        if path != "__init__.py" and "async_setup_entry" in functions(tree):
            yield path, tree


def descriptions(sources: Sources) -> Iterator[tuple[str, ast.Call, dict[str, str]]]:
    """Every description of an entity, with its place and its arguments."""
    for path, tree in modules(sources):
        for call in nodes(tree, ast.Call):
            if called(call).endswith("EntityDescription"):
                yield f"{path}:{call.lineno}", call, arguments(call)


@rule("action-setup")
def action_setup(sources: Sources) -> Iterator[str]:
    """Only async_setup registers actions."""
    if "async_setup_services" not in calls(function(sources, "__init__.py", "async_setup")):
        yield "async_setup registers no actions"
    if "async_setup_services" in calls(function(sources, "__init__.py", "async_setup_entry")):
        yield "async_setup_entry registers actions"
    for path, tree in modules(sources):
        named = {node.attr for node in nodes(tree, ast.Attribute)}
        if path != "services.py" and named & {"async_register", "async_register_admin_service"}:
            yield f"{path} registers actions"


@rule("appropriate-polling")
def appropriate_polling(sources: Sources) -> Iterator[str]:
    """No interval is shorter than a minute, and none can be typed."""
    for assigned in nodes(parse(sources["const.py"]), ast.AnnAssign):
        name = ast.unparse(assigned.target)
        if name.endswith("_INTERVAL") and isinstance(assigned.value, ast.Call):
            given = {name: float(value) for name, value in arguments(assigned.value).items()}
            if timedelta(**given) < timedelta(minutes=1):
                yield f"{name} is too short"
    if "interval" in sources["config_flow.py"].casefold():
        yield "config_flow.py asks for an interval"


@rule("brands")
def brands(sources: Sources) -> Iterator[str]:
    """There is an icon."""
    if "brand/icon.png" not in sources:
        yield "no icon"


@rule("common-modules")
def common_modules(sources: Sources) -> Iterator[str]:
    """Modules that all integrations have bear the common names."""
    expected = {"coordinator.py", "entity.py", "services.py", "const.py"}
    yield from expected - sources.keys()


@rule("config-flow")
def config_flow(sources: Sources) -> Iterator[str]:
    """There is a flow, and each of its fields is explained."""
    if not manifest(sources)["config_flow"]:
        yield "no flow"
    yield from _unexplained(texts(sources), "")


def _unexplained(found: dict[str, Any], place: str) -> Iterator[str]:
    if isinstance(fields := found.get("data"), dict):
        yield from (f"{place}: {name}" for name in fields.keys() - found["data_description"].keys())
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _unexplained(value, f"{place} {name}")


@rule("config-flow-test-coverage")
def config_flow_test_coverage(sources: Sources) -> Iterator[str]:
    """The flow is tested whole."""
    for module in {"config_flow.py"} | {path for path in sources if path.endswith("flow.py")}:
        if coverage_floor_of(sources, module) < 100:
            yield f"{module}: no floor of 100 %"


def coverage_floor_of(sources: Sources, module: str) -> int:
    """Return the percentage that scripts/test asks of a module."""
    called = re.search(r"-m tools\.coverage_per_module((?: '[^']+=\d+')+)", sources["scripts/test"])
    floors = re.findall(r"'([^']+)=(\d+)'", called[1]) if called else []
    path = f"custom_components/smm_panel/{module}"
    fitting = [int(percent) for pattern, percent in floors if fnmatchcase(path, pattern)]
    return fitting[0] if fitting else 0


@rule("dependency-transparency", EXEMPTIONS)
def no_dependencies(sources: Sources) -> Iterator[str]:
    """There are no requirements."""
    yield from manifest(sources)["requirements"]


def section(sources: Sources, heading: str) -> str:
    """Return the text below a heading of the README, up to the next of its level or above."""
    found = re.search(
        rf"^(?P<level>##+) {re.escape(heading)}\n(?P<text>.*)",
        sources["README.md"],
        re.DOTALL | re.MULTILINE,
    )
    if found is None:
        return ""
    ends = rf"^##{{1,{len(found['level']) - 1}}} "
    return re.split(ends, found["text"], maxsplit=1, flags=re.MULTILINE)[0].strip()


def has_section(heading: str) -> Check:
    """Return the check that a section of the README is there and says something."""

    def check(sources: Sources) -> Iterator[str]:
        if not section(sources, heading):
            yield f"README has nothing under {heading}"

    return check


for _name, _heading in HEADINGS.items():
    rule(_name)(has_section(_heading))


def named(sources: Sources, file: str) -> Iterator[str]:
    """What a file of actions, triggers or conditions holds and the README does not name."""
    for name in parse_yaml(sources[file]) if file in sources else ():
        if not name.startswith(".") and f"`smm_panel.{name}`" not in sources["README.md"]:
            yield f"README does not name smm_panel.{name}"


@rule("docs-actions")
def docs_actions(sources: Sources) -> Iterator[str]:
    """Every action is described."""
    yield from has_section("Actions")(sources)
    yield from named(sources, "services.yaml")


@rule("docs-conditions")
def docs_conditions(sources: Sources) -> Iterator[str]:
    """Every condition is described."""
    yield from named(sources, "conditions.yaml")


@rule("docs-triggers")
def docs_triggers(sources: Sources) -> Iterator[str]:
    """Every trigger is described."""
    yield from named(sources, "triggers.yaml")


def labels(sources: Sources, flow: str) -> Iterator[str]:
    """The labels of the fields of a flow that its section of the README does not name."""
    for step in texts(sources)[flow]["step"].values():
        for label in step.get("data", {}).values():
            if label not in section(sources, "Configuration"):
                yield f"README does not name {label}"


@rule("docs-configuration-parameters")
def docs_configuration_parameters(sources: Sources) -> Iterator[str]:
    """Every option is described."""
    yield from labels(sources, "options")


@rule("docs-installation-parameters")
def docs_installation_parameters(sources: Sources) -> Iterator[str]:
    """Every field of the account is described."""
    yield from labels(sources, "config")


@rule("docs-supported-functions")
def docs_supported_functions(sources: Sources) -> Iterator[str]:
    """Every entity is described."""
    yield from has_section("Entities")(sources)
    readme = sources["README.md"].casefold()
    for platform in texts(sources)["entity"].values():
        for text in platform.values():
            if text["name"].casefold() not in readme:
                yield f"README does not name {text['name']}"


@rule("entity-event-setup")
def entity_event_setup(sources: Sources) -> Iterator[str]:
    """Entities subscribe in async_added_to_hass, and take it back when they are removed."""
    for path, tree in modules(sources):
        for owner in nodes(tree, ast.ClassDef):
            for name, method in functions(owner).items():
                kept = {
                    argument
                    for call in nodes(method, ast.Call)
                    if called(call) == "async_on_remove"
                    for argument in call.args
                }
                for call in nodes(method, ast.Call):
                    # A coordinator that extends the method of its base subscribes to nothing.
                    is_extension = ast.unparse(call.func) == f"super().{name}"
                    if SUBSCRIBE.fullmatch(called(call)) and not (
                        is_extension or (name == "async_added_to_hass" and call in kept)
                    ):
                        yield f"{path}:{call.lineno} subscribes"


def lacks(attribute: str) -> Check:
    """Return the check that whatever makes a class one of entities also sets an attribute."""

    def check(sources: Sources) -> Iterator[str]:
        marks = {"_attr_unique_id", "_attr_has_entity_name", "_attr_device_info"}
        for path, tree in modules(sources):
            for owner in nodes(tree, ast.ClassDef):
                targets = [target for node in nodes(owner, ast.Assign) for target in node.targets]
                assigned = {ast.unparse(target).removeprefix("self.") for target in targets}
                if assigned & marks and attribute not in assigned:
                    yield f"{path}: {owner.name} has no {attribute}"

    return check


rule("entity-unique-id")(lacks("_attr_unique_id"))
rule("has-entity-name")(lacks("_attr_has_entity_name"))
rule("devices")(lacks("_attr_device_info"))


@rule("runtime-data")
def runtime_data(sources: Sources) -> Iterator[str]:
    """What an account holds is in the config entry, and typed."""
    set_up = function(sources, "__init__.py", "async_setup_entry")
    targets = {ast.unparse(target) for node in nodes(set_up, ast.Assign) for target in node.targets}
    if "entry.runtime_data" not in targets:
        yield "set-up keeps nothing"
    if not any(
        re.search(r"^type \w+ = ConfigEntry\[", text, re.MULTILINE) for text in sources.values()
    ):
        yield "no typed config entry"
    for path, text in sources.items():
        if "hass.data[DOMAIN]" in text:
            yield f"{path} keeps data elsewhere"


@rule("test-before-configure")
def try_before_configure(sources: Sources) -> Iterator[str]:
    """An account is tried before it is kept."""
    if "balance" not in calls(function(sources, "config_flow.py", "_async_problem")):
        yield "the flow asks for nothing"


@rule("test-before-setup")
def try_before_setup(sources: Sources) -> Iterator[str]:
    """An account that does not answer is not set up."""
    set_up = function(sources, "__init__.py", "async_setup_entry")
    if "async_config_entry_first_refresh" not in calls(set_up):
        yield "set-up asks for nothing"


@rule("unique-config-entry")
def unique_config_entry(sources: Sources) -> Iterator[str]:
    """No account is added twice."""
    found = calls(function(sources, "config_flow.py", "async_step_practice"))
    if "_async_abort_entries_match" not in found:
        yield "there can be two practice accounts"
    twins = function(sources, "config_flow.py", "_async_problem")
    if "AbortFlow('already_configured')" not in ast.unparse(twins):
        yield "an account can be added twice"


@rule("action-exceptions")
def action_exceptions(sources: Sources) -> Iterator[str]:
    """Whatever asks the panel for an action or an entity has its errors translated."""
    for path in ("services.py", "todo.py"):
        tree = parse(sources[path])
        guarded = {
            id(waited)
            for block in nodes(tree, ast.With)
            if any("panel_errors(" in ast.unparse(item) for item in block.items)
            for waited in nodes(block, ast.Await)
        }
        for waited in nodes(tree, ast.Await):
            if ASKS.search(ast.unparse(waited)) and id(waited) not in guarded:
                yield f"{path}:{waited.lineno} lets an error through"


@rule("config-entry-unloading")
def config_entry_unloading(sources: Sources) -> Iterator[str]:
    """An account can be unloaded, whatever is under way; what comes later changes nothing."""
    unload = function(sources, "__init__.py", "async_unload_entry")
    if "async_unload_platforms" not in calls(unload):
        yield "the platforms stay"
    text = ast.unparse(unload)
    ends = ["while data.running_operations", "data.async_close()", "order_book.async_save()"]
    if sorted(places := [text.find(end) for end in ends]) != places or -1 in places:
        yield "an operation or a read may change the order book after its last save"
    delete = function(sources, "__init__.py", "async_remove_config_entry_device")
    if ".runtime_data" in ast.unparse(delete):
        yield "a device cannot be deleted while the account is not loaded"
    for path, tree in modules(sources):
        yield from (f"{path}:{line} reads the runtime data too late" for line in late_reads(tree))
        for owner in nodes(tree, ast.ClassDef):
            bases = " ".join(map(ast.unparse, owner.bases))
            for name, method in functions(owner).items():
                body = ast.unparse(method)
                if isinstance(method, ast.AsyncFunctionDef) and "coordinator.order_book" in body:
                    yield f"{path}: {name} uses an order book that may be an old one"
                is_checked = "ConfigEntryState.LOADED" in body or "self.entry" in body
                if "Flow" in bases and ".runtime_data" in body and not is_checked:
                    yield f"{path}: {name} does not ask whether the account is loaded"


def late_reads(tree: ast.Module) -> Iterator[int]:
    """The lines in which a coroutine reads the runtime data of a config entry after an await.

    The account may be unloaded by then: the data are gone, or those of another load. A function
    of the module that reads them counts where it is used.
    """
    plain = {
        name: found
        for name, found in functions(tree).items()
        if isinstance(found, ast.FunctionDef) and name != "__init__"
    }
    readers = {name for name, found in plain.items() if ".runtime_data" in ast.unparse(found)}
    while more := {
        name for name, found in plain.items() if name not in readers and calls(found) & readers
    }:
        readers |= more
    for coroutine in nodes(tree, ast.AsyncFunctionDef):
        inner = {
            node
            for found in ast.walk(coroutine)
            if isinstance(found, ast.FunctionDef)
            for node in ast.walk(found)
        }
        waits = [(node.end_lineno or 0, node.end_col_offset or 0) for node in _waits(coroutine)]
        for node in ast.walk(coroutine):
            is_read = isinstance(node, ast.Attribute) and (
                (node.attr == "runtime_data" and isinstance(node.ctx, ast.Load))
                or node.attr in readers
            )
            is_read |= isinstance(node, ast.Name) and node.id in readers
            if is_read and node not in inner and waits:
                place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
                if place > min(waits):
                    yield place[0]


def _waits(coroutine: ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """The expressions in a coroutine that wait."""
    for node in ast.walk(coroutine):
        if isinstance(node, ast.Await):
            yield node
        elif isinstance(node, ast.AsyncWith):
            yield from (item.context_expr for item in node.items)
        elif isinstance(node, ast.AsyncFor):
            yield node.iter


@rule("entity-unavailable")
def entity_unavailable(sources: Sources) -> Iterator[str]:
    """Whoever decides on availability asks the coordinator first, and whoever has none decides."""
    classes = {
        owner.name: owner for _, tree in modules(sources) for owner in nodes(tree, ast.ClassDef)
    }
    for path, tree in modules(sources):
        for owner in nodes(tree, ast.ClassDef):
            decides = functions(owner).get("available")
            if (
                decides is not None
                and owner.name not in ALWAYS_AVAILABLE
                and "super().available" not in ast.unparse(decides)
            ):
                yield f"{path}: {owner.name}"
            shows = functions(owner).keys() & {"native_value", "is_on", "state"}
            if shows and not has_availability(owner, classes):
                yield f"{path}: {owner.name} is always available"


def has_availability(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> bool:
    """Whether an entity or a base of it knows a coordinator, or decides on its availability."""
    bases = [ast.unparse(base).partition("[")[0] for base in owner.bases]
    return (
        "available" in functions(owner)
        or "CoordinatorEntity" in bases
        or not any(base.endswith(("Entity", "Sensor")) for base in bases)
        or any(has_availability(classes[base], classes) for base in bases if base in classes)
    )


@rule("integration-owner")
def integration_owner(sources: Sources) -> Iterator[str]:
    """Somebody answers for it."""
    if not manifest(sources)["codeowners"]:
        yield "nobody"


@rule("log-when-unavailable")
def log_when_unavailable(sources: Sources) -> Iterator[str]:
    """Reads that fail are told to the coordinator, which logs the first of them."""
    tree = parse(sources["coordinator.py"])
    if "DataUpdateCoordinator" not in sources["coordinator.py"]:
        yield "no coordinator"
    for name in ("_async_update_data", "_async_fetch"):
        for method in (node for node in nodes(tree, ast.AsyncFunctionDef) if node.name == name):
            if "LOGGER" in ast.unparse(method):
                yield f"coordinator.py:{method.lineno} logs"


@rule("parallel-updates")
def parallel_updates(sources: Sources) -> Iterator[str]:
    """Every platform says how many updates and actions there may be at once."""
    for path, tree in platforms(sources):
        targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
        if "PARALLEL_UPDATES" not in map(ast.unparse, targets):
            yield path


def has_steps(*names: str) -> Check:
    """Return the check that the config flow has some steps."""

    def check(sources: Sources) -> Iterator[str]:
        yield from set(names) - functions(parse(sources["config_flow.py"])).keys()

    return check


rule("reauthentication-flow")(has_steps("async_step_reauth", "async_step_reauth_confirm"))
rule("reconfiguration-flow")(has_steps("async_step_reconfigure"))


@rule("test-coverage")
def coverage_floor(sources: Sources) -> Iterator[str]:
    """The tests run through nearly all of it."""
    for module in sources:
        if module.endswith(".py") and coverage_floor_of(sources, module) < 95:
            yield f"{module}: no floor of 95 %"
    if " --cov " not in sources["scripts/test"]:
        yield "nothing is measured"
    settings = tomllib.loads(sources["pyproject.toml"])["tool"]["coverage"]
    if settings["run"]["source"] != ["custom_components/smm_panel"] or "omit" in str(settings):
        yield "not all modules count"


@rule("diagnostics")
def diagnostics(sources: Sources) -> Iterator[str]:
    """There are diagnostics, without the key."""
    download = function(sources, "diagnostics.py", "async_get_config_entry_diagnostics")
    if "_data" not in calls(download):
        yield "no diagnostics"
    if "{CONF_API_KEY}" not in ast.unparse(function(sources, "diagnostics.py", "_data")):
        yield "the key is told"


def not_discovered(sources: Sources) -> Iterator[str]:
    """Nothing is discovered."""
    yield from DISCOVERIES & manifest(sources).keys()


rule("discovery", EXEMPTIONS)(not_discovered)
rule("discovery-update-info", EXEMPTIONS)(not_discovered)


@rule("dynamic-devices")
def dynamic_devices(sources: Sources) -> Iterator[str]:
    """New slots come while the account is loaded."""
    if "async_add_listener" not in calls(function(sources, "entity.py", "async_add_slots")):
        yield "slots come with a reload only"


@rule("stale-devices")
def stale_devices(sources: Sources) -> Iterator[str]:
    """What shows nothing any more is removed, or can be."""
    if "async_remove_device" not in calls(function(sources, "device.py", "async_register_account")):
        yield "slots above the number set stay"
    if "async_remove_config_entry_device" not in functions(parse(sources["__init__.py"])):
        yield "an unused slot cannot be deleted"


@rule("entity-category")
def entity_category(sources: Sources) -> Iterator[str]:
    """What sets the integration up is no control."""
    for place, call, given in descriptions(sources):
        if called(call) == "NumberEntityDescription" and "entity_category" not in given:
            yield place
        if "entity_registry_enabled_default" in given and "entity_category" not in given:
            yield place


@rule("entity-device-class")
def entity_device_class(sources: Sources) -> Iterator[str]:
    """Problems, times and words from a list have the class that says so."""
    for place, call, given in descriptions(sources):
        unit = given.get("native_unit_of_measurement", "")
        wanted = (
            called(call) == "BinarySensorEntityDescription"
            or "options" in given
            or unit.startswith("UnitOf")
        )
        if wanted and "device_class" not in given:
            yield place


@rule("entity-disabled-by-default")
def entity_disabled_by_default(sources: Sources) -> Iterator[str]:
    """What few people look at is off until they want it."""
    if not any(
        given.get("entity_registry_enabled_default") == "False"
        for _, _, given in descriptions(sources)
    ):
        yield "all are on"


@rule("entity-translations")
def entity_translations(sources: Sources) -> Iterator[str]:
    """Every entity has its name in the translations."""
    known = {key for platform in texts(sources)["entity"].values() for key in platform}
    for place, _, given in descriptions(sources):
        if given.get("translation_key", "").strip("'") not in known:
            yield place


@rule("exception-translations")
def exception_translations(sources: Sources) -> Iterator[str]:
    """Every error of Home Assistant's kinds is made with its text."""
    for path, tree in modules(sources):
        kinds = {
            alias.name
            for imported in nodes(tree, ast.ImportFrom)
            if imported.module
            in {"homeassistant.exceptions", "homeassistant.helpers.update_coordinator"}
            for alias in imported.names
            if alias.name.endswith(("Error", "Failed", "NotReady"))
        }
        own = [
            owner
            for owner in nodes(tree, ast.ClassDef)
            if kinds & {ast.unparse(base) for base in owner.bases}
        ]
        made = [
            call
            for call in nodes(tree, ast.Call)
            if kinds & {name.id for name in nodes(call.func, ast.Name)}
        ]
        made += [
            call
            for owner in own
            for call in nodes(owner, ast.Call)
            if ast.unparse(call.func) == "super().__init__"
        ]
        for call in made:
            if not arguments(call).keys() >= {"translation_domain", "translation_key"}:
                yield f"{path}:{call.lineno}"
        for raised in nodes(tree, ast.Raise):
            if isinstance(raised.exc, ast.Name) and raised.exc.id in kinds:
                yield f"{path}:{raised.lineno}"


@rule("icon-translations")
def icon_translations(sources: Sources) -> Iterator[str]:
    """Whatever has a name has an icon, and no icon is left over."""
    icons = json.loads(sources["icons.json"])
    found = texts(sources)
    for kind in ("entity", "services", "triggers", "conditions"):
        yield from found.get(kind, {}).keys() ^ icons.get(kind, {}).keys()
    for platform, names in found["entity"].items():
        yield from names.keys() ^ icons["entity"].get(platform, {}).keys()


@rule("repair-issues")
def repair_issues(sources: Sources) -> Iterator[str]:
    """Every issue says what to do, and one that can be fixed has its dialog."""
    raised = [
        (f"{path}:{call.lineno}", arguments(call))
        for path, tree in modules(sources)
        for call in nodes(tree, ast.Call)
        if called(call) == "async_create_issue"
    ]
    if not raised:
        yield "no issues"
    for place, given in raised:
        if not given.keys() >= {"translation_key", "severity", "is_fixable"}:
            yield place
        fixes = functions(parse(sources.get("repairs/__init__.py", "")))
        if given.get("is_fixable") == "True" and "async_create_fix_flow" not in fixes:
            yield f"{place} has no dialog"


@rule("async-dependency")
def async_dependency(sources: Sources) -> Iterator[str]:
    """The client never waits for anything but asyncio."""
    for path, tree in modules(sources):
        if path.startswith("api/"):
            absolute = [node for node in nodes(tree, ast.ImportFrom) if node.level == 0]
            imported = {str(node.module) for node in absolute} | {
                alias.name for node in nodes(tree, ast.Import) for alias in node.names
            }
            yield from (f"{path} imports {name}" for name in imported if BLOCKING.fullmatch(name))
            if "time.sleep(" in sources[path]:
                yield f"{path} sleeps"


@rule("inject-websession")
def inject_websession(sources: Sources) -> Iterator[str]:
    """The client uses Home Assistant's session."""
    for path, tree in modules(sources):
        for call in nodes(tree, ast.Call):
            if called(call) == "ClientSession":
                yield f"{path}:{call.lineno} makes a session"
            if called(call) == "HttpTransport" and "async_get_clientsession" not in {
                called(given) for given in call.args if isinstance(given, ast.Call)
            }:
                yield f"{path}:{call.lineno} is not given the session"


@rule("strict-typing")
def strict_typing(sources: Sources) -> Iterator[str]:
    """Types are checked strictly."""
    settings = tomllib.loads(sources["pyproject.toml"])["tool"]["mypy"]
    if not settings["strict"] or "custom_components" not in settings["files"]:
        yield "not strict"
    for override in settings["overrides"]:
        yield from (name for name in override["module"] if name.startswith("custom_components"))
