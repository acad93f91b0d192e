"""The key is removed from answers, and nothing else is."""

import json
import re
from typing import Any
from unicodedata import category
from urllib.parse import quote

from aiohttp import ClientSession
import pytest

from custom_components.smm_panel.api import (
    HttpTransport,
    ItemError,
    OrderReport,
    PanelAuthError,
    PanelClient,
)
from custom_components.smm_panel.api.sanitize import INVISIBLE as INVISIBLE_CLASS
from tests.helpers.loopback import LoopbackServer, Reply

ODD = 'a/b"c\u00e9<&>d e%41'


async def _text(server: LoopbackServer, session: ClientSession, key: str, body: str) -> str:
    server.will_answer(Reply(body=body.encode()))
    transport = HttpTransport(session, url=server.url, api_key=key)
    return (await transport.post({"action": "balance"})).text


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"error": f"key {ODD}"}),
        json.dumps({"error": f"key {ODD}"}, ensure_ascii=False),
        json.dumps({"error": f"key {ODD}"}).replace("/", "\\/"),
        f'{{"url": "https://panel.example/?key={quote(ODD, safe="")}"}}',
        f'{{"url": "https://panel.example/?key={quote(ODD, safe="").lower()}"}}',
        f"<p>{ODD}</p>",
    ],
)
async def test_spellings(server: LoopbackServer, session: ClientSession, body: str) -> None:
    """A key in JSON, in an address or on a page looks different each time."""
    text = await _text(server, session, ODD, body)

    assert "**REDACTED**" in text
    assert "a/b" not in text
    assert "a\\/b" not in text
    assert "a%2" not in text


@pytest.mark.parametrize("key", ["1", "12", "1234", "23501", "key", "order"])
async def test_short_key_breaks_no_answer(
    server: LoopbackServer, session: ClientSession, key: str
) -> None:
    """A made-up short key is part of ids and words; replaced there it would ruin answers."""
    client = PanelClient(HttpTransport(session, url=server.url, api_key=key))

    server.will_answer(Reply.json({"1234": {"status": "Completed", "order": 1234}}))
    assert isinstance((await client.status(["1234"]))["1234"], OrderReport)

    server.will_answer(Reply.json([{"order": 1, "refill": "23501"}, {"order": "12", "error": "x"}]))
    items = await client.refill(["1", "12"])
    assert items["1"] == "23501"
    assert isinstance(items["12"], ItemError)

    server.will_answer(Reply.json({"error": "Invalid API key"}))
    with pytest.raises(PanelAuthError):
        await client.balance()


@pytest.mark.parametrize(
    ("key", "body", "text"),
    [
        ("s3cret", '{"error": "Bad key s3cret!"}', '{"error": "Bad key **REDACTED**!"}'),
        ("s3cret", '{"id": "s3cret", "x": "s3cret1 a"}', '{"id": "s3cret", "x": "s3cret1 a"}'),
        ("s3cret", "<b>s3cret</b>", "<b>**REDACTED**</b>"),
        ("s3cret", 'a "s3cret"', 'a "**REDACTED**"'),
        ("abc", '{"error": "Bad key abc"}', '{"error": "Bad key abc"}'),
        ("12345678", '{"order": 12345678}', '{"order": **REDACTED**}'),
        ("ABCDEF123456", '{"error": "abcdef123456"}', '{"error": "**REDACTED**"}'),
        ("ABCDEF123456", r'{"error": "\u0041BCDEF12345\u0036"}', '{"error": "**REDACTED**"}'),
        ("ABCDEF123456", r'{"a": "\u00e9\u0022\u005c"}', r'{"a": "\u00e9\u0022\u005c"}'),
        ("", "{}", "{}"),
    ],
)
async def test_what_is_replaced(
    server: LoopbackServer, session: ClientSession, key: str, body: str, text: str
) -> None:
    """Long keys go everywhere, short ones in sentences only, tiny ones stay."""
    assert await _text(server, session, key, body) == text


INVISIBLE = [
    "\u200b",
    "\u00ad",
    "\u2060\ufeff",
    "\u034f",
    "\U000e0041",
    "\\u200b",
    "\\u00AD",
    "\\udb40\\udc41",
    "&#8203;",
    "&#x200B;",
    "&shy;",
    "%E2%80%8B",
]


@pytest.mark.parametrize("invisible", INVISIBLE)
@pytest.mark.parametrize("key", ["ABCDEF123456", "s3cret"])
async def test_key_with_invisible_characters_inside(
    server: LoopbackServer, session: ClientSession, key: str, invisible: str
) -> None:
    """They are removed before a text is displayed, and the key would be whole again."""
    scattered = invisible.join(key)

    for body in (f'{{"error": "Bad key {scattered}!"}}', f"<p>Bad key {scattered}</p>"):
        text = await _text(server, session, key, body)
        assert text == body.replace(scattered, "**REDACTED**")

    body = f'{{"error": "Bad key {scattered[:-1]}"}}'
    assert await _text(server, session, key, body) == body


def test_every_invisible_character_is_known() -> None:
    """The list of those that are removed has to be complete."""
    formats = (chr(code) for code in range(0x110000) if category(chr(code)) == "Cf")
    unseen = re.compile(INVISIBLE_CLASS)

    assert [character for character in formats if not unseen.fullmatch(character)] == []


async def test_form_holds_the_key_as_given(server: LoopbackServer, session: ClientSession) -> None:
    """An odd key must arrive as it is; what the caller passes cannot replace it."""
    server.will_answer(Reply(body=b"{}"))
    form: dict[str, Any] = {"action": "balance", "key": "other"}

    await HttpTransport(session, url=server.url, api_key=ODD).post(form)

    assert server.forms == [{"action": "balance", "key": ODD}]
