"""The two forms of an action, for one id and for several, and which a panel understands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

# "separated by a comma, up to 100 IDs" (API document); some panels cut the rest in
# silence.
BATCH_SIZE = 100


@dataclass(slots=True, kw_only=True)
class IdForms:
    """The fields an action takes ids in, as far as the panel has taught us.

    Some panels know one of the two only. `only` is that one: the field for one id then
    takes the ids of a batch one after the other, that for several takes a single one too.
    """

    one: str
    several: str
    only: str | None = None
    proven: set[str] = field(default_factory=set)
    """The fields that have brought a result."""
    late: frozenset[str] = frozenset()
    """The ids that could not be asked about any more the last time."""

    @property
    def is_one_by_one(self) -> bool:
        """Whether each id needs a request of its own."""
        return self.only == self.one

    def batch(self, ids: Sequence[str]) -> Sequence[str]:
        """Return the first ids, as many as go into one request."""
        return ids[: self._size]

    def requests(self, ids: Sequence[str]) -> int:
        """Return how many requests ids take."""
        return -(-len(ids) // self._size)

    @property
    def _size(self) -> int:
        return 1 if self.is_one_by_one else BATCH_SIZE

    def field_for(self, ids: Sequence[str]) -> str:
        """Get the field for the ids of one request."""
        return self.only or (self.one if len(ids) == 1 else self.several)

    def other(self, name: str) -> str:
        """Get the other field."""
        return self.several if name == self.one else self.one
