"""Which addresses the key may be sent to."""

from aiohttp import ClientSession
import pytest

from custom_components.smm_panel.api import HttpTransport, InvalidUrlError, check_url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://smmprovider.co/api/v2", "https://smmprovider.co/api/v2"),
        (" HTTPS://Panel.Example/api/ \n", "https://panel.example/api/"),
        (
            "https://panel.example:8443/api/v2/index.php",
            "https://panel.example:8443/api/v2/index.php",
        ),
        ("https://панель.example/api", "https://xn--80aksgi6f.example/api"),
        ("https://203.0.113.5/api", "https://203.0.113.5/api"),
        ("http://localhost:8080/api", "http://localhost:8080/api"),
        ("http://panel.localhost/api", "http://panel.localhost/api"),
        ("http://127.0.0.1:80/api", "http://127.0.0.1/api"),
        ("http://[::1]/api", "http://[::1]/api"),
        ("http://10.1.2.3/api", "http://10.1.2.3/api"),
        ("http://172.31.0.1/api", "http://172.31.0.1/api"),
        ("http://192.168.1.2/api", "http://192.168.1.2/api"),
        ("http://[fd00::1]/api", "http://[fd00::1]/api"),
        ("http://[::ffff:192.168.1.2]/api", "http://[::ffff:192.168.1.2]/api"),
    ],
)
def test_accepted(url: str, normal: str) -> None:
    """A panel at home may do without TLS; one account is one address."""
    assert check_url(url) == normal


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not_http"),
        ("smmprovider.co/api/v2", "not_http"),
        ("ftp://panel.example/", "not_http"),
        ("file:///etc/passwd", "not_http"),
        ("https://", "invalid"),
        ("https:///api", "invalid"),
        ("https://panel.example:99999/", "invalid"),
        ("https://panel.exam ple/", "invalid"),
        ("https://panel.example\\@evil.example/", "invalid"),
        ("https://panel.example/\u0000", "invalid"),
        ("https://[::1/", "invalid"),
        ("https://panel.example%40evil.example/", "invalid"),
        ("https://panel%2fevil.example/", "invalid"),
        ("https://panel.example\uff20evil.example/", "invalid"),
        ("https://panel..example/", "invalid"),
        ("https://-panel.example/", "invalid"),
        ("https://user:secret@panel.example/", "user_info"),
        ("https://@panel.example/", "user_info"),
        ("https://panel.example/api?key=1", "query"),
        ("https://panel.example/api?", "query"),
        ("https://panel.example/api#top", "fragment"),
        ("https://panel.example/api#", "fragment"),
        ("http://panel.example/api", "insecure"),
        ("http://127.0.0.1.panel.example/", "insecure"),
        ("http://localhost.panel.example/", "insecure"),
        ("http://panel/", "insecure"),
        ("http://203.0.113.5/", "insecure"),
        ("http://172.32.0.1/", "insecure"),
        ("http://8.8.8.8/", "insecure"),
        ("http://0.0.0.0/", "insecure"),
        ("http://[2001:db8::1]/", "insecure"),
        ("http://[::ffff:8.8.8.8]/", "insecure"),
    ],
)
def test_refused(url: str, reason: str) -> None:
    """Sent there, the key is everybody's; the error must not repeat a password."""
    with pytest.raises(InvalidUrlError) as caught:
        check_url(url)

    assert caught.value.reason == reason
    assert "secret" not in f"{caught.value!r}{caught.value.__cause__}{caught.value.__context__}"


async def test_transport_checks_its_address(session: ClientSession) -> None:
    """An address that got into storage unchecked is refused all the same."""
    with pytest.raises(InvalidUrlError):
        HttpTransport(session, url="http://panel.example/api", api_key="x")


async def test_transport_shows_its_address_only(session: ClientSession) -> None:
    """The repr of a client ends in logs and diagnostics."""
    transport = HttpTransport(session, url="https://panel.example/api", api_key="topsecret")

    assert repr(transport) == "HttpTransport(url='https://panel.example/api')"
