"""Who is behind an order: the user, automation or script whose context it was placed in."""

from collections import OrderedDict
from dataclasses import dataclass

from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.components.script import EVENT_SCRIPT_STARTED
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN

# More than the runs that can be under way at one time; an entry is a few hundred bytes.
_REMEMBERED_RUNS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiator:
    """The context of a call.

    `user_name` is what the user was called at the time.
    `runs` are the entity ids of the automation and of the scripts that ran in it, the
    outermost first.
    """

    context: str
    parent: str | None = None
    user: str | None = None
    user_name: str | None = None
    runs: tuple[str, ...] = ()

    def as_context(self) -> Context:
        """Return the context anew, for what follows from the call later."""
        return Context(user_id=self.user, parent_id=self.parent, id=self.context)

    def as_answer(self) -> JsonObjectType:
        """Return who it is as answers and events tell it."""
        return {
            "user_id": self.user,
            "user": self.user_name,
            "automations_and_scripts": list(self.runs),
            "context_id": self.context,
            "parent_context_id": self.parent,
        }


class Runs:
    """Which automations and scripts ran in which context."""

    def __init__(self) -> None:
        """Know of no run yet."""
        self._entities: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    @callback
    def async_note(self, event: Event) -> None:
        """Note a run that starts."""
        context, entity = event.context.id, event.data.get(ATTR_ENTITY_ID)
        known = self._entities.get(context, ())
        if not isinstance(entity, str) or entity in known:
            return
        self._entities[context] = (*known, entity)
        self._entities.move_to_end(context)
        if len(self._entities) > _REMEMBERED_RUNS:
            self._entities.popitem(last=False)

    def of(self, context: Context) -> tuple[str, ...]:
        """Return the entity ids of what runs in a context."""
        return self._entities.get(context.id, ())


_RUNS: HassKey[Runs] = HassKey(f"{DOMAIN}_runs")


@callback
def async_follow_initiators(hass: HomeAssistant) -> None:
    """Follow the runs of automations and scripts for as long as Home Assistant runs."""
    runs = hass.data[_RUNS] = Runs()
    for event_type in (EVENT_AUTOMATION_TRIGGERED, EVENT_SCRIPT_STARTED):
        hass.bus.async_listen(event_type, runs.async_note)


async def async_get_initiator(hass: HomeAssistant, context: Context) -> Initiator:
    """Return who is behind a call with this context."""
    user = None if context.user_id is None else await hass.auth.async_get_user(context.user_id)
    return Initiator(
        context=context.id,
        parent=context.parent_id,
        user=context.user_id,
        user_name=None if user is None else user.name,
        runs=hass.data[_RUNS].of(context),
    )
