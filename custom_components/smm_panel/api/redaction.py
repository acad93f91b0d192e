"""Removes the API key from every text that a panel sends."""

from collections.abc import Iterator
from html import escape
import re

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
_NEVER = re.compile(r"(?!)")


class Redaction:
    """Replaces one key, in all the spellings that an answer can contain."""

    def __init__(self, key: str) -> None:
        pattern = "".join(map(_any_spelling, key))
        self._plain: re.Pattern[str] | None = None
        self._folded = key.lower()
        self._notations: tuple[str, ...] = _NOTATIONS
        self._is_unmistakable = len(key) >= _UNMISTAKABLE
        if self._is_unmistakable:
            self._pattern = re.compile(pattern, re.IGNORECASE)
            if _PLAIN_KEY.fullmatch(key):
                self._plain = re.compile(re.escape(key), re.IGNORECASE)
                if not key.isalnum():
                    self._notations = (*_NOTATIONS, _SIGN_NOTATION)
        elif len(key) >= _WORTH_REDACTING:
            self._pattern = re.compile(rf"(?<!\w){pattern}(?!\w)")
        else:
            self._pattern = _NEVER

    def __call__(self, text: str) -> str:
        """Return the text without the key."""
        is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "[", '"'))
        if self._is_unmistakable or not is_json:
            pattern = self._pattern
            if self._plain is not None and not any(mark in text for mark in self._notations):
                if text.isascii() and self._folded not in text.lower():
                    # About six times as fast as the pattern, which finds nothing more in ASCII.
                    return text
                pattern = self._plain
            return pattern.sub(REDACTED, text)
        return _JSON_TEXT.sub(self._redact_sentence, text)

    def _redact_sentence(self, match: re.Match[str]) -> str:
        """Redact one JSON text, unless it may be an id."""
        return self._pattern.sub(REDACTED, match[0]) if " " in match[0] else match[0]


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
