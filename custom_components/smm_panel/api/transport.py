"""Sends a form to a panel and returns the answer."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
import json
import re
from typing import Protocol, override

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from yarl import URL

from .address import check_url
from .exceptions import (
    PanelConnectionError,
    PanelRedirectError,
    PanelResponseError,
    PanelUnreachableError,
)
from .redaction import Redaction
from .sanitize import one_line

# Actions that spend money or change something: never sent twice.
OPERATIONS = frozenset({"add", "refill", "cancel"})

_MEBIBYTE = 1024 * 1024
# About 5 ms of work on a small computer.
_LARGE = _MEBIBYTE // 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Character sets of old pages. Python has codecs of other kinds too, some of which are
# extremely slow on a large text.
_CHARSET = re.compile(r"(iso-?8859|windows|cp|latin|koi8|gb|big5|shift|euc)", re.IGNORECASE)
_HEADERS = {"Accept": "application/json"}
# A connection is closed after its request unless another request follows at once. Polls are
# minutes apart, so little is lost.
_LAST_HEADERS = {**_HEADERS, "Connection": "close"}


class Answer(Protocol):
    """An HTTP answer that is not interpreted yet."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def text(self) -> str:
        """The body."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; their names may be in any case."""


class Transport(Protocol):
    """Sends one form to the panel.

    Raises `PanelError`, or an `OSError` if the answer was lost.
    """

    async def post(self, form: Mapping[str, str], *, more: bool = False) -> Answer:
        """Send a form (without the key) and return the answer.

        `more`: another read follows at once, so the connection is worth keeping.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """The answer to one POST, with the key redacted."""

    status: int
    text: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """The most time (seconds) and size (bytes, unpacked) of an answer.

    The service list is slower and larger than anything else: large panels have about
    8 000 rows and need more than 15 seconds. Times are from the start of the request.
    """

    connect: float = 10
    read: float = 30
    read_services: float = 60
    size: int = 4 * _MEBIBYTE
    size_services: int = 16 * _MEBIBYTE


class HttpTransport:
    """POSTs forms to one panel with one key, each exactly once."""

    def __init__(
        self,
        session: ClientSession,
        *,
        url: str,
        api_key: str,
        limits: HttpLimits = HttpLimits(),
    ) -> None:
        """Raises `InvalidUrlError` for an address that the key must not be sent to."""
        self._session = session
        self._url = URL(check_url(url))
        self._api_key = api_key
        self._limits = limits
        self._redact = Redaction(api_key)
        # A kept connection that the panel has closed in the meantime fails only after the
        # request was sent, and an operation would then have an unknown outcome. Only reads set
        # `server_hostname` (to the host that is checked anyway), and aiohttp reuses a
        # connection only for requests with the same value.
        self._read_hostname = self._url.raw_host

    @override
    def __repr__(self) -> str:
        """Leave the key out."""
        return f"{type(self).__name__}(url={str(self._url)!r})"

    async def post(self, form: Mapping[str, str], *, more: bool = False) -> HttpAnswer:
        """Send a form and read the whole answer.

        Raises `PanelUnreachableError` if nothing was sent for certain,
        `PanelConnectionError` if no complete answer came, `PanelRedirectError` and
        `PanelResponseError` (too large).
        """
        failure: PanelConnectionError
        try:
            return await self._exchange(form, _HEADERS if more else _LAST_HEADERS)
        except (ClientConnectorError, ConnectionTimeoutError) as err:
            failure = PanelUnreachableError(self._describe(err))
        except (ClientError, OSError) as err:
            failure = PanelConnectionError(self._describe(err))
        # Raised outside the handlers so that no error of aiohttp is chained to it: those can
        # quote what the panel sent, and with it the key.
        raise failure

    def _describe(self, err: Exception) -> str:
        """Return name and text of an error, as many of these have no text."""
        # An error that quotes the answer may contain the key, in the notation of bytes.
        detail = "" if isinstance(err, ClientResponseError | ClientPayloadError) else err
        text = f"{type(err).__name__}: {detail}".removesuffix(": ")
        return one_line(self._redact(text))

    async def _exchange(self, form: Mapping[str, str], headers: Mapping[str, str]) -> HttpAnswer:
        """Send the form and read the answer while the connection is open."""
        if self._session.closed:
            raise PanelUnreachableError("The HTTP session is closed")
        is_services = form.get("action") == "services"
        limits = self._limits
        async with self._session.post(
            self._url,
            data={**form, "key": self._api_key},
            headers=headers,
            allow_redirects=False,
            raise_for_status=False,
            server_hostname=self._read_hostname if form.get("action") not in OPERATIONS else None,
            timeout=ClientTimeout(
                total=limits.read_services if is_services else limits.read,
                connect=limits.connect,
            ),
        ) as response:
            self._refuse_redirect(response)
            body = await _read(response, limits.size_services if is_services else limits.size)
            return HttpAnswer(
                status=response.status,
                text=await in_thread_if_large(len(body), self._decode, body, response.charset),
                headers={name: self._redact(text) for name, text in response.headers.items()},
            )

    def _refuse_redirect(self, response: ClientResponse) -> None:
        """Raise for a redirect: following it turns POST into GET or sends the key elsewhere."""
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or location is None:
            return
        try:
            target = response.url.join(URL(location))
            # User info, query and fragment may repeat the form.
            shown = str(target.with_user(None).with_query(None).with_fragment(None))
        except ValueError:
            shown = "an address that cannot be read"
        raise PanelRedirectError(one_line(self._redact(shown)))

    def _decode(self, body: bytes, charset: str | None) -> str:
        """Decode the body: as its first bytes suggest, else as the header says."""
        text = None
        known = charset if charset and _CHARSET.match(charset) else "latin-1"
        for encoding in (json.detect_encoding(body), known):
            with suppress(UnicodeError, LookupError):
                text = body.decode(encoding)
                break
        if text is None:
            text = body.decode(errors="replace")
        return self._redact(text.strip("\ufeff \t\r\n"))


async def _read(response: ClientResponse, limit: int) -> bytes:
    """Read the (unpacked) body up to a limit."""
    if (response.content_length or 0) > limit:
        raise PanelResponseError(f"The answer is larger than {limit} bytes")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise PanelResponseError(f"The answer is larger than {limit} bytes")
    return bytes(body)


async def in_thread_if_large[**P, T](
    size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work` on a text of `size`: in a thread if it is large, as it would block the loop."""
    if size < _LARGE:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
