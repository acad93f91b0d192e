"""Texts of panels in the one spelling that the tables of words are written in."""

import re
import unicodedata

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Letters that Unicode does not decompose into a plain one and a mark.
_PLAIN_LETTERS = str.maketrans({"đ": "d", "\u0131": "i", "ø": "o", "ł": "l", "ß": "ss"})


def fold_words(text: str) -> str:
    """Return lower-case words: `order.min_quantity` and `orderMinQuantity` become the same.

    Accents are dropped, as panels write "Số dư không đủ" with and without them.
    """
    text = _HUMP.sub(" ", text).lower()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        letters = (letter for letter in decomposed if unicodedata.category(letter) != "Mn")
        text = "".join(letters).translate(_PLAIN_LETTERS)
    return " ".join(re.split(r"[\W_]+", text)).strip()
