"""Everything that leaves the integration, searched for the key."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
import json
import logging
import re
from typing import Any, Self, override
from urllib.parse import unquote

from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.json import json_dumps

_ESCAPED = re.compile(r"\\+u([0-9a-f]{4})", re.IGNORECASE)


@dataclass(kw_only=True, eq=False)
class KeyWatch(logging.Handler):
    """Keeps where the key was seen: in log records, events, and what a test shows it.

    `core` is a part of the key that is spelled alike everywhere, so that every spelling
    of the key is found, those nobody thought of too.
    """

    core: str
    leaks: list[str] = field(default_factory=list)
    seen: int = 0
    """How many texts were searched."""

    def __post_init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def look_at(self, where: str, text: str) -> None:
        """Search a text."""
        self.seen += 1
        if self.is_in(text):
            self.leaks.append(f"{where}: {text[:300]}")

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds the key."""
        plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        return self.core.casefold() in unescape(unquote(plain)).casefold()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.look_at("log", self.format(record))
        if record.exc_info and record.exc_info[1] is not None:
            self.look_at_error("logged", record.exc_info[1])

    def look_at_error(self, where: str, err: BaseException) -> None:
        """Search an exception and all that it came from, the hidden ones too."""
        for link in _chain(err, set()):
            self.look_at(f"{where} {type(link).__name__}", f"{link} {link!r} {vars(link)}")

    def listen(self, hass: HomeAssistant) -> None:
        """Search every event from now on, with it all changes of states and of registries."""

        @callback
        def look(event: Event[Any]) -> None:
            self.look_at(f"event {event.event_type}", repr(event.data))

        hass.bus.async_listen(MATCH_ALL, look)

    def look_around(self, hass: HomeAssistant) -> None:
        """Search what Home Assistant shows now."""
        for state in hass.states.async_all():
            self.look_at("state", json_dumps(state))
        for issue in ir.async_get(hass).issues.values():
            self.look_at("issue", repr(issue))
        for device in dr.async_get(hass).devices:
            self.look_at("device", repr(device))
        for entity in er.async_get(hass).entities.values():
            self.look_at("entity", repr(entity))
        for flow in hass.config_entries.flow.async_progress():
            self.look_at("flow", repr(flow))

    def look_at_files(self, storage: dict[str, Any]) -> None:
        """Search the stored files but the one that has to hold the key."""
        for name, content in storage.items():
            if name != "core.config_entries":
                self.look_at(f"file {name}", json.dumps(content, default=str))

    def __enter__(self) -> Self:
        """Hear all that is logged, by whomever, at every level."""
        root = logging.getLogger()
        loggers = [root, *map(logging.getLogger, root.manager.loggerDict)]
        self._levels = {logger: logger.level for logger in loggers}
        for logger in loggers:
            logger.setLevel(logging.NOTSET)
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        for logger, level in self._levels.items():
            logger.setLevel(level)


def _chain(err: BaseException, known: set[int]) -> Iterator[BaseException]:
    if id(err) in known:
        return
    known.add(id(err))
    yield err
    for origin in (err.__cause__, err.__context__, *getattr(err, "exceptions", ())):
        if origin is not None:
            yield from _chain(origin, known)
