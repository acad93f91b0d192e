"""What a panel writes reaches people harmless: no markup, no tricks with what is not seen."""

import json

import pytest

from custom_components.smm_panel.api import PanelRejectedError, PanelResponseError
from tests.helpers.fake_transport import client_answered

ROW = {"service": 1, "rate": "0.9", "min": "1", "max": "9"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Followers <b>fast</b><br/>now", "Followers fast now"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a <img src=x onerror=alert(1)", "a < img src=x onerror=alert(1)"),
        ("a <!-- b --> c <!-- d", "a c < !-- d"),
        ("<<b>script>x", "< script>x"),
        ("min <max, 1 < 2 <3", "min < max, 1 < 2 <3"),
        ("see <https://t.me/x>", "see < https://t.me/x>"),
        ("[15K](https://evil.example/)", "[15K] (https://evil.example/)"),
        ("![x](http://evil.example/x.png)", "![x] (http://evil.example/x.png)"),
        ("[HQ][Instant] 100% *real*", "[HQ][Instant] 100% *real*"),
        ("&lt;b&gt; & &amp;", "&lt;b&gt; & &amp;"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("Insta\u200bgram\ufeff\u2060\u00ad", "Instagram"),
        ("a\u3164\u2800b", "ab"),
        ("a\x00b\x1b[31mc\r\nd\u2028e\u00a0f", "a b [31mc d e f"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2b50\ufe0f",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2b50\ufe0f",
        ),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("متابعين إنستغرام", "متابعين إنستغرام"),
        ("x" * 10_000, "x" * 500),
        ("<b>" * 100 + "x", "x"),
    ],
)
async def test_name_of_a_service(written: str, read: str) -> None:
    """Names are shown in forms, notifications and the to-do list, some of which render markup."""
    services = await client_answered(
        [{**ROW, "name": written}, {**ROW, "service": 2, "name": "B"}]
    ).services()

    assert [service.name for service in services] == [read, "B"]


async def test_every_text_is_treated_alike() -> None:
    """One text that is forgotten is enough to spoof."""
    evil, good = "<b>x\u202e</b>[y](z)", "x [y] (z)"
    client = client_answered([{**ROW, "name": evil, "type": evil, "category": evil, "desc": evil}])
    (service,) = await client.services()
    assert {service.name, service.type, service.category, service.description} == {good}

    (order,) = await client_answered([{"order": 1, "created_at": evil, "link": evil}]).orders()
    assert {order.created_at, order.link} == {good}

    items = await client_answered({"status": evil, "charge": "1", "currency": evil}).status(["1"])
    assert [getattr(items["1"], name) for name in ("status_text", "currency")] == [good, good]

    for answer in ({"error": evil}, {"errors": {"a": [evil]}}, {"success": False, "msg": evil}):
        with pytest.raises(PanelRejectedError) as caught:
            await client_answered(answer).balance()
        assert caught.value.message == good


@pytest.mark.parametrize(
    "id_", ["1\u200b", "\u202e1", "<b>", "[a](https://evil.example/)", "a b", "1,2", "1\n2"]
)
async def test_ids_hide_nothing(id_: str) -> None:
    """An id is compared, sent and shown, so it is taken as it is or not at all."""
    with pytest.raises(PanelResponseError):
        await client_answered(json.dumps([{**ROW, "name": "A", "service": id_}])).services()


@pytest.mark.long("a catalogue of megabytes")
async def test_large_catalogue_of_large_rows() -> None:
    """Ten thousand rows of long texts are read, and kept short."""
    row = {**ROW, "name": "<b>n</b>\u202e" * 200, "desc": "d" * 1_000}
    services = await client_answered(
        json.dumps([{**row, "service": number} for number in range(1, 10_001)])
    ).services()

    assert len(services) == 10_000
    assert all(len(service.name) <= 500 for service in services)
