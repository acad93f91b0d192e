"""Order presets: orders prepared by the user, each a config subentry of its account."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigSubentry

from ..api import InvalidOrderError, OrderRequest, Service
from ..coordinator import PanelConfigEntry
from ..errors import refused
from ..validation import ORDER_FIELDS_SCHEMA

SUBENTRY_PRESET: Final = "preset"

CONF_SERVICE: Final = "service"
CONF_SERVICE_NAME: Final = "service_name"
CONF_FIELDS: Final = "fields"
CONF_MAX_CHARGE: Final = "max_charge"
CONF_ADMINISTRATORS_ONLY: Final = "administrators_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An order that can be placed with a button or by name.

    `id` is that of the subentry. `fields` are the parameters of `OrderRequest` except service
    and type. `max_charge`, in the account's currency, is the largest charge it may have.
    """

    id: str
    name: str
    service: str
    service_name: str
    fields: Mapping[str, Any]
    max_charge: Decimal | None
    administrators_only: bool

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> Self:
        """Return the preset that a subentry holds."""
        return cls.read(subentry.subentry_id, subentry.title, subentry.data)

    @classmethod
    def read(cls, preset_id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Return the preset with the data of a subentry: fields as in the form, money as text."""
        return cls(
            id=preset_id,
            name=name,
            service=data[CONF_SERVICE],
            service_name=data[CONF_SERVICE_NAME],
            fields=ORDER_FIELDS_SCHEMA(dict(data[CONF_FIELDS])),
            max_charge=Decimal(data[CONF_MAX_CHARGE]) if CONF_MAX_CHARGE in data else None,
            administrators_only=data[CONF_ADMINISTRATORS_ONLY],
        )

    def price(self, service: Service) -> Decimal | None:
        """Return the expected price of the order at a service; None if it is unknown."""
        try:
            return self._request(service).estimate(service)
        except InvalidOrderError:
            # Such an order is refused: the type of the service changed, or a date is past.
            return None

    def problem(self, service: Service) -> InvalidOrderError | None:
        """Return the error with which the order would be refused; None if it fits the service."""
        try:
            self._request(service).check_limits(service)
        except InvalidOrderError as err:
            return err
        return None

    def _request(self, service: Service) -> OrderRequest:
        return OrderRequest(service=service.id, type=service.type, **self.fields)


def get_presets(entry: PanelConfigEntry) -> list[Preset]:
    """Return the presets of an account."""
    return [Preset.of(item) for item in entry.get_subentries_of_type(SUBENTRY_PRESET)]


def find_preset(entry: PanelConfigEntry, wanted: str) -> Preset:
    """Return the preset with this name (in any case) or id. Raises ServiceValidationError."""
    folded = fold_name(wanted)
    found = [
        item for item in get_presets(entry) if folded in {fold_name(item.name), item.id.casefold()}
    ]
    if not found:
        raise refused("unknown_preset", preset=wanted, account=entry.title)
    if len(found) > 1:
        # Home Assistant allows renaming a preset to the name of another one.
        raise refused("ambiguous_preset", preset=wanted, account=entry.title)
    return found[0]


def fold_name(name: str) -> str:
    """Return a name as it is compared with names of other presets."""
    return " ".join(name.split()).casefold()
