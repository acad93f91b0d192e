"""Searching the panel's services: a pure function."""

from collections.abc import Iterable
from decimal import Decimal

from ..api import Service, service_type


def search_services(
    services: Iterable[Service],
    *,
    search: str = "",
    category: str = "",
    type_name: str = "",
    max_rate: Decimal | None = None,
) -> list[Service]:
    """Return the services that match all criteria, in the panel's order.

    Every word of `search` must occur in the name, category or id; case does not matter.
    A blank text matches every service. A type matches in every spelling of a panel.
    """
    words = search.casefold().split()
    category = category.strip().casefold()
    wanted_type = _folded_type(type_name) if type_name.strip() else None

    def is_wanted(item: Service) -> bool:
        text = f"{item.name}\n{item.category}\n{item.id}".casefold()
        return (
            all(word in text for word in words)
            and category in {"", item.category.strip().casefold()}
            and wanted_type in {None, _folded_type(item.type)}
            and (max_rate is None or item.rate <= max_rate)
        )

    return [item for item in services if is_wanted(item)]


def _folded_type(name: str) -> str:
    return service_type(name).name.casefold()
