"""Who placed an order: the user, automation or script, from the context of the call."""

from collections import OrderedDict
from dataclasses import dataclass

from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.components.script import EVENT_SCRIPT_STARTED
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN

# More runs than can be active at the same time; an entry takes a few hundred bytes.
_REMEMBERED_RUNS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiator:
    """The context of a call.

    `user_name` is the name of the user at the time of the call. `runs` are the entity ids of
    the automation and the scripts that ran in the context, the outermost first.
    """

    context: str
    parent: str | None = None
    user: str | None = None
    user_name: str | None = None
    runs: tuple[str, ...] = ()

    def as_context(self) -> Context:
        """Recreate the context, for events that follow from the call later."""
        return Context(user_id=self.user, parent_id=self.parent, id=self.context)

    def as_answer(self) -> JsonObjectType:
        """Return the initiator as shown in answers and events."""
        return {
            "user_id": self.user,
            "user": self.user_name,
            "automations_and_scripts": list(self.runs),
            "context_id": self.context,
            "parent_context_id": self.parent,
        }


class Runs:
    """The automations and scripts that ran in each context."""

    def __init__(self) -> None:
        self._entities: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    @callback
    def async_record(self, event: Event) -> None:
        """Record the start of a run."""
        context, entity = event.context.id, event.data.get(ATTR_ENTITY_ID)
        known = self._entities.get(context, ())
        if not isinstance(entity, str) or entity in known:
            return
        self._entities[context] = (*known, entity)
        self._entities.move_to_end(context)
        if len(self._entities) > _REMEMBERED_RUNS:
            self._entities.popitem(last=False)

    def of(self, context: Context) -> tuple[str, ...]:
        """Return the entity ids of the runs in a context."""
        return self._entities.get(context.id, ())


_RUNS: HassKey[Runs] = HassKey(f"{DOMAIN}_runs")


@callback
def async_follow_initiators(hass: HomeAssistant) -> None:
    """Record the runs of automations and scripts for as long as Home Assistant runs."""
    runs = hass.data[_RUNS] = Runs()
    for event_type in (EVENT_AUTOMATION_TRIGGERED, EVENT_SCRIPT_STARTED):
        hass.bus.async_listen(event_type, runs.async_record)


async def async_get_initiator(hass: HomeAssistant, context: Context) -> Initiator:
    """Return the initiator of a call with this context."""
    user = None if context.user_id is None else await hass.auth.async_get_user(context.user_id)
    return Initiator(
        context=context.id,
        parent=context.parent_id,
        user=context.user_id,
        user_name=None if user is None else user.name,
        runs=hass.data[_RUNS].of(context),
    )
