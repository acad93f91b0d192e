"""The fields in which an action takes ids, and what is known of a panel's support for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .models import ItemError
from .splitting import Splitting

# Requests of a call in the other field; each that fails shows one id that the panel refuses.
_MOST_TRIES = 3


@dataclass(slots=True, kw_only=True)
class IdFields:
    """The two fields in which an action takes ids, and what is known of the panel's support.

    Some panels support one of the two only. `only` is that one: the field for a single id
    then takes the ids one request at a time, the field for several takes a single id too.
    """

    one: str
    several: str
    rare: tuple[str, ...] = ()
    """Fields that a few panels have for a single id."""
    only: str | None = None
    proven: set[str] = field(default_factory=set)
    """The fields that have brought a result."""
    refused: set[str] = field(default_factory=set)
    """The fields that the panel did not understand in an operation."""
    splitting: Splitting = field(default_factory=Splitting)
    left_over: frozenset[str] = frozenset()
    """The ids that the last call did not get to."""

    @property
    def is_one_by_one(self) -> bool:
        """Whether each id needs a request of its own."""
        return self.only in (self.one, *self.rare)

    def batch(self, ids: Sequence[str]) -> Sequence[str]:
        """Return the ids of the next request."""
        return self.splitting.take(ids, self._size)

    def count_requests(self, ids: Sequence[str]) -> int:
        """Return the number of requests that ids need."""
        return -(-len(ids) // self._size)

    @property
    def _size(self) -> int:
        return 1 if self.is_one_by_one else self.splitting.size

    def field_for(self, ids: Sequence[str]) -> str:
        """Return the field for the ids of one request."""
        return self.only or (self.one if len(ids) == 1 else self.several)

    def other(self, name: str) -> str:
        """Return the other field."""
        return self.several if name == self.one else self.one

    def may_be_other(self, name: str) -> bool:
        """Return whether the panel may support the other field only, and it is worth a request."""
        return self.only is None and name not in self.proven and self.splitting.splits < _MOST_TRIES

    def note_result(self, name: str, items: Mapping[str, object]) -> None:
        """Note the items of an answer that was understood."""
        self.splitting.note_answer(items)
        if len(items) > 1 and not all(isinstance(item, ItemError) for item in items.values()):
            self.proven.add(name)

    def note_form_refused(self, name: str, message: str) -> None:
        """Note that the panel does not understand a field; the next call uses another one."""
        self.refused.add(name)
        names = (self.other(name), *self.rare, name)
        words = message.lower()
        named = [rare for rare in self.rare if rare in words]
        untried = [other for other in (*named, *names) if other not in self.refused]
        if not untried:
            self.refused.clear()
            untried = [self.other(name)]
        self.only = untried[0]
