"""The snapshot of an order book: the whole book in one file, as of a moment."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from ..const import DOMAIN
from ..storage import read_store

STORAGE_VERSION: Final = 1


class BookSnapshot(Store[dict[str, Any]]):
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
            private=True,
            atomic_writes=True,
            # What is saved is made for it, and never altered afterwards.
            serialize_in_event_loop=False,
        )
        self._failure: Exception | None = None

    @override
    async def async_load(self) -> dict[str, Any] | None:
        """Return what is in the file, None if there is none.

        Raises BrokenStoreError.
        """
        content = await self.hass.async_add_executor_job(read_store, self.path)
        if content is not None and (content["version"], content.get("minor_version")) == (
            self.version,
            self.minor_version,
        ):
            data: dict[str, Any] = content["data"]
            return data
        return await super().async_load()

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        """Save now. Raises SerializationError and WriteError.

        While Home Assistant stops, `Store` puts it off to the very end.
        """
        await super().async_save(data)
        if self._failure is not None:
            raise self._failure

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Keep what `Store` is going to log: a call whose data another write took sees it too."""
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._failure = err
            raise
        self._failure = None
