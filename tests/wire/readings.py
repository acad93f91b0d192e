"""Asks a client as a case's request does, and writes down what it makes of the answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal

from custom_components.smm_panel.api import (
    Balance,
    ItemError,
    ListedOrder,
    OrderReport,
    OrderRequest,
    Outcome,
    PanelClient,
    PanelError,
    PanelRejectedError,
    PlacedOrder,
    Service,
)
from tests.wire.cases import Case, Plain

ORDER = OrderRequest(service="1", link="https://example.com/p", quantity=100)
CALLS: dict[str, Callable[[PanelClient, list[str]], Awaitable[object]]] = {
    "balance": lambda client, _: client.balance(),
    "add": lambda client, _: client.add(ORDER),
    "services": lambda client, _: client.services(),
    "packages": lambda client, _: client.services(),
    "status": lambda client, ids: client.status(ids or ["1"]),
    # One family offers the status of many under this name too.
    "orders": lambda client, ids: client.status(ids) if ids else client.orders(),
    "refill": lambda client, ids: client.refill(ids or ["1"]),
    "refill_status": lambda client, ids: client.refill_status(ids or ["1"]),
    "cancel": lambda client, ids: client.cancel(ids or ["1"]),
}


async def reading(client: PanelClient, case: Case) -> Plain:
    """Say what the client makes of a case, in the words of the expectations."""
    # Any request without parameters will do for an action nobody has.
    call = CALLS.get(case.action, CALLS["balance"])
    try:
        return _plain(await call(client, case.ids))
    except PanelRejectedError as err:
        told: dict[str, Plain] = {"error": str(err.kind), "message": err.message}
        return told if err.retry_after is None else told | {"retry_after": err.retry_after}
    except PanelError:
        return "unreadable"


def _plain(value: object) -> Plain:
    """Write a result in plain words."""
    plain: Plain
    match value:
        case None:
            plain = "asked"
        case ItemError(outcome=Outcome.UNKNOWN):
            plain = "unknown"
        case ItemError():
            plain = {"error": str(value.kind), "message": value.message}
        case Balance():
            plain = {"balance": _text(value.amount), "currency": value.currency}
        case OrderReport() | PlacedOrder() | Service() | ListedOrder():
            plain = {
                field.name: _text(told)
                for field in fields(value)
                if field.name != "status_text"
                and (told := getattr(value, field.name)) not in (None, "", ())
            }
        case tuple():
            plain = [_plain(row) for row in value]
        case Mapping():
            plain = {id_: _plain(item) for id_, item in value.items()}
        case _:
            plain = str(value)
    return plain


def _text(value: object) -> Plain:
    """Write a value in plain words: money written out, a date as in ISO 8601."""
    match value:
        case int():
            return value
        case tuple():
            return [str(id_) for id_ in value]
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
