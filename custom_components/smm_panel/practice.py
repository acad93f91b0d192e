"""The practice account: a simulated panel inside Home Assistant that survives restarts."""

from collections.abc import Mapping
from random import Random
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .simulator import SimulatedAnswer, SimulatedPanel

STORAGE_VERSION = 1


class PracticeTransport:
    """Sends forms to a simulated panel; implements `api.Transport`."""

    def __init__(self, panel: SimulatedPanel, store: Store[dict[str, Any]]) -> None:
        """Use `store` to save the panel's state whenever it changes."""
        self._panel = panel
        self._store = store
        self._saved = panel.revision

    @classmethod
    async def async_load(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Return the practice account of a config entry, new or with its saved state.

        Raises ConfigEntryError if its file has other content.
        """
        store = _store(hass, entry_id)
        state = await store.async_load()
        random = Random()  # noqa: S311 - draws the course of simulated orders
        if state is None:
            return cls(SimulatedPanel(clock=dt_util.utcnow, random=random), store)
        try:
            panel = SimulatedPanel.from_dict(state, clock=dt_util.utcnow, random=random)
        except ValueError as err:
            raise ConfigEntryError(
                translation_domain=DOMAIN, translation_key="practice_unreadable"
            ) from err
        return cls(panel, store)

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry_id: str) -> None:
        """Delete the file of a config entry's practice account, if it has one."""
        await _store(hass, entry_id).async_remove()

    async def post(
        self,
        form: Mapping[str, str],
        *,
        more: bool = False,  # noqa: ARG002 - there is no connection to keep
    ) -> SimulatedAnswer:
        """Answer a form after its changes are on disk.

        The store logs a failed write, and the answer is returned nevertheless: a crash can
        then lose no more than a simulated order.
        """
        answer = self._panel.handle(form)
        revision = self._panel.revision
        # Not the revision before this form: an earlier caller may have been cancelled
        # between its change and the save.
        if revision != self._saved:
            await self._store.async_save(self._panel.as_dict())
            self._saved = revision
        return answer


def _store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(
        hass,
        STORAGE_VERSION,
        f"{DOMAIN}.{entry_id}.practice",
        private=True,
        atomic_writes=True,
    )
