"""When a panel accepts the next request."""

import pytest

from custom_components.smm_panel.api import PanelClient, PanelRateLimitError
from tests.helpers.loopback import LoopbackServer, Reply


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [
        ({}, None),
        ({"Retry-After": "17"}, 17),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "99999999"}, 86_400),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "\u0664"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "30"}, 30),
        ({"X-RateLimit-Reset": "1000000000"}, 0),
        ({"X-RateLimit-Reset": "9999999999"}, 86_400),
        ({"X-RateLimit-Reset": "1500000000000"}, 0),
        ({"RateLimit-Reset": "30"}, 30),
        ({"Retry-After": "", "X-RateLimit-Reset": "30"}, 30),
        ({"Retry-After": "5", "X-RateLimit-Reset": "30"}, 5),
    ],
)
async def test_when_to_come_back(
    server: LoopbackServer,
    client: PanelClient,
    headers: dict[str, str],
    retry_after: float | None,
) -> None:
    """A request too early lengthens a ban; a wrong number must not stop polling for ever."""
    server.will_answer(Reply(status=429, headers=headers))

    with pytest.raises(PanelRateLimitError) as caught:
        await client.balance()

    assert caught.value.retry_after == retry_after


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        ({"error": "Too many requests, try again in 30 seconds"}, 30),
        ({"error": "Rate limit exceeded. Please wait 2 minutes."}, 120),
        ({"error": "RATE_LIMIT: RETRY_AFTER_17"}, 17),
        ({"error": "Rate limit exceeded, retry in 1 hr"}, 3600),
        ({"error": "rate_limited", "message": "slow down", "retryAfter": 4}, 4),
        ({"error": "Rate limit exceeded. Max 60 requests per minute."}, None),
        ({"error": "Too many requests, wait, 60 requests are allowed"}, None),
        ({"error": "Rate limit exceeded, wait 99999999999 seconds"}, None),
        ({"error": "Rate limit exceeded, try again in 500 ms"}, None),
    ],
)
async def test_when_to_come_back_by_the_answer(
    server: LoopbackServer, client: PanelClient, answer: object, retry_after: float | None
) -> None:
    """Most panels send no headers, but a message."""
    server.will_answer(Reply.json(answer))

    with pytest.raises(PanelRateLimitError) as caught:
        await client.balance()

    assert caught.value.retry_after == retry_after
