"""Makes the texts of a panel safe for every place that displays them."""

import re
import unicodedata

# Longer names and messages contain nothing useful.
TEXT_LIMIT = 500

# Invisible characters: they can reorder a text (right-to-left override), split a word so
# that it looks like another, or make a text that looks empty. The format characters
# (category Cf) are in the second list.
_UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0"
    "\U000e0100-\U000e01ef"
)
_FORMATS = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
# All that `one_line` may remove without a trace.
INVISIBLE = f"[{_UNSEEN}{_FORMATS}]"
_BLANKS = frozenset({"Cc", "Zl", "Zp", "Zs"})
# Joiners are part of the spelling between letters of Arabic and Indic scripts, and in emoji
# that consist of several.
_LETTER = "[\u0600-\u0dff]"
_EMOJI = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_JOINER = re.compile(f"(?<={_LETTER})[\u200c\u200d](?={_LETTER})|(?<={_EMOJI})\u200d(?={_EMOJI})")

# Tags that panels use or that have an effect. Any other `<` may be meant literally
# ("quantity <min"), but browsers read a tag if a letter follows.
_TAG_NAMES = (
    "a|abbr|audio|b|base|big|blockquote|body|br|button|center|code|dd|div|dl|dt|em|embed|font|form|"
    "h[1-6]|head|hr|html|i|iframe|img|input|label|li|link|mark|meta|object|ol|p|pre|s|script|small|"
    "span|strike|strong|style|sub|sup|svg|table|tbody|td|th|thead|title|tr|u|ul|video"
)
_TAG = re.compile(rf"<!--.*?-->|</?(?:{_TAG_NAMES})(?:[\s/][^<>]*)?>", re.IGNORECASE | re.DOTALL)
_TAG_START = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
# `[text](address)` and `![text](address)`: the text displayed can differ from the target.
_MARKDOWN_LINK = re.compile(r"\](?=\()")


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return a text as one line without markup and invisible characters, cut at `limit`.

    Home Assistant displays these texts in places that render Markdown and HTML
    (notifications, repairs, forms, the to-do list) and in places that do not. So tags are
    removed, and a blank is inserted after any other `<` and inside links: the result reads
    the same everywhere and renders as plain text.
    """
    # Cut first: a text can be huge.
    text = text[: 4 * limit]
    if not _is_plain(text):
        text = _harmless(text)
    return " ".join(text.split())[:limit].rstrip()


def _is_plain(text: str) -> bool:
    """Return whether a text is obviously safe, as nearly all are; a fast check."""
    return text.isascii() and text.isprintable() and "<" not in text and "](" not in text


def _harmless(text: str) -> str:
    # Half a surrogate pair cannot be stored or sent.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _INVISIBLE.sub("", text)
    if not text.isprintable():
        joiners = {match.start() for match in _JOINER.finditer(text)}
        text = "".join(
            character if place in joiners else _visible(character)
            for place, character in enumerate(text)
        )
    if "<" in text:
        text = _TAG_START.sub("< ", _TAG.sub(" ", text))
    return _MARKDOWN_LINK.sub("] ", text)


def _visible(character: str) -> str:
    """Return a character, a blank in place of a separator, or nothing if it is invisible."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category in _BLANKS else character
