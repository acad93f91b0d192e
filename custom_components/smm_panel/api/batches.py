"""Requests about many ids: 100 in each, several at once, unchanged answers not read again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from .exceptions import PanelAuthError, PanelError
from .models import ItemError
from .transport import Answer

type Items[T] = dict[str, T | ItemError]
type Told[T] = Callable[[Items[T]], None]

# "separated by a comma, up to 100 IDs" (API document); some panels cut the rest in
# silence.
BATCH_SIZE = 100
_AT_ONCE = 4
# Behind the first one.
_ROUND_TRIPS = 3


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


class LastAnswers[T]:
    """What was read from the last answer about the same ids, as long as they are asked about."""

    def __init__(self) -> None:
        """Know of no answer."""
        self._last: dict[str, tuple[str, T]] = {}
        self._now: dict[str, tuple[str, T]] = {}

    def turn(self) -> None:
        """End a round of requests: what was not answered in it is forgotten."""
        self._last, self._now = self._now, {}

    def find(self, ids: str, answer: Answer) -> T | None:
        """Return what was read from the last answer about these ids if this one is the same."""
        known = self._last.get(ids)
        if known is None or answer.status != HTTPStatus.OK or known[0] != answer.text:
            return None
        self._now[ids] = known
        return known[1]

    def put(self, ids: str, answer: Answer, read: T) -> None:
        """Keep what was read from an answer."""
        if answer.status == HTTPStatus.OK:
            self._now[ids] = (answer.text, read)


@dataclass(slots=True, kw_only=True)
class Reading[T]:
    """A read as far as it has come: `items` are told, `unsent` are not answered.

    As few requests at once as bring it within four round trips, and four at most; one to a
    panel that has limited their rate.

    `ask` sends one request about some ids, and is told whether more will follow at once.
    `told` is given the items of each answer as it comes.
    """

    forms: IdForms
    ask: Callable[[Sequence[str], bool], Awaitable[Items[T]]]
    told: Told[T] | None
    is_limited: bool
    items: Items[T] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)
    _at_once: int = 1
    _failures: list[PanelError] = field(default_factory=list)

    @property
    def failure(self) -> PanelError | None:
        """Why it stopped; of several reasons, the key is the one that somebody has to mend."""
        is_key = (err for err in self._failures if isinstance(err, PanelAuthError))
        return next(is_key, self._failures[0] if self._failures else None)

    async def run(self, ids: Sequence[str]) -> None:
        """Ask about ids until all are answered or the panel has stopped, the late ones first."""
        self.unsent = sorted(ids, key=lambda id_: id_ not in self.forms.late)
        if self.unsent:
            # It teaches the form, and a panel that refuses is not asked four times.
            await self._ask_next()
        if not self.is_limited:
            trips = -(-self.forms.requests(self.unsent) // _ROUND_TRIPS)
            self._at_once = min(trips, _AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._ask_on())

    async def _ask_on(self) -> None:
        while self.unsent and not self._failures:
            await self._ask_next()

    async def _ask_next(self) -> None:
        """Send one request."""
        batch = self.forms.batch(self.unsent)
        del self.unsent[: len(batch)]
        # Near the end another one may send what is left.
        more = self.forms.requests(self.unsent) >= self._at_once
        answered: Items[T] = {}
        try:
            answered = await self.ask(batch, more)
        except PanelError as err:
            self._failures.append(err)
        self.items |= answered
        self.unsent[:0] = [id_ for id_ in batch if id_ not in answered]
        if self.told is not None:
            self.told(answered)
