"""The repairs of Home Assistant as the user sees them, fixed over HTTP as the frontend does."""

from dataclasses import dataclass
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any, Self

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

import custom_components.smm_panel as integration
from custom_components.smm_panel.const import DOMAIN

PATH = "/api/repairs/issues/fix"
TEXTS: dict[str, Any] = json.loads(
    Path(integration.__file__).with_name("translations").joinpath("en.json").read_text("utf-8")
)["issues"]


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the issues that are shown of all accounts, in the order they came up."""
    found = [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    ]
    return sorted(found, key=lambda issue: issue.created)


def title(issue: ir.IssueEntry) -> str:
    """Return the line by which the list of repairs names an issue."""
    text: str = _texts(issue)["title"]
    return text.format(**issue.translation_placeholders or {})


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """What a dialog shows: a menu, a form, or how it ended."""

    content: dict[str, Any]
    _client: TestClient[Any, Any]
    _texts: dict[str, Any]

    @property
    def step(self) -> str:
        """The step that asks something now."""
        assert self.content["type"] in {"menu", "form"}, self.content
        step: str = self.content["step_id"]
        return step

    @property
    def text(self) -> str:
        """The text of the step; a placeholder without a value is an error."""
        return self._filled(self._texts["step"][self.step]["description"])

    @property
    def options(self) -> list[str]:
        """The entries of a menu, by their texts."""
        texts = self._texts["step"][self.step]["menu_options"]
        return [texts[option] for option in self.content["menu_options"]]

    @property
    def error(self) -> str | None:
        """The error a form shows."""
        errors = self.content["errors"]
        return self._filled(self._texts["error"][errors["base"]]) if errors else None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a form with their selectors."""
        return {field["name"]: field["selector"] for field in self.content["data_schema"]}

    @property
    def is_done(self) -> bool:
        """Whether the issue was settled."""
        return bool(self.content["type"] == "create_entry")

    @property
    def abort(self) -> str:
        """Why the dialog gave up."""
        assert self.content["type"] == "abort", self.content
        return self._filled(self._texts["abort"][self.content["reason"]])

    async def choose(self, option: str) -> Dialog:
        """Choose an entry of a menu."""
        return await self.send(next_step_id=option)

    async def send(self, **typed: str) -> Dialog:
        """Send a form."""
        path = f"{PATH}/{self.content['flow_id']}"
        return await _async_post(self._client, self._texts, path, typed)

    def _filled(self, text: str) -> str:
        return text.format(**self.content["description_placeholders"] or {})


@dataclass(frozen=True, kw_only=True)
class Repairs:
    """The page with the repairs, open in the browser of an administrator."""

    client: TestClient[Any, Any]

    @classmethod
    async def of(cls, hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Self:
        """Sign in and go to the page."""
        assert await async_setup_component(hass, "repairs", {})
        return cls(client=await hass_client())

    async def open(self, issue: ir.IssueEntry) -> Dialog:
        """Open the dialog that fixes an issue."""
        assert issue.is_fixable
        texts = _texts(issue)["fix_flow"]
        data = {"handler": issue.domain, "issue_id": issue.issue_id}
        return await _async_post(self.client, texts, PATH, data)


async def _async_post(
    client: TestClient[Any, Any], texts: dict[str, Any], path: str, data: dict[str, str]
) -> Dialog:
    answer = await client.post(path, json=data)
    assert answer.status == HTTPStatus.OK, await answer.text()
    return Dialog(content=await answer.json(), _client=client, _texts=texts)


def _texts(issue: ir.IssueEntry) -> dict[str, Any]:
    assert issue.translation_key is not None
    texts: dict[str, Any] = TEXTS[issue.translation_key]
    return texts
