"""Calls of every method of the client, for tests that go through all of them."""

from collections.abc import Awaitable, Callable

from custom_components.smm_panel.api import OrderRequest, PanelClient

type Call = Callable[[PanelClient], Awaitable[object]]

ORDER = OrderRequest(service="1", link="https://example.com/p", quantity=100)

READS: dict[str, Call] = {
    "balance": lambda client: client.balance(),
    "services": lambda client: client.services(),
    "orders": lambda client: client.orders(),
    "status": lambda client: client.status(["1", "2"]),
    "status of one": lambda client: client.status(["1"]),
    "refill_status": lambda client: client.refill_status(["1", "2"]),
    "refill_status of one": lambda client: client.refill_status(["1"]),
}
WRITES: dict[str, Call] = {
    "add": lambda client: client.add(ORDER),
    "refill": lambda client: client.refill(["1", "2"]),
    "refill of one": lambda client: client.refill(["1"]),
    "cancel": lambda client: client.cancel(["1", "2"]),
    "cancel of one": lambda client: client.cancel(["1"]),
}
CALLS = READS | WRITES
