"""The forms of errors in an answer."""

import pytest

from custom_components.smm_panel.api import ErrorKind, PanelRejectedError
from tests.helpers.fake_transport import client_answered


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        ({"error": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"Error": " Bad\n link "}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": {"code": "bad_link", "message": "No!"}}, ErrorKind.BAD_LINK, "bad_link: No!"),
        ({"error": ["Bad link"]}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": "invalid_link", "message": "No!"}, ErrorKind.BAD_LINK, "invalid_link: No!"),
        ({"error": True, "message": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": 1, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"error": True}, ErrorKind.OTHER, "error"),
        ({"status": "error", "message": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"status": "Fail", "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"status": False, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"success": False, "msg": "Bad link"}, ErrorKind.BAD_LINK, "Bad link"),
        ({"errors": ["Bad link", "Also"]}, ErrorKind.BAD_LINK, "Bad link: Also"),
        ({"errors": {"link": ["Bad link"]}}, ErrorKind.BAD_LINK, "Bad link"),
        ([{"error": "Bad link"}], ErrorKind.BAD_LINK, "Bad link"),
        ('"Bad link"', ErrorKind.BAD_LINK, "Bad link"),
        ({"error": "Liên kết sai"}, ErrorKind.BAD_LINK, "Liên kết sai"),
        ({"error": "Đơn hàng sai"}, ErrorKind.OTHER, "Đơn hàng sai"),
        ({"error": "x" * 9000}, ErrorKind.OTHER, "x" * 500),
        ({"error": "no\x00good \ud800"}, ErrorKind.OTHER, "no good \ufffd"),
    ],
)
async def test_shapes_of_errors(answer: object, kind: ErrorKind, text: str) -> None:
    """A refusal mistaken for an unknown outcome makes the user look for an order that is none."""
    with pytest.raises(PanelRejectedError) as caught:
        await client_answered(answer).balance()

    assert (caught.value.kind, caught.value.message) == (kind, text)
