"""Which addresses a panel may have: every request sends the key there."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
import re

from yarl import URL

# Not `is_private`, which also includes networks that are reserved or for documentation.
_PRIVATE_NETWORKS = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)

_LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")


class UrlProblem(StrEnum):
    """Why an address is refused."""

    INVALID = "invalid"
    NOT_HTTP = "not_http"
    INSECURE = "insecure"
    USER_INFO = "user_info"
    QUERY = "query"
    FRAGMENT = "fragment"


class InvalidUrlError(ValueError):
    """An address that must not be used; the message does not repeat it."""

    def __init__(self, reason: UrlProblem) -> None:
        super().__init__(f"The panel's address cannot be used: {reason}")
        self.reason = reason


def check_url(url: str) -> str:
    """Check a panel's address and return it in its normal form; raises `InvalidUrlError`.

    Plain http is for a loopback or private address only, as anybody on the network path can
    read the key. A host name never counts as private: its address may change.
    """
    text = url.strip()
    parsed = _parse(text)
    problem = UrlProblem.INVALID if parsed is None else _problem(parsed, text)
    if problem is not None:
        raise InvalidUrlError(problem)
    return str(parsed)


def _parse(text: str) -> URL | None:
    """Parse with the class that aiohttp uses, so that the address checked is the one used."""
    if not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        return URL(text)
    except ValueError:
        # The parser's error repeats the address, which may contain a password.
        return None


def _problem(url: URL, text: str) -> UrlProblem | None:
    """Find what is wrong with a parsed address."""
    host = url.host or ""
    checks = (
        (url.scheme not in ("http", "https"), UrlProblem.NOT_HTTP),
        (not _is_host(url.raw_host or ""), UrlProblem.INVALID),
        ("@" in text.partition("://")[2].partition("/")[0], UrlProblem.USER_INFO),
        ("#" in text, UrlProblem.FRAGMENT),
        ("?" in text, UrlProblem.QUERY),
        (url.scheme == "http" and not _is_private(host), UrlProblem.INSECURE),
    )
    return next((problem for is_wrong, problem in checks if is_wrong), None)


def _is_host(host: str) -> bool:
    """Return whether a host is a valid DNS name or an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None
    return True


def _is_private(host: str) -> bool:
    """Return whether a host is this machine or has an address of a private network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in _PRIVATE_NETWORKS)
