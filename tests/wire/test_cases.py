"""Every case, over HTTP: what a panel sends is read as a sensible client would read it."""

import pytest

from custom_components.smm_panel.api import PanelClient
from tests.api.conftest import KEY
from tests.helpers.loopback import LoopbackServer, Reply
from tests.wire.cases import Case, load_cases
from tests.wire.readings import reading

CASES = load_cases()
WRITES = {"add", "refill", "cancel"}
# What a case's body has where the panel repeated the caller's key.
ECHOED_KEY = "SECRET-KEY"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_case(server: LoopbackServer, client: PanelClient, case: Case) -> None:
    """A panel misread is an account cut off, an order lost or an order paid twice."""
    server.will_answer(
        Reply(
            body=case.body.replace(ECHOED_KEY, KEY).encode(),
            status=case.http_status or 200,
            headers={"Content-Type": case.content_type or "text/html", **case.headers},
        )
    )

    assert await reading(client, case) == case.expect
    # Reads may be asked again in their other form, and for the other ids after one was refused,
    # a write never.
    assert len(server.forms) <= (1 if case.action in WRITES else max(2, 1 + len(case.ids)))


def test_each_case_has_an_expectation() -> None:
    """A case that is not judged proves nothing."""
    ids = [case.id for case in CASES]

    assert len(ids) == len(set(ids))
    assert sum(case.origin != "own" for case in CASES) == 126
