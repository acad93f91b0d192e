"""The issues of services in use: lost by open orders, or with a rate that rose."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from ..api import Service
from ..catalog import ServiceSnapshot
from ..const import ATTR_SERVICE, DOMAIN
from ..coordinator import PanelConfigEntry
from ..issues import Issue, async_warn, issue_id
from ..money import price_text
from ..orders import ServiceTerms
from ..presets import get_presets
from .base import AccountFlow


@callback
def async_watch_services(hass: HomeAssistant, entry: PanelConfigEntry) -> None:
    """Raise and withdraw the issues of services when the service list or an order changes."""
    raised: dict[str, _Problem] = {}

    @callback
    def update() -> None:
        found = {problem.about: problem for problem in _problems(entry)}
        for about in raised.keys() - found.keys():
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, about))
            del raised[about]
        for about, problem in found.items():
            if raised.get(about) != problem:
                raised[about] = problem
                problem.async_raise(hass, entry)

    @callback
    def withdraw() -> None:
        """Withdraw the issues: services are not watched while the account is not loaded."""
        for about in raised:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, about))

    update()
    entry.async_on_unload(entry.runtime_data.catalog.async_add_listener(update))
    entry.async_on_unload(entry.runtime_data.orders_coordinator.async_add_listener(update))
    entry.async_on_unload(withdraw)


@dataclass(frozen=True, slots=True)
class _OrdersStranded:
    """Open orders whose service is gone, or no longer offers what it did when they were placed."""

    service: str
    name: str
    orders: int
    withdrawn: tuple[str, ...]
    """The names of the lost options in the API; empty if the whole service is gone."""

    @property
    def about(self) -> str:
        """The subject of the issue, for its id."""
        return f"orders_{self.service}"

    def async_raise(self, hass: HomeAssistant, entry: PanelConfigEntry) -> None:
        """Raise or update the issue."""
        if self.withdrawn:
            async_warn(
                hass,
                entry,
                self.about,
                Issue.ORDERS_LOST_OPTIONS,
                {
                    "service": self.name,
                    "orders": str(self.orders),
                    "options": ", ".join(self.withdrawn),
                },
            )
            return
        async_warn(
            hass,
            entry,
            self.about,
            Issue.ORDERS_SERVICE_GONE,
            {"service": self.name, "orders": str(self.orders)},
        )


@dataclass(frozen=True, slots=True)
class _RateRose:
    """A service whose rate rose, used by presets without a maximum charge."""

    service: ServiceSnapshot
    presets: tuple[str, ...]

    @property
    def about(self) -> str:
        """The subject of the issue, for its id."""
        return f"rate_{self.service.id}"

    def async_raise(self, hass: HomeAssistant, entry: PanelConfigEntry) -> None:
        """Raise or update the issue."""
        assert self.service.rose_from is not None  # noqa: S101 - `_risen_rates` skips others
        currency = entry.runtime_data.currency
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(entry, self.about),
            data={ATTR_CONFIG_ENTRY_ID: entry.entry_id, ATTR_SERVICE: self.service.id},
            is_fixable=True,
            severity=IssueSeverity.WARNING,
            translation_key=Issue.PRICE_CHANGED,
            translation_placeholders={
                "account": entry.title,
                "service": f"{self.service.name} ({self.service.id})",
                "old": price_text(self.service.rose_from, currency),
                "new": price_text(self.service.rate, currency),
                "presets": ", ".join(self.presets),
            },
        )


type _Problem = _OrdersStranded | _RateRose


def _problems(entry: PanelConfigEntry) -> Iterator[_Problem]:
    yield from _stranded_orders(entry)
    yield from _risen_rates(entry)


def _stranded_orders(entry: PanelConfigEntry) -> Iterator[_OrdersStranded]:
    """Find the open orders whose service, or an option of it, is gone from the service list."""
    if not (offered := entry.runtime_data.catalog.cached):
        return
    concerned: defaultdict[str, Counter[ServiceTerms]] = defaultdict(Counter)
    for use, orders in entry.runtime_data.order_book.terms_in_use.items():
        service = offered.get(use.service)
        if service is None or _withdrawn(use, service):
            concerned[use.service][use] += orders
    for service_id, uses in concerned.items():
        service = offered.get(service_id)
        lost = set() if service is None else set().union(*(_withdrawn(u, service) for u in uses))
        *_, last = uses
        yield _OrdersStranded(
            service_id, f"{last.name} ({service_id})", uses.total(), tuple(sorted(lost))
        )


def _withdrawn(use: ServiceTerms, service: Service) -> set[str]:
    """Return the options that the service had when it was ordered, and no longer has."""
    had = {"refill": use.can_refill, "cancel": use.can_cancel}
    return {name for name, promised in had.items() if promised and not getattr(service, name)}


def _risen_rates(entry: PanelConfigEntry) -> Iterator[_RateRose]:
    """Find the rates that rose without the user having seen it."""
    for service in entry.runtime_data.watched_services.services.values():
        if service.rose_from is None or service.gone:
            continue
        unlimited = tuple(
            item.name
            for item in get_presets(entry)
            if item.service == service.id and item.max_charge is None
        )
        if unlimited:
            yield _RateRose(service, unlimited)


class PriceChangedFlow(AccountFlow, ConfirmRepairFlow):
    """Lets the user confirm that they have seen a rate that rose."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show how the rate rose; withdraw the issue once this is confirmed."""
        if (entry := self.entry) is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            service = str((self.data or {}).get(ATTR_SERVICE))
            entry.runtime_data.watched_services.async_accept_rate(service)
        return await super().async_step_confirm(user_input)
