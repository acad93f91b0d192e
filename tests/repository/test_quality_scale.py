"""The claims of quality_scale.yaml are true."""

import json
from pathlib import Path
from typing import Any, cast

from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smm_panel import PLATFORMS
from custom_components.smm_panel.const import DOMAIN
from tests.helpers.actions import ORDER, act
from tests.helpers.presets import add_preset

from .quality_rules import CHECKS, EXEMPTIONS, HEADINGS, Sources

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "custom_components" / "smm_panel"
RULES = cast("dict[str, dict[str, str]]", load_yaml_dict(FOLDER / "quality_scale.yaml")["rules"])


def read_sources() -> dict[str, str]:
    """Read the sources; of an image it is enough to know that it is there."""
    files = {
        path.relative_to(FOLDER).as_posix(): path
        for path in FOLDER.rglob("*")
        if path.suffix in {".json", ".png", ".py", ".yaml"}
    }
    files |= {name: REPOSITORY / name for name in ("README.md", "pyproject.toml", "scripts/test")}
    return {
        name: "" if path.suffix == ".png" else path.read_text("utf-8")
        for name, path in files.items()
    }


SOURCES: Sources = read_sources()
STATUSES = [(name, rule["status"]) for name, rule in RULES.items()]


def test_the_rules_are_home_assistants() -> None:
    """A rule left out is a rule not kept."""
    (folder,) = map(Path, components.__path__)
    known = [load_yaml_dict(path)["rules"] for path in folder.glob("*/quality_scale.yaml")]

    assert RULES.keys() == set().union(*cast("list[dict[str, Any]]", known))
    assert all(rule["status"] in {"done", "exempt"} for rule in RULES.values())
    assert all(rule["comment"] for rule in RULES.values())


def test_the_manifest_claims_the_tier() -> None:
    """All rules kept and not said so would be news to nobody."""
    assert json.loads(SOURCES["manifest.json"])["quality_scale"] == "platinum"


@pytest.mark.parametrize(("rule", "status"), STATUSES)
def test_a_claim_is_true(rule: str, status: str) -> None:
    """A claim that nothing holds the code to is true until the next change."""
    checks = CHECKS if status == "done" else EXEMPTIONS

    assert list(checks[rule](SOURCES)) == []


BROKEN = [
    ("action-setup", "__init__.py", "    async_setup_services(hass)\n", ""),
    ("action-setup", "button.py", "orders = entry", "hass.services.async_register; orders = entry"),
    ("action-exceptions", "services.py", "with panel_errors(call.hass, entry):", "if entry:"),
    ("action-exceptions", "todo.py", "with panel_errors", "with errors"),
    ("appropriate-polling", "const.py", "timedelta(minutes=1)", "timedelta(seconds=1)"),
    ("appropriate-polling", "config_flow.py", "CONF_KEEP_DAYS", "CONF_INTERVAL"),
    ("async-dependency", "api/client.py", "import logging", "import logging, requests"),
    ("brands", "brand/icon.png", None, None),
    ("common-modules", "coordinator.py", None, None),
    ("config-entry-unloading", "__init__.py", "async_unload_platforms", "async_forget"),
    ("config-entry-unloading", "__init__.py", "while data.running", "if data.running"),
    ("config-entry-unloading", "__init__.py", "    data.async_close()\n", ""),
    ("config-entry-unloading", "__init__.py", "loaded_data(entry).", "entry.runtime_data."),
    ("config-entry-unloading", "number.py", "data.order_book", "self.coordinator.order_book"),
    (
        "config-entry-unloading",
        "services.py",
        "    _require_in_use(entry, data)\n",
        "    entry.runtime_data.order_book.prune()\n",
    ),
    (
        "config-entry-unloading",
        "operations/execution.py",
        "        await data.order_book.async_put(intended)\n",
        "        async with lock:\n            entry.runtime_data.order_book.put(intended)\n",
    ),
    (
        "config-entry-unloading",
        "presets/flow.py",
        "if self._entry.state is not ConfigEntryState.LOADED:",
        "if not self._entry.state:",
    ),
    (
        "config-entry-unloading",
        "repairs/catalog.py",
        "        return await super().async_step_confirm(user_input)",
        "        await super().async_step_confirm(user_input)\n        _problems(entry)",
    ),
    ("config-flow", "translations/en.json", '"keep_days": "A fin', '"days": "A fin'),
    ("config-flow", "manifest.json", '"config_flow": true', '"config_flow": false'),
    ("config-flow-test-coverage", "scripts/test", "'*flow.py=100'", "'*flow.py=99'"),
    ("config-flow-test-coverage", "scripts/test", "'*flow.py=100' '*=95'", "'*=95' '*flow.py=100'"),
    ("config-flow-test-coverage", "scripts/test", "'*flow.py=100'", "'*/config_flow.py=100'"),
    ("config-flow-test-coverage", "scripts/test", "-m tools.coverage_per_module", "-m coverage"),
    ("devices", "entity.py", "self._attr_device_info = account_device(entry)", "pass"),
    ("diagnostics", "diagnostics.py", "{CONF_API_KEY}", "set()"),
    ("diagnostics", "diagnostics.py", "async_get_config_entry_diagnostics", "async_get"),
    ("docs-actions", "services.yaml", "get_balance:", "get_money:"),
    ("docs-actions", "README.md", "## Actions\n", ""),
    ("docs-conditions", "conditions.yaml", None, "order_is_lost: {}"),
    ("docs-triggers", "triggers.yaml", None, "order_lost: {}"),
    ("docs-configuration-parameters", "README.md", "Balance to keep", "Balance"),
    ("docs-installation-parameters", "README.md", "| API key |", "|"),
    ("docs-supported-functions", "README.md", "## Entities\n", ""),
    ("docs-supported-functions", "README.md", "Balance lasts", "Days"),
    ("dynamic-devices", "entity.py", "async_add_listener", "async_ignore"),
    ("entity-category", "number.py", "entity_category=EntityCategory.CONFIG,", ""),
    ("entity-category", "sensor/order_slot.py", "entity_category=EntityCategory.DIAGNOSTIC,", ""),
    ("entity-device-class", "sensor/account.py", "device_class=SensorDeviceClass.DURATION,", ""),
    ("entity-device-class", "sensor/order_slot.py", "device_class=SensorDeviceClass.ENUM,", ""),
    ("entity-device-class", "binary_sensor.py", "device_class=BinarySensor", "name=BinarySensor"),
    (
        "entity-disabled-by-default",
        "sensor/order_slot.py",
        "enabled_default=False",
        "enabled_default=True",
    ),
    ("entity-event-setup", "sensor/account.py", "self.async_on_remove(orders", "str(orders"),
    ("entity-event-setup", "sensor/preset.py", "async_added_to_hass", "added"),
    ("entity-translations", "sensor/order_slot.py", 'translation_key="charge"', 'name="Charge"'),
    ("entity-translations", "translations/en.json", '"charge": {', '"cost": {'),
    ("entity-unavailable", "entity.py", "super().available and ", ""),
    ("entity-unavailable", "sensor/preset.py", "super().available and ", ""),
    ("entity-unavailable", "sensor/preset.py", "def available", "def is_open"),
    ("entity-unavailable", "entity.py", "(CoordinatorEntity[CoordinatorT])", "(Entity)"),
    ("entity-unique-id", "entity.py", "self._attr_unique_id", "self.unique"),
    ("exception-translations", "practice.py", "translation_domain=DOMAIN,", ""),
    ("exception-translations", "orders/book_store.py", "translation_domain=DOMAIN,", ""),
    ("exception-translations", "errors.py", "translation_key=text.key,", ""),
    (
        "exception-translations",
        "presets/flow.py",
        "        try:\n            with panel_errors",
        "        raise HomeAssistantError\n        try:\n            with panel_errors",
    ),
    ("has-entity-name", "entity.py", "_attr_has_entity_name", "_attr_name"),
    ("icon-translations", "icons.json", '"low_balance": {', '"low": {'),
    (
        "icon-translations",
        "icons.json",
        '"place_order": {\n      "service',
        '"x": {\n      "service',
    ),
    ("inject-websession", "__init__.py", "async_get_clientsession(hass)", "session"),
    ("inject-websession", "api/transport.py", "import asyncio", "import asyncio; ClientSession()"),
    ("integration-owner", "manifest.json", '"@smm-panel"', ""),
    ("log-when-unavailable", "coordinator.py", "err, self.update_interval) from", "LOGGER) from"),
    ("log-when-unavailable", "coordinator.py", "DataUpdateCoordinator", "Own"),
    ("parallel-updates", "number.py", "PARALLEL_UPDATES", "UPDATES"),
    ("reauthentication-flow", "config_flow.py", "def async_step_reauth(", "def async_reauth("),
    ("reconfiguration-flow", "config_flow.py", "def async_step_reconfigure", "def change"),
    ("repair-issues", "issues.py", "severity=IssueSeverity.ERROR,", ""),
    ("repair-issues", "repairs/__init__.py", "def async_create_fix_flow", "def flow"),
    ("runtime-data", "__init__.py", "entry.runtime_data = ", "hass.data[DOMAIN] = "),
    ("runtime-data", "coordinator.py", "type PanelConfigEntry", "PanelConfigEntry"),
    ("stale-devices", "device.py", "registry.async_remove_device", "str"),
    ("stale-devices", "__init__.py", "def async_remove_config_entry_device", "def remove"),
    ("strict-typing", "pyproject.toml", "strict = true", "strict = false"),
    ("strict-typing", "pyproject.toml", '["homeassistant.*"]', '["custom_components.*"]'),
    ("test-before-configure", "config_flow.py", ".balance()", ".ping()"),
    ("test-before-setup", "__init__.py", "async_config_entry_first_refresh", "async_refresh"),
    ("test-coverage", "scripts/test", "'*=95'", "'*=90'"),
    ("test-coverage", "scripts/test", "'*=95'", "'*sensor.py=95'"),
    ("test-coverage", "scripts/test", " --cov ", " "),
    ("test-coverage", "pyproject.toml", "branch = true", 'omit = ["custom_components/*"]'),
    ("unique-config-entry", "config_flow.py", "_async_abort_entries_match", "str"),
    ("unique-config-entry", "config_flow.py", '"already_configured"', '"sorry"'),
]
BROKEN += [(name, "README.md", f"# {heading}\n", "\n") for name, heading in HEADINGS.items()]

UNTRUE = [
    ("dependency-transparency", "manifest.json", '"requirements": []', '"requirements": ["x"]'),
    ("discovery", "manifest.json", '"domain"', '"zeroconf": [], "domain"'),
    ("discovery-update-info", "manifest.json", '"domain"', '"ssdp": [], "domain"'),
]


def changed(path: str, old: str | None, new: str | None) -> Sources:
    """Return the sources with one change; no `old` replaces the file, no `new` removes it."""
    others = {name: text for name, text in SOURCES.items() if name != path}
    if new is None:
        return others
    if old is None:
        return others | {path: new}
    assert old in SOURCES[path]
    return others | {path: SOURCES[path].replace(old, new)}


def test_every_check_is_tried() -> None:
    """A check that cannot fail holds nothing."""
    assert CHECKS.keys() == {rule for rule, *_ in BROKEN}
    assert EXEMPTIONS.keys() == {rule for rule, *_ in UNTRUE}


@pytest.mark.parametrize(("rule", "path", "old", "new"), BROKEN)
def test_a_broken_rule_is_found(rule: str, path: str, old: str | None, new: str | None) -> None:
    """A check that lets one of these pass guards nothing."""
    assert list(CHECKS[rule](changed(path, old, new)))


@pytest.mark.parametrize(("rule", "path", "old", "new"), UNTRUE)
def test_an_exemption_that_is_over_is_found(
    rule: str, path: str, old: str | None, new: str | None
) -> None:
    """What came later has to keep the rule."""
    assert list(EXEMPTIONS[rule](changed(path, old, new)))


async def test_every_entity_keeps_the_rules(
    hass: HomeAssistant, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    """What the sources promise must come out in Home Assistant, on every platform."""
    hass.config_entries.async_update_entry(entry, options={"daily_budget": "5"})
    add_preset(hass, entry, "My page")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await act(hass, "place_order", **ORDER)
    await hass.async_block_till_done(wait_background_tasks=True)

    found = [
        (platform.domain, entity)
        for platform in async_get_platforms(hass, DOMAIN)
        for entity in platform.entities.values()
    ]
    assert {domain for domain, _ in found} == set(PLATFORMS)
    icons = json.loads(SOURCES["icons.json"])["entity"]
    for domain, entity in found:
        assert entity.unique_id
        assert entity.has_entity_name
        assert entity.translation_key in icons[domain]
        registered = entity.registry_entry
        assert registered is not None
        assert registered.device_id is not None
        device = device_registry.async_get(registered.device_id)
        assert isinstance(device, dr.DeviceEntry)
        assert device.entry_type is dr.DeviceEntryType.SERVICE
        if entity.unit_of_measurement == "USD":
            assert entity.device_class == "monetary"
