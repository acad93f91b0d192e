"""What a journal holds of an order book: changes, added up, and carried out again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.smm_panel.orders import Placement, TrackedOrder
from custom_components.smm_panel.orders.book_changes import BookChanges, Replay

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def order(key: str, **values: str) -> TrackedOrder:
    """Return an order of the book."""
    return replace(
        TrackedOrder(local_id=key, placement=Placement.INTENDED, added_at=NOON, name="A"),
        **values,  # type: ignore[arg-type]  # texts only
    )


def first(changes: BookChanges) -> None:
    """Note what a save could not write."""
    for key in ("a", "b", "c", "d"):
        changes.put(order(key))
    changes.assign({1: "a", 2: "b"})


def later(changes: BookChanges) -> None:
    """Note what happened meanwhile."""
    changes.put(order("a", name="B"))
    changes.put(order("e"))
    changes.drop("b")
    changes.forget("c", None)
    changes.put(order("c"))
    changes.assign({2: "e"})


def test_changes_that_are_added_later_come_later() -> None:
    """A save that failed must not undo what happened since."""
    both, earlier, since = BookChanges(), BookChanges(), BookChanges()
    first(both)
    later(both)
    first(earlier)
    later(since)

    earlier.extend(since)

    results = []
    for changes in (both, earlier):
        replay = Replay({"orders": []})
        for change in changes.as_json():
            replay.carry_out(change)
        assert not replay.unreadable
        results.append(replay.stored)
    assert results[0] == results[1]
    assert [(row["local_id"], row["name"]) for row in results[1]["orders"]] == [
        ("a", "B"),
        ("d", "A"),
        ("e", "A"),
        ("c", "A"),
    ]
    assert results[1]["slots"] == {"1": "a", "2": "e"}


@pytest.mark.parametrize(
    "change",
    [
        None,
        {},
        {"order": {}},
        {"dropped": 1},
        {"apart_since": "noon", "days": [], "before": []},
    ],
)
def test_what_cannot_be_read_is_counted(change: object) -> None:
    """A file that somebody has changed must not keep the account from starting."""
    replay = Replay({"orders": [{"local_id": "a"}]})

    replay.carry_out(change)

    assert replay.unreadable == 1
    assert replay.stored["orders"] == [{"local_id": "a"}]
