"""A client of the parts of Home Assistant's REST and WebSocket API that we need."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
import time
from typing import Any

import aiohttp

type Json = Any  # only the caller knows what an answer contains

_TIMEOUT = aiohttp.ClientTimeout(total=60)
_SPARE_SECONDS = 60.0  # an access token that expires sooner is renewed


class HomeAssistantApiError(Exception):
    """Home Assistant refused a request: its message, and the HTTP status if there is one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The user that onboarding creates, the owner of the installation."""

    name: str = "Demo"
    username: str = "demo"
    password: str = "demo"  # noqa: S105 (of a server on this machine's loopback, printed by the demo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of a signed-in user; `expires` is in seconds since the epoch."""

    access: str
    refresh: str
    expires: float


class HomeAssistantApi:
    """A client of one Home Assistant, signed in as its owner.

    Each request opens its own connection, so that one object can be used from several event loops
    (in the tests) and after a restart of the server.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._tokens: Tokens | None = None

    @property
    def client_id(self) -> str:
        """Client id of the token requests: the address of the page from which the user signs in."""
        return f"{self.url}/"

    async def is_up(self) -> bool:
        """Return whether the server is ready to sign a user in or to create the first one."""
        try:
            await self._request("GET", "/auth/providers", signed=False)
        except aiohttp.ClientError:
            return False
        except HomeAssistantApiError as err:
            return err.status == HTTPStatus.BAD_REQUEST  # "onboarding_required"
        return True

    async def sign_in(self, login: Login) -> None:
        """Sign in as the owner; create the owner if there is none."""
        code = await self._onboard(login) if await self._is_new() else await self._log_in(login)
        await self._fetch_tokens(grant_type="authorization_code", code=code)

    async def tokens(self) -> Tokens:
        """Return tokens that are valid for at least another minute."""
        if self._tokens is None:
            raise HomeAssistantApiError("Not signed in")
        if self._tokens.expires - time.time() < _SPARE_SECONDS:
            await self._fetch_tokens(grant_type="refresh_token", refresh_token=self._tokens.refresh)
        return self._tokens

    async def get(self, path: str) -> Json:
        """Return the answer of GET /api/<path>."""
        return await self._request("GET", f"/api/{path}")

    async def post(self, path: str, data: dict[str, Json]) -> Json:
        """Return the answer of POST /api/<path>."""
        return await self._request("POST", f"/api/{path}", json=data)

    async def delete(self, path: str) -> Json:
        """Return the answer of DELETE /api/<path>."""
        return await self._request("DELETE", f"/api/{path}")

    async def command(self, command_type: str, **fields: Json) -> Json:
        """Return the result of one WebSocket command."""
        tokens = await self.tokens()
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket,
        ):
            await socket.receive_json(timeout=_TIMEOUT.total)  # auth_required
            await socket.send_json({"type": "auth", "access_token": tokens.access})
            await socket.receive_json(timeout=_TIMEOUT.total)  # auth_ok
            await socket.send_json({"id": 1, "type": command_type, **fields})
            answer = await socket.receive_json(timeout=_TIMEOUT.total)
        if not answer["success"]:
            raise HomeAssistantApiError(f"{command_type}: {answer['error']}")
        return answer["result"]

    async def states(self) -> dict[str, dict[str, Json]]:
        """Return all states by entity id, in the format of /api/states."""
        return {state["entity_id"]: state for state in await self.get("states")}

    async def call_action(self, domain: str, action: str, **data: Json) -> None:
        """Call an action that returns nothing."""
        await self.post(f"services/{domain}/{action}", data)

    async def call_action_with_response(
        self, domain: str, action: str, **data: Json
    ) -> dict[str, Json]:
        """Call an action and return its response data."""
        answer = await self.post(f"services/{domain}/{action}?return_response", data)
        response: dict[str, Json] = answer["service_response"]
        return response

    async def config_flow(self, domain: str, *inputs: dict[str, Json]) -> dict[str, Json]:
        """Start a config flow, submit its steps one by one and return the last result."""
        return await self._flow("flow", domain, inputs)

    async def subentry_flow(
        self, entry_id: str, subentry_type: str, *inputs: dict[str, Json]
    ) -> dict[str, Json]:
        """Do the same for a flow that adds a subentry to a config entry."""
        return await self._flow("subentries/flow", [entry_id, subentry_type], inputs)

    async def _flow(
        self, kind: str, handler: Json, inputs: Iterable[dict[str, Json]]
    ) -> dict[str, Json]:
        path = f"config/config_entries/{kind}"
        result: dict[str, Json] = await self.post(path, {"handler": handler})
        for step in inputs:
            result = await self.post(f"{path}/{result['flow_id']}", step)
        return result

    async def _is_new(self) -> bool:
        steps = await self._request("GET", "/api/onboarding", signed=False, missing=[])
        return any(step["step"] == "user" and not step["done"] for step in steps)

    async def _onboard(self, login: Login) -> str:
        user = {
            "name": login.name,
            "username": login.username,
            "password": login.password,
            "client_id": self.client_id,
            "language": "en",
        }
        answer = await self._request("POST", "/api/onboarding/users", signed=False, json=user)
        return str(answer["auth_code"])

    async def _log_in(self, login: Login) -> str:
        start = {
            "client_id": self.client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": self.client_id,
        }
        flow = await self._request("POST", "/auth/login_flow", signed=False, json=start)
        user = {
            "client_id": self.client_id,
            "username": login.username,
            "password": login.password,
        }
        result = await self._request(
            "POST", f"/auth/login_flow/{flow['flow_id']}", signed=False, json=user
        )
        if result["type"] != "create_entry":
            raise HomeAssistantApiError(f"{login.username} cannot sign in: {result.get('errors')}")
        return str(result["result"])

    async def _fetch_tokens(self, **grant: str) -> None:
        answer = await self._request(
            "POST", "/auth/token", signed=False, data=grant | {"client_id": self.client_id}
        )
        access, expires = answer["access_token"], time.time() + answer["expires_in"]
        if self._tokens and "refresh_token" not in answer:
            self._tokens = replace(self._tokens, access=access, expires=expires)
        else:
            self._tokens = Tokens(access=access, refresh=answer["refresh_token"], expires=expires)

    async def _request(
        self, method: str, path: str, *, signed: bool = True, missing: Json = None, **body: Json
    ) -> Json:
        """Return the answer of a request, or `missing` (if given) if the path does not exist."""
        headers = {}
        if signed:
            headers["Authorization"] = f"Bearer {(await self.tokens()).access}"
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(method, f"{self.url}{path}", headers=headers, **body) as response,
        ):
            if response.status == HTTPStatus.NOT_FOUND and missing is not None:
                return missing
            if response.status >= HTTPStatus.BAD_REQUEST:
                text = await response.text()
                message = f"{method} {path}: {response.status} {text}"
                raise HomeAssistantApiError(message, response.status)
            return await response.json()
