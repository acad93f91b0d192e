"""How many requests a panel accepts."""

from collections.abc import AsyncIterator, Mapping
import json
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
import pytest
import pytest_asyncio

from custom_components.smm_panel.api import (
    OrderRequest,
    PanelClient,
    PanelRateLimitError,
    RateLimiter,
)
from tests.helpers.fake_transport import FakeAnswer

ORDER = OrderRequest(service="1", link="https://example.com/p", quantity=10)
PLACED = FakeAnswer(text='{"order": 1}')
BALANCE = FakeAnswer(text='{"balance": "1"}')


def refused(**headers: str) -> FakeAnswer:
    """Return the answer of a panel that gets too many requests."""
    text = json.dumps({"error": "Rate limit exceeded"})
    return FakeAnswer(text=text, status=429, headers=headers)


class Panel:
    """Gives prepared answers, and counts the requests of each action."""

    def __init__(self) -> None:
        self.answers: list[FakeAnswer] = []
        self.requested: list[str] = []

    async def post(self, form: Mapping[str, str], **_: bool) -> FakeAnswer:
        self.requested.append(form["action"])
        return self.answers.pop(0)


@pytest.fixture
def panel() -> Panel:
    """A panel without answers yet."""
    return Panel()


@pytest.fixture
def rate_limiter() -> RateLimiter:
    """What is known of it."""
    return RateLimiter()


@pytest.fixture
def client(panel: Panel, rate_limiter: RateLimiter) -> PanelClient:
    """Its client."""
    return PanelClient(panel, rate_limiter=rate_limiter)


@pytest_asyncio.fixture
async def sleep(freezer: FrozenDateTimeFactory) -> AsyncIterator[AsyncMock]:
    """Let waiting take no time of ours; the clock goes on by it."""
    waited = AsyncMock(side_effect=freezer.tick)
    with patch("custom_components.smm_panel.api.pacing.asyncio.sleep", waited):
        yield waited


async def seconds_to_wait(client: PanelClient) -> float | None:
    """Return in how many seconds the balance may be requested again."""
    with pytest.raises(PanelRateLimitError) as caught:
        await client.balance()
    return caught.value.retry_after


async def test_nothing_is_sent_before_the_panel_wants_it(
    client: PanelClient, panel: Panel, freezer: FrozenDateTimeFactory
) -> None:
    """Every request too early lengthens a ban."""
    panel.answers = [refused(**{"Retry-After": "30"}), BALANCE]
    assert await seconds_to_wait(client) == 30

    freezer.tick(20)
    assert await seconds_to_wait(client) == pytest.approx(10)
    assert panel.requested == ["balance"]

    freezer.tick(11)
    await client.balance()
    assert panel.requested == ["balance", "balance"]


async def test_a_limit_of_one_action_holds_up_no_other(
    client: PanelClient, rate_limiter: RateLimiter, panel: Panel
) -> None:
    """Ten service lists an hour are a common limit; orders must go on."""
    panel.answers = [refused(**{"Retry-After": "3000"}), PLACED]
    with pytest.raises(PanelRateLimitError):
        await client.services()

    await rate_limiter.wait_for_turn("add")
    assert (await client.add(ORDER)).order == "1"


async def test_the_last_request_allowed_is_known_beforehand(
    client: PanelClient, panel: Panel, freezer: FrozenDateTimeFactory
) -> None:
    """Panels that say how many requests are left need never refuse."""
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "40"}
    panel.answers = [
        FakeAnswer(text='{"balance": "1"}', headers={"X-RateLimit-Remaining": "1"}),
        FakeAnswer(text='{"balance": "1"}', headers=left),
        BALANCE,
    ]
    await client.balance()
    await client.balance()

    assert await seconds_to_wait(client) == 40
    assert len(panel.requested) == 2

    freezer.tick(41)
    await client.balance()


async def test_without_a_time_the_wait_doubles_up_to_a_minute(
    client: PanelClient, panel: Panel, freezer: FrozenDateTimeFactory
) -> None:
    """Most panels name none."""
    panel.answers = [refused() for _ in range(8)] + [BALANCE, refused()]
    waits = []
    for _ in range(8):
        waits.append(await seconds_to_wait(client))
        freezer.tick(61)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]

    await client.balance()
    assert await seconds_to_wait(client) == 1, "an answer ends it"


async def test_a_queue_of_operations_keeps_the_gap(
    client: PanelClient, rate_limiter: RateLimiter, panel: Panel, sleep: AsyncMock
) -> None:
    """With one order a second, of a queue of orders one is refused and not every second one."""
    panel.answers = [PLACED, refused(**{"Retry-After": "1"}), PLACED, PLACED, PLACED]

    outcomes = []
    for _ in range(5):
        await rate_limiter.wait_for_turn("add")
        try:
            outcomes.append((await client.add(ORDER)).order)
        except PanelRateLimitError:
            outcomes.append("refused")

    assert outcomes == ["1", "refused", "1", "1", "1"]
    assert [call.args[0] for call in sleep.await_args_list] == pytest.approx([1, 1, 1])


async def test_a_long_wait_is_an_error_instead(
    client: PanelClient, rate_limiter: RateLimiter, panel: Panel, sleep: AsyncMock
) -> None:
    """A script must not hang for an hour without a word."""
    panel.answers = [refused(**{"Retry-After": "3600"})]
    with pytest.raises(PanelRateLimitError):
        await client.add(ORDER)

    with pytest.raises(PanelRateLimitError) as caught:
        await rate_limiter.wait_for_turn("add")

    assert caught.value.retry_after == pytest.approx(3600)
    sleep.assert_not_awaited()
    assert panel.requested == ["add"]
