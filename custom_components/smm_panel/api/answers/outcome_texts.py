"""What an error text says of the outcome: that something was done in spite of the error."""

import re

from .folding import fold_words
from .foreign_texts import DENIALS, DONE_TEXTS

# A denial counts within its clause only: "not saved, but you were charged".
_CLAUSES = re.compile(r"[.,;:!?()\n\u2013\u2014\u3002\uff0c\uff01]+")
_CONJUNCTIONS = re.compile(r"\b(?:but|however|and|yet|though|although)\b")
# Before what was done; "will be charged" and "must be saved" have not happened either.
_DENIED = re.compile(
    r"\b(not|no|never|nothing|none|can ?not|\w{2,6}n t|can t|unable|fail\w*|without|until|unless"
    rf"|before|if|must|should|will|would|could|can|may|might|only|{DENIALS})\b"
)
_DONE = (
    "(placed|created|saved|submitted|accepted|registered|stored|recorded|queued|processed|processing"
    "|sent|completed|started|received|added|charged|debited|deducted|requested|opened)"
)
_PAID = "(charged|debited|deducted|taken|withdrawn|spent)"
_WORD = r"(\w{1,20} )"
_THING = "(order|purchase|payment|transaction|request|refill|cancel|cancell?ation|it)"
_MONEY = "(you|balance|funds?|money|amount|account|wallet|credits?)"
_IN_WORK = "(in progress|in process|pending|in (the )?queue|live|running|active)"
_HAPPENED = "(was|were|is|has been|have been|been|got|being|is being)"
_PATTERN = re.compile(
    "|".join(
        (
            rf"\b{_THING} {_WORD}{{0,3}}{_HAPPENED} {_WORD}{{0,2}}{_DONE}\b",
            rf"^(the |your |new |this )*{_THING} {_WORD}{{0,2}}{_DONE}\b",
            rf"\b{_MONEY} {_WORD}{{0,3}}{_HAPPENED} {_WORD}{{0,1}}{_PAID}\b",
            rf"\b{_PAID} (from )?(you|your|the)\b",
            rf"\bwe (have )?{_WORD}?{_DONE}\b",
            rf"\bsuccess(fully)? {_DONE}|\b{_DONE} success",
            rf"\b{_THING} {_WORD}{{0,2}}is {_WORD}{{0,1}}{_IN_WORK}",
            *DONE_TEXTS,
        )
    )
)
# The order may have reached the panel's own supplier.
_SUPPLIER = re.compile(r"(?<!smm )\b(provider|supplier|upstream|vendor)s?\b")


def says_done(text: str) -> bool:
    """Return whether a text says that the request was carried out, at least in part."""
    clauses = (
        clause
        for piece in _CLAUSES.split(text)
        for clause in _CONJUNCTIONS.split(fold_words(piece))
    )
    return any(_is_done(clause.strip()) for clause in clauses)


def names_supplier(text: str) -> bool:
    """Return whether a text is about the supplier that the panel passes orders on to."""
    return _SUPPLIER.search(fold_words(text)) is not None


def _is_done(clause: str) -> bool:
    """Return whether a clause says that something was done, without a denial before it."""
    match = _PATTERN.search(clause)
    return match is not None and _DENIED.search(clause, 0, match.end()) is None
