"""Keeps the API key out of every text that comes back from a panel."""

from html import escape
import json
import re
from urllib.parse import quote, quote_plus

REDACTED = "**REDACTED**"

# Real keys have some 32 characters. From this length on a key is in no other text by
# chance, so it is replaced wherever it stands.
_UNMISTAKABLE = 8
# A shorter key can be part of an id ("12" in {"order": 123}) or a word ("key" in
# "Invalid API key"), and an answer changed there would be read wrongly. It is replaced
# only as a whole word inside a JSON text that has a blank, which ids never have; and
# not at all below this length, where it protects nothing and hits too much.
_WORTH_REDACTING = 4
_JSON_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NEVER = re.compile(r"(?!)")
# JSON may escape any character, so letters and digits are written plainly before a search.
_ESCAPED_LETTER = re.compile(r"\\u00(3[0-9]|[46][1-9a-f]|[57][0-9a])", re.IGNORECASE)


class Redaction:
    """Replaces one key, in all the spellings an answer can hold it."""

    def __init__(self, key: str) -> None:
        """Prepare the pattern once."""
        in_json = json.dumps(key)[1:-1]
        spellings = {
            key,
            in_json,
            in_json.replace("/", "\\/"),
            json.dumps(key, ensure_ascii=False)[1:-1],
            quote(key, safe=""),
            quote_plus(key),
            escape(key),
        }
        longest_first = sorted(map(re.escape, spellings), key=len, reverse=True)
        pattern = f"(?:{'|'.join(longest_first)})"
        self._is_unmistakable = len(key) >= _UNMISTAKABLE
        if self._is_unmistakable:
            self._pattern = re.compile(pattern, re.IGNORECASE)
        elif len(key) >= _WORTH_REDACTING:
            self._pattern = re.compile(rf"(?<!\w){pattern}(?!\w)")
        else:
            self._pattern = _NEVER

    def __call__(self, text: str) -> str:
        """Give the text without the key."""
        if "\\u00" in text:
            text = _ESCAPED_LETTER.sub(lambda match: chr(int(match[1], 16)), text)
        is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "[", '"'))
        if self._is_unmistakable or not is_json:
            return self._pattern.sub(REDACTED, text)
        return _JSON_TEXT.sub(self._redact_sentence, text)

    def _redact_sentence(self, match: re.Match[str]) -> str:
        """Redact one JSON text, unless it may be an id."""
        return self._pattern.sub(REDACTED, match[0]) if " " in match[0] else match[0]
