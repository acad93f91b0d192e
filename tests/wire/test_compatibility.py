"""The document about compatibility says what the cases prove."""

from tools.compatibility import DOCUMENT, document


def test_document_is_current() -> None:
    """A list of panels that nobody keeps up is worse than none; run scripts/compatibility."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()
