"""The snapshot of an order book: the whole book in one file."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from ..const import DOMAIN
from ..storage import read_store

STORAGE_VERSION: Final = 1


class BookSnapshot(Store[dict[str, Any]]):
    """A store that raises an error if its file cannot be written or read.

    `Store` only logs a failed write, but an order must not be sent before its intent is on disk.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        super().__init__(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}",
            private=True,
            atomic_writes=True,
            # Nothing changes the data after they were passed to `async_save`.
            serialize_in_event_loop=False,
        )
        self._failure: Exception | None = None

    @override
    async def async_load(self) -> dict[str, Any] | None:
        """Return the data in the file, None without a file. Raises BrokenStoreError."""
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

        While Home Assistant stops, `Store` postpones the write to the very end.
        """
        await super().async_save(data)
        if self._failure is not None:
            raise self._failure

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Keep the error that `Store` only logs.

        In an attribute, because a write may save the data of several calls of `async_save`.
        """
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._failure = err
            raise
        self._failure = None
