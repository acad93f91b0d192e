"""Calls of every method of the client, for tests that go through all of them."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.smm_panel.api import OrderRequest, PanelClient, PanelError

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
OPERATIONS: dict[str, Call] = {
    "add": lambda client: client.add(ORDER),
    "refill": lambda client: client.refill(["1", "2"]),
    "refill of one": lambda client: client.refill(["1"]),
    "cancel": lambda client: client.cancel(["1", "2"]),
    "cancel of one": lambda client: client.cancel(["1"]),
}
CALLS = READS | OPERATIONS

every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
every_read = pytest.mark.parametrize("call", READS.values(), ids=READS.keys())
every_operation = pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS.keys())


async def failure_of(call: Call, client: PanelClient) -> PanelError:
    """Return the error of a call that must fail."""
    with pytest.raises(PanelError) as caught:
        await call(client)
    return caught.value
