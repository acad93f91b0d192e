"""Whether the API key gets into the log."""

import logging
from typing import Self, override

from .account import API_KEY


class KeyWatch(logging.Handler):
    """Looks for the API key in what is logged as a warning or an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen = False

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.seen = self.seen or API_KEY in self.format(record)
