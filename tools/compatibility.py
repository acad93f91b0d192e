"""Write docs/compatibility.md from the cases in tests/wire: scripts/compatibility."""

from collections.abc import Iterable
from itertools import groupby
import json
from pathlib import Path

from tests.wire.cases import Case, load_cases

from .markdown import table

DOCUMENT = Path(__file__).parents[1] / "docs" / "compatibility.md"

_INTRODUCTION = """\
# Compatibility

<!-- Made by scripts/compatibility from tests/wire. Change the cases, then run it again. -->

Hundreds of panels speak this API, each a little differently. The client has one tolerant
reader for each action instead of one for each panel. It is tested with {published} published
answers of panels and programs, and {own} more that combine what is known of others. Each is
sent over HTTP, and the result is compared with what a sensible client makes of it. None of
them was measured on a live panel by us.

## Where the published answers come from

{families}

## Kinds of variation

{variations}

## Answers that could be read otherwise

{ambiguous}

## What holds for every panel

- Lists, maps by id and lists in the order asked are told apart by what they hold. The id a row
  names itself outranks its key. A row of an id that was not asked for is dropped, and an id
  without a row has no news. Refills and cancels are never matched by their place in a list.
- A panel that knows only one of `order` and `orders` is found out at the first read that it
  does not understand, and then asked in its own way. A refill or cancel is sent once; if the
  panel refused its form ("Incorrect request"), nothing was done, and the next call uses the
  other form, unless this one has worked before.
- An order counts as placed only with a usable id, and as refused only by an error that names
  a reason against it: funds, service, link, quantity, a duplicate, the key, the rate, a field,
  maintenance. Any other error, one that says that the order was placed or charged, a page, an
  empty answer, a number alone or an id beside an error leave its outcome unknown.
- A refill or cancel is refused by any error of the panel with a status below 500, unless the
  text says that something was done.
- An error text that no rule knows, in any language, is `other` and shown as the panel wrote
  it, without the API key. Reasons are known in ten languages.
- The key counts as wrong where the panel's words name it or the account, not by the status 401
  or 403 alone, which a firewall sends too.
- Texts are made harmless where they are read: one line, 500 characters at most (5000 for a
  description), without HTML tags, Markdown links, control characters and marks that are not
  seen (right-to-left override, zero-width characters).
- Too many requests and maintenance are told apart from other refusals, with the time to wait
  if the panel names one: `Retry-After`, `X-RateLimit-Reset`, a field of the answer or its text.
- An answer may have 4 MiB, a service list 16 MiB, unpacked, and takes 30 or 60 seconds at most.
  Redirects are not followed.
- Not understood: JSON with comments, trailing commas or missing quotes; a service without a
  rate or limits; other names for `key`; ids with blanks or commas.
"""


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"Written: {DOCUMENT.name}")


def document() -> str:
    """Return the content of docs/compatibility.md."""
    cases = load_cases()
    published = [case for case in cases if case.origin != "own"]
    return _INTRODUCTION.format(
        published=len(published),
        own=len(cases) - len(published),
        families=_families(published),
        variations=_variations(cases),
        ambiguous=_ambiguous(cases),
    )


def _families(cases: Iterable[Case]) -> str:
    """Return the table of the sources."""
    by_source = groupby(sorted(cases, key=_source), _source)
    rows = [(source, list(group)) for source, group in by_source]
    return table(
        ("Source", "Answers", "Actions"),
        (
            (source, str(len(group)), ", ".join(sorted({case.action for case in group})))
            for source, group in rows
        ),
    )


def _variations(cases: Iterable[Case]) -> str:
    """Return the table of the variations."""
    by_variation = groupby(sorted(cases, key=_variation), _variation)
    rows = [(variation, list(group)) for variation, group in by_variation]
    return table(
        ("Variation", "Published", "Others", "Actions"),
        (
            (
                variation,
                str(sum(case.origin != "own" for case in group)),
                str(sum(case.origin == "own" for case in group)),
                ", ".join(sorted({case.action for case in group})),
            )
            for variation, group in rows
        ),
    )


def _ambiguous(cases: Iterable[Case]) -> str:
    """Return the table of the cases that can be understood in more than one way."""
    return table(
        ("Case", "Read as", "Why it is open"),
        (
            (case.id, f"`{_short(json.dumps(case.expect, ensure_ascii=False))}`", case.ambiguous)
            for case in cases
            if case.ambiguous is not None
        ),
    )


def _short(text: str, limit: int = 80) -> str:
    """Cut a text that would make the table too wide."""
    return text if len(text) <= limit else f"{text[:limit]}..."


def _source(case: Case) -> str:
    return case.source


def _variation(case: Case) -> str:
    return case.variation


if __name__ == "__main__":
    main()
