"""One read about many ids: its requests, several at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from .exceptions import PanelAuthError, PanelError
from .id_forms import IdForms
from .models import ItemError

type Items[T] = dict[str, T | ItemError]
type Told[T] = Callable[[Items[T]], None]

_AT_ONCE = 4
# Behind the first one.
_ROUND_TRIPS = 3


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
