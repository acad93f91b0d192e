"""Answers of a panel that quote the key it was sent, in every place and spelling."""

from collections.abc import Callable, Iterator
from html import escape
import json
from typing import Final
from urllib.parse import quote, quote_plus

from custom_components.smm_panel.simulator.faults import Reply

# How the inside of a JSON text may spell the key.
SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "plain": lambda key: json.dumps(key)[1:-1],
    "not only ASCII": lambda key: json.dumps(key, ensure_ascii=False)[1:-1],
    "slashes escaped": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "all escaped": lambda key: "".join(f"\\u{ord(character):04x}" for character in key),
    "in an address": lambda key: quote(key, safe=""),
    "in a form": quote_plus,
    "in a page": lambda key: json.dumps(escape(key))[1:-1],
    "capitals": lambda key: json.dumps(key.upper())[1:-1],
}

# What is in the place of {order} is the order that is asked about.
BODIES: Final = {
    "error": '{"error": "The key {key} may not do this"}',
    "wrong key": '{"error": "Invalid API key: {key}"}',
    "maintenance": '{"error": "Panel is under maintenance ({key})"}',
    "rate limit": '{"error": "Too many requests with {key}"}',
    "errors by field": '{"status": "fail", "errors": {"key": ["{key}"]}}',
    "field named so": '{"{key}": "{key}", "error": {"{key}": "{key}"}}',
    "text": '"Error for {key}"',
    "broken JSON": '{"error": "{key}", ',
    "no JSON": "Notice: undefined index {key}",
    "row with an error": '[{"order": "{order}", "refill": "{order}", "error": "Not {key}"}]',
    "result with an error": (
        '[{"order": "{order}", "refill": {"error": "Not {key}"}, "cancel": {"error": "No {key}"}}]'
    ),
    "id": '{"order": "{key}", "refill": "{key}", "cancel": "{key}"}',
    "status": (
        '{"{order}": {"status": "Waits for {key}", "charge": "0.9", "remains": "{key}",'
        ' "currency": "{key}"}}'
    ),
    "balance": '{"balance": "1", "currency": "{key}"}',
    "service": (
        '[{"service": "101", "name": "Followers {key}", "type": "Default", "rate": "0.9",'
        ' "min": "1", "max": "1000", "category": "{key}", "description": "{key}"}]'
    ),
}


def replies(key: str, order: str) -> Iterator[Reply]:
    """Give answers that hold the key in body and headers, as far as a web server sends them."""
    for spell in SPELLINGS.values():
        for text in BODIES.values():
            body = text.replace("{key}", spell(key)).replace("{order}", order)
            yield Reply(text=body)
            yield Reply(text=body, status=500)
    for text in {key, escape(key), quote(key)}:
        page = f"<html><head><title>Maintenance: {text}</title></head><body>{text}</body></html>"
        for status in (200, 403, 429, 503):
            yield Reply(text=page, content_type="text/html", status=status)
    quoted = quote(key, safe="")
    for location in (
        f"/{quoted}",
        f"/elsewhere?key={quoted}",
        f"/elsewhere#{quoted}",
        f"https://{quoted}:{quoted}@panel.example/{quoted}",
        f"https://[{key}",
    ):
        yield Reply.redirect(location)
    for headers in (
        {"Retry-After": key},
        {"Set-Cookie": f"key={quoted}; Path=/"},
        {"Set-Cookie": f"{key}=; {key}"},
        {"WWW-Authenticate": f'Key realm="{key}"', "X-Key": key},
        {"X-RateLimit-Reset": key, "X-RateLimit-Remaining": key},
    ):
        for status in (200, 401, 429):
            yield Reply(status=status, headers=headers)


def broken_answers(key: str) -> Iterator[bytes]:
    """Give answers that are no HTTP, as they go over the wire; clients like to quote these."""
    name = key.encode()
    yield name + b"\r\n\r\n"
    yield b"HTTP/1.1 " + name + b" OK\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\n" + name + b"\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\nKey " + name + b": " + name + b"\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\nContent-Length: " + name + b"\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + name + b"\r\n" + name
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 60\r\n\r\n" + name * 2
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=" + name + b"\r\n\r\n" + name
