"""Characters that nobody sees at the ends of a text."""

from hypothesis import given, strategies as st
import pytest

from custom_components.smm_panel.links import strip_invisible


@pytest.mark.parametrize(
    "character",
    [
        *(" ", "\t", "\r\n", "\x00", "\x7f", "\u0085", "\u00a0", "\u2003", "\u2028", "\u3000"),
        *("\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e"),
        *("\u200f", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\u2800", "\u3164", "\ufeff"),
    ],
)
def test_invisible_characters(character: str) -> None:
    """Copied along with a link or a key, they make the panel refuse it."""
    assert strip_invisible(f"{character}a{character}b{character}{character}") == f"a{character}b"
    assert not strip_invisible(character)


@pytest.mark.parametrize("text", ["\u2764\ufe0f", "\u0600", "é", "_", ".", "\U0001f3f4\U000e0067"])
def test_visible_characters(text: str) -> None:
    """What changes how a text looks is part of it."""
    assert strip_invisible(text) == text


@given(st.text())
def test_any_text(text: str) -> None:
    """What is left is one piece of the text, with nothing to strip."""
    left = strip_invisible(text)

    assert left in text
    assert strip_invisible(left) == left == left.strip()
