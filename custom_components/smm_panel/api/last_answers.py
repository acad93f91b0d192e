"""The last answers to requests that are sent again and again."""

from http import HTTPStatus

from .transport import Answer


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
