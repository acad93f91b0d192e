"""The file of an order book."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from .book_content import Damage
from .const import DOMAIN
from .store_file import is_broken

STORAGE_VERSION: Final = 1
STORAGE_MINOR_VERSION: Final = 2


class OrderBookWriteError(HomeAssistantError):
    """The order book could not be written to disk."""

    def __init__(self, reason: str) -> None:
        """Tell the user, where nothing better is known, that the change may be lost."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="book_not_written",
            translation_placeholders={"reason": reason},
        )
        self.reason = reason


class BookStore(Store[dict[str, Any]]):
    """A store that tells its caller of files that could not be written or read.

    `Store` logs an error of a write and goes on. An order must not be sent on the strength
    of an intent that is not on disk.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Use the file of a config entry."""
        super().__init__(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}",
            minor_version=STORAGE_MINOR_VERSION,
            private=True,
            atomic_writes=True,
            # Rows are encoded once, when they change, and never altered afterwards.
            serialize_in_event_loop=False,
        )
        self._failure: Exception | None = None

    async def async_is_broken(self) -> bool:
        """Tell whether there is a file that is not one of a store."""
        return await self.hass.async_add_executor_job(is_broken, self.path)

    async def async_set_aside(self) -> Damage:
        """Keep a copy of a file that cannot be read whole. Raises OrderBookWriteError."""
        return await self.hass.async_add_executor_job(self._set_aside)

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        """Save now, or raise OrderBookWriteError."""
        await super().async_save(data)
        if self._failure is not None:
            raise OrderBookWriteError(str(self._failure)) from self._failure

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Keep what `Store` is going to log: a call whose data another write took sees it too."""
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._failure = err
            raise
        self._failure = None

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Bring rows of minor version 1 up to date.

        They had the id of one refill and the time of a cancel that the panel took.
        """
        rows = old_data.get("orders")
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            if (refill := row.pop("refill", None)) is not None:
                asked_at = row.get("changed_at", row.get("added_at"))
                row["refills"] = [{"asked_at": asked_at, "asking": "taken", "refill": refill}]
            if (asked_at := row.pop("cancel_asked_at", None)) is not None:
                row["cancel"] = {"asked_at": asked_at, "asking": "taken"}
        return old_data

    def _set_aside(self) -> Damage:
        path = Path(self.path)
        try:
            # Named for the file, so that trying again on a full disk makes no second copy.
            modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            copy = path.with_name(f"{path.name}.damaged.{modified:%Y%m%dT%H%M%S%f}")
            try:
                copy.touch(mode=0o600)
                copy.write_bytes(path.read_bytes())
            except OSError:
                copy.unlink(missing_ok=True)
                raise
        except OSError as err:
            raise OrderBookWriteError(str(err)) from err
        return Damage(found_at=dt_util.utcnow(), file=str(copy))
