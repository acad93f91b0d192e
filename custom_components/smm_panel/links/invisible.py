"""Characters that nobody sees, which copying from a page or a chat adds to a text."""

import re
from typing import Final

# Listed, not taken by category: among the format characters are visible ones (U+0600), and the
# tags and variation selectors that end an emoji.
_INVISIBLE: Final = (
    r"\s"
    r"\x00-\x1f\x7f-\x9f"  # controls
    r"\u00ad"  # soft hyphen
    r"\u034f\u2060-\u2064"  # joiners, invisible operators
    r"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters without a glyph
    r"\u180e\u200b-\u200d\ufeff"  # zero width, byte order mark
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # directions
    r"\ufff9-\ufffb"  # annotations
)
_START: Final = re.compile(rf"\A[{_INVISIBLE}]+")
_INVISIBLE_ONES: Final = re.compile(rf"[{_INVISIBLE}]")


def strip_invisible(text: str) -> str:
    """Return a text without white space and invisible characters at its ends.

    Inside the text they stay: there they may belong to it.
    """
    text = _START.sub("", text)
    end = len(text)
    # From the end backwards: a pattern for the end is tried at every blank of a long text.
    while end and _INVISIBLE_ONES.match(text, end - 1):
        end -= 1
    return text[:end]
