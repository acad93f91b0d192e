"""How ids are split into requests: by the size that the panel takes, apart from unreadable ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import re

from .answers import read_batch_limit
from .exceptions import PanelRejectedError
from .models import ErrorKind, ItemError

# "separated by a comma, up to 100 IDs" (API document); some panels silently drop the rest.
BATCH_SIZE = 100

# Refusals of the orders, even if the answer names none of them.
ABOUT_ORDERS = frozenset({ErrorKind.BAD_ORDER, ErrorKind.NOT_ELIGIBLE})

# A batch of 100 with one unreadable id is halved seven times until that id is alone.
_MOST_SPLITS = 16
# The group of ids that the panel refuses; a group of its own for each part of a split batch.
_REFUSED = -1
_TOGETHER = 0
# A longer number is out of the range of a panel's own ids.
_DIGITS_LIMIT = 18
_WORD = re.compile(r"[^\s,;:'\"()\[\]{}<>]+")


@dataclass(slots=True)
class Splitting:
    """What the refusals of an action have shown about the ids of one request.

    Some panels refuse a whole request for one id that they cannot read. Such an id gets
    requests apart from the others from then on, until the panel answers it.
    """

    size: int = BATCH_SIZE
    _groups: dict[str, int] = field(default_factory=dict)
    _last_group: int = _TOGETHER
    _splits_left: int = _MOST_SPLITS

    def begin(self) -> None:
        """Begin a call, which may split its batches a number of times.

        One of the refused ids is tried by itself: it may have been refused for another one.
        """
        self._splits_left = _MOST_SPLITS
        refused = [id_ for id_, group in self._groups.items() if group == _REFUSED]
        if len(refused) > 1:
            self._part(refused[:1])

    @property
    def splits(self) -> int:
        """How often batches of this call were split."""
        return _MOST_SPLITS - self._splits_left

    def take(self, ids: Sequence[str], most: int) -> Sequence[str]:
        """Return the ids of the next request: those that may be together with the first."""
        most = min(most, self.size)
        if not self._groups or not ids:
            return ids[:most]
        group = self._group(ids[0])
        return [id_ for id_ in ids if self._group(id_) == group][:most]

    def note_answer(self, items: Mapping[str, object]) -> None:
        """Put ids together again that the panel has answered, with an error or not."""
        is_alone = len(items) == 1
        for id_, item in items.items():
            if not (is_alone and isinstance(item, ItemError)):
                self._groups.pop(id_, None)

    def note_refused(self, ids: Iterable[str]) -> None:
        """Keep ids apart that a batch was refused for."""
        self._splits_left -= 1
        self._groups.update(dict.fromkeys(ids, _REFUSED))

    def note_failed(self, ids: Iterable[str]) -> None:
        """Put ids together that were parted from others and refused."""
        for id_ in ids:
            if self._groups.pop(id_, _TOGETHER) != _TOGETHER:
                # At the end: the next call tries the one that has waited longest.
                self._groups[id_] = _REFUSED

    def learn(
        self, refusal: PanelRejectedError, ids: Sequence[str], *, halve: bool
    ) -> list[str] | None:
        """Learn from the refusal of several ids; return those that it is about.

        The others can be requested again. None if the refusal shows nothing. With `halve`
        a refusal that gives no hint is followed by requests with half of the ids.
        """
        # The number in the text of a rate limit is one of requests or orders in a time.
        is_rate = refusal.kind is ErrorKind.RATE_LIMITED
        limit = None if is_rate else read_batch_limit(refusal.message)
        if limit is not None and 0 < limit < len(ids):
            self.size = limit
            return []
        if self._is_final(ids) or refusal.kind not in ABOUT_ORDERS:
            return None
        words = {word.strip(".#!?") for word in _WORD.findall(refusal.message)}
        named = [id_ for id_ in ids if id_ in words]
        if 0 < len(named) < len(ids):
            self.note_refused(named)
            return named
        if self.part_unlike(ids):
            return []
        if halve and refusal.kind is ErrorKind.BAD_ORDER and self._splits_left > 0:
            self._part(ids[: len(ids) // 2])
            self._part(ids[len(ids) // 2 :])
            self._splits_left -= 1
            return []
        return None

    def part_unlike(self, ids: Sequence[str]) -> bool:
        """Part ids that are no usual numbers from those that are; return whether there are both."""
        unlike = [id_ for id_ in ids if _is_unlike(id_)]
        if self._is_final(ids) or not 0 < len(unlike) < len(ids):
            return False
        self._part(unlike)
        self._splits_left -= 1
        return True

    def is_apart(self, ids: Iterable[str]) -> bool:
        """Return whether ids were parted from the others because they are no usual numbers."""
        return all(_is_unlike(id_) and self._group(id_) != _TOGETHER for id_ in ids)

    def _is_final(self, ids: Sequence[str]) -> bool:
        """Return whether ids are not parted any further."""
        is_refused = self._group(ids[0]) == _REFUSED
        return is_refused or len(ids) == 1 or self._splits_left <= 0

    def _part(self, ids: Iterable[str]) -> None:
        """Put ids into a group of their own."""
        self._last_group += 1
        self._groups.update(dict.fromkeys(ids, self._last_group))

    def _group(self, id_: str) -> int:
        return self._groups.get(id_, _TOGETHER)


def _is_unlike(id_: str) -> bool:
    """Return whether an id is no usual number, so that a panel may not be able to read it."""
    return not id_.isdecimal() or len(id_) > _DIGITS_LIMIT
