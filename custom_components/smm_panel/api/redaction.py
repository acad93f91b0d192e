"""Removes the API key from every text that a panel sends."""

from collections.abc import Iterator
from functools import cached_property, partial
from html import escape
import re

from .sanitize import INVISIBLE

REDACTED = "**REDACTED**"

# Real keys have about 32 characters. A key of at least this length occurs in no other text
# by chance, so it is replaced everywhere.
_UNMISTAKABLE = 8
# A shorter key can be part of an id ("12" in {"order": 123}) or a word ("key" in
# "Invalid API key"), and an answer changed there would be read wrongly. It is replaced only
# as a whole word inside a JSON text that contains a blank, which ids never do; and not at
# all below this length, where it protects nothing and matches too much.
_WORTH_REDACTING = 4
_JSON_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# The start of every notation of a letter or digit other than itself, and of the signs that
# addresses need not escape. Most texts contain none of them and are searched for the plain
# key: in a service list of megabytes that is thirty times as fast.
_NOTATIONS = ("\\u00", "&#", "%3", "%4", "%5", "%6", "%7")
_SIGN_NOTATION = "%2"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9._~-]+")
_ESCAPED_IN_JSON = frozenset('"\\/')
# Characters that are removed from a text before it is displayed, in the notations that they
# may have until then: a key with one of them inside would be whole again. Each with a mark
# without which a text has none of them.
_UNSEEN = {
    "\\u": (
        r"\\+u(?i:00ad|034f|06(?:0[0-5]|1c|dd)|070f|089[01]|08e2|115f|1160|17b[45]|180[b-f]"
        r"|200[b-f]|202[a-e]|206[0-9a-f]|2800|3164|fe0[0-9a-e]|feff|ffa0|fff[9ab]"
        r"|d8(?:04|0d|2f|34)\\+ud[c-f][0-9a-f]{2}|db40\\+ud[cd][0-9a-f]{2})"
    ),
    "&": (
        r"&(?i:(?:shy|zwj|zwnj|lrm|rlm|nobreak|zerowidthspace|#0*(?:173|847|820[3-7]|823[4-8]"
        r"|829\d|830[0-3]|8288|8289|65279)|#x0*(?:ad|34f|200[b-f]|202[a-e]|206[0-9a-f]|feff));)"
    ),
    "%": "%(?i:c2%ad|e2%80%(?:8[b-f]|a[a-e])|e2%81%a[0-9a-f]|ef%bb%bf)",
}
_UNSEEN_PATTERNS = {mark: re.compile(pattern) for mark, pattern in _UNSEEN.items()}
_UNSEEN_CHARACTERS = re.compile(INVISIBLE)
_ANY_UNSEEN = f"(?:{'|'.join((INVISIBLE, *_UNSEEN.values()))})*"
_NEVER = re.compile(r"(?!)")


class Redaction:
    """Replaces one key, in all the spellings that an answer can contain."""

    def __init__(self, key: str) -> None:
        self._characters = [_any_spelling(character) for character in key]
        self._plain: re.Pattern[str] | None = None
        self._folded = key.lower()
        self._notations: tuple[str, ...] = _NOTATIONS
        self._is_unmistakable = len(key) >= _UNMISTAKABLE
        self._is_worth_it = len(key) >= _WORTH_REDACTING
        self._pattern = self._compiled("")
        if self._is_unmistakable and _PLAIN_KEY.fullmatch(key):
            self._plain = re.compile(re.escape(key), re.IGNORECASE)
            if not key.isalnum():
                self._notations = (*_NOTATIONS, _SIGN_NOTATION)

    def __call__(self, text: str) -> str:
        """Return the text without the key, also where unseen characters are inside it."""
        text = self._replace(text, self._pattern)
        seen = _without_unseen(text)
        if seen == text or self._replace(seen, self._pattern) == seen:
            return text
        return self._replace(text, self._scattered)

    @cached_property
    def _scattered(self) -> re.Pattern[str]:
        """The pattern of the key with unseen characters inside; large, and hardly ever needed."""
        return self._compiled(_ANY_UNSEEN)

    def _compiled(self, separator: str) -> re.Pattern[str]:
        """Return the pattern of the key with something between its characters."""
        pattern = separator.join(self._characters)
        if self._is_unmistakable:
            return re.compile(pattern, re.IGNORECASE)
        return re.compile(rf"(?<!\w){pattern}(?!\w)") if self._is_worth_it else _NEVER

    def _replace(self, text: str, pattern: re.Pattern[str]) -> str:
        """Replace what a pattern of the key matches."""
        is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "[", '"'))
        if is_json and not self._is_unmistakable:
            return _JSON_TEXT.sub(partial(_redact_sentence, pattern), text)
        is_plain = not any(mark in text for mark in self._notations)
        if pattern is self._pattern and self._plain is not None and is_plain:
            if text.isascii() and self._folded not in text.lower():
                # About six times as fast as the pattern, which finds nothing more in ASCII.
                return text
            pattern = self._plain
        return pattern.sub(REDACTED, text)


def _redact_sentence(pattern: re.Pattern[str], match: re.Match[str]) -> str:
    """Redact one JSON text, unless it may be an id."""
    return pattern.sub(REDACTED, match[0]) if " " in match[0] else match[0]


def _without_unseen(text: str) -> str:
    """Return a text without the characters that are not displayed."""
    if not text.isascii():
        text = _UNSEEN_CHARACTERS.sub("", text)
    for mark, pattern in _UNSEEN_PATTERNS.items():
        if mark in text:
            text = pattern.sub("", text)
    return text


def _any_spelling(character: str) -> str:
    """Return the pattern of one character in every notation and in either case.

    Each character has its own pattern, as a text may mix them: an address in a page in JSON.
    """
    cases = (character, character.lower(), character.upper())
    spellings = {spelling for case in cases for spelling in _spellings(case)}
    longest_first = sorted(spellings, key=len, reverse=True)
    return f"(?:{'|'.join(longest_first)})"


def _spellings(text: str) -> Iterator[str]:
    """Yield the patterns of a character: plain, of JSON, of addresses and of HTML."""
    yield re.escape(text)
    yield "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass"))
    units = text.encode("utf-16-be", "surrogatepass").hex()
    yield "".join(rf"\\+u{units[place : place + 4]}" for place in range(0, len(units), 4))
    yield "".join(rf"&#(?:0*{ord(letter)}|x0*{ord(letter):x});" for letter in text)
    if (entity := escape(text)) != text:
        yield re.escape(entity)
    if text in _ESCAPED_IN_JSON:
        yield rf"\\+{re.escape(text)}"
    if text == " ":
        yield re.escape("+")
