"""The snapshot of an order book: the whole book at one time, in one file."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from ..const import DOMAIN
from ..storage import read_store

STORAGE_VERSION: Final = 1


class BookSnapshot(Store[dict[str, Any]]):
    """A store that raises if its file cannot be written or read.

    `Store` only logs a write error, but an order must not be sent before its intent is on disk.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Use the file of a config entry."""
        super().__init__(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}",
            private=True,
            atomic_writes=True,
            # The data is made for one save and not altered afterwards: another thread may read it.
            serialize_in_event_loop=False,
        )
        self._failure: Exception | None = None

    @override
    async def async_load(self) -> dict[str, Any] | None:
        """Return the content of the file, None if there is no file.

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

        While Home Assistant stops, `Store` postpones the write to the final write event.
        """
        await super().async_save(data)
        if self._failure is not None:
            raise self._failure

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Keep the error that `Store` logs: a call whose data another write saved raises it too."""
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._failure = err
            raise
        self._failure = None
