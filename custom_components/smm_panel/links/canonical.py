"""The form of links and user names in which they are compared; never what is sent."""

from operator import itemgetter
import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from yarl import URL

from .invisible import strip_invisible
from .network import Network
from .networks import OTHER_SITE, find_network, network_of

_WITHOUT_CASE: Final = re.ASCII | re.IGNORECASE
_SCHEME: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# Without a scheme only what can be nothing else is a link: a host with a path, or a bare host
# with an ending made of letters. "1.5/2" is none.
_HOST_AND_PATH: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d][\w-]*\.?(?::\d+)?[/?#]")
_BARE_HOST: Final = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}\.?(?::\d+)?", _WITHOUT_CASE)
# "m.doe" may be a user name, and another than "doe".
_BARE_PHONE_HOST: Final = re.compile(r"(?:m|mobile)\.[^/?#]*", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[a-f\d:.]+\]")  # as yarl gives it
_MAX_HOST: Final = 253  # as DNS allows
_UNPRINTABLE: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")

# Not of a host that would be left with an ending alone: mobile.com.au is nobody else's site.
_PREFIX: Final = re.compile(
    r"(?:www|m|mobile)\.(?=[^.]+\.)(?!(?:ac|co|com|edu|net|org)\.[a-z]{2}\Z)"
)
# Sites whose users have a host each: there m.example.com may be the user "m".
_HOST_OF_USER: Final = re.compile(
    r".*\.(?:bandcamp\.com|blogspot\.com|carrd\.co|deviantart\.com|github\.io|itch\.io|"
    r"livejournal\.com|medium\.com|myshopify\.com|substack\.com|t\.me|tumblr\.com|weebly\.com|"
    r"wixsite\.com|wordpress\.com)"
)

_DEFAULT_PORTS: Final = {None, 80, 443}
_PATH_SAFE: Final = "!$&'()*+,;=:@~"
_QUERY_SAFE: Final = "!$'()*,;:@?~"

# Names as networks write them without regard to case; other letters keep theirs.
_NAME: Final = re.compile(r"@?[\w.-]+", re.ASCII)
# A YouTube channel's id is no name: its case counts.
_CHANNEL_ID: Final = re.compile(r"UC[\w-]{22}", re.ASCII)


def canonical_link(text: str) -> str:
    """Return the form in which links are compared: an https address.

    What is no link comes back with single blanks; of such texts only a user name, as in @name,
    is brought into lower case.
    """
    return _canonical(strip_invisible(text))[0]


def canonical_target(
    link: str | None, username: str | None, network: str | None = None
) -> str | None:
    """Return the form in which the targets of orders are compared.

    With `network` (see `network_named`), or a link that tells it, a user name and the address of
    its profile are one target; without, a name equals the same name only. None if there is
    neither a link nor a user name.
    """
    known = find_network(network)
    parts = []
    if place := strip_invisible(link or ""):
        address, found = _canonical(place)
        parts.append(_canonical_user(place, known) if place.startswith("@") else address)
        known = known if network else found
    if user := strip_invisible(username or ""):
        parts.append(_canonical_user(user, known))
    # Neither part has a line break.
    return "\n".join(parts) or None


def _canonical(text: str) -> tuple[str, Network]:
    """Return the form of a stripped text, with the network that it is an address of."""
    try:
        found = _address(text)
    except ValueError:  # what yarl cannot read, or UTF-8 not write
        found = None
    if found is not None:
        return found
    if text.startswith("@") and _NAME.fullmatch(text):
        return _folded(text.removeprefix("@")), OTHER_SITE
    return " ".join(text.split()), OTHER_SITE


def _canonical_user(text: str, network: Network) -> str:
    """Return the form of a stripped text that is a user name, or the address of a profile."""
    if not _NAME.fullmatch(text):
        return _canonical(text)[0]
    name = text.removeprefix("@")
    profile = None if _CHANNEL_ID.fullmatch(name) else network.profile_of(name)
    return _folded(name) if profile is None else canonical_link(profile)


def _folded(name: str) -> str:
    """Return the form of a user name whose network is unknown."""
    return f"@{name}" if _CHANNEL_ID.fullmatch(name) else f"@{name.lower()}"


def _address(text: str) -> tuple[str, Network] | None:
    """Return the form of a link, with its network. None for another text, or ValueError."""
    rest = _without_scheme(text)
    if rest is None or _UNPRINTABLE.search(rest) or "@" in re.split("[/?#]", rest, maxsplit=1)[0]:
        return None
    url = URL(f"https://{rest}")
    host = (url.host_subcomponent or "").rstrip(".")
    if len(host) > _MAX_HOST or not _HOST.fullmatch(host):
        return None
    host = _without_prefixes(host)
    network = OTHER_SITE
    if url.explicit_port not in _DEFAULT_PORTS:
        host = f"{host}:{url.explicit_port}"
    else:
        network = network_of(host)
    if rest == text and network is OTHER_SITE and _BARE_PHONE_HOST.fullmatch(text):
        return None
    # As typed: yarl decodes more than may be decoded for comparing.
    typed = URL(f"https://{rest}", encoded=True)
    parameters = _parameters(typed.raw_query_string, network)
    host, path = _place(host, _path(typed.raw_path), parameters, network)
    query = "&".join(name + value for name, value in sorted(parameters, key=itemgetter(0)))
    fragment = _encoded(typed.raw_fragment, _PATH_SAFE)
    if not (network.keeps_fragment or fragment.startswith(("/", "!"))):
        fragment = ""
    form = f"https://{host}{path}{query and '?'}{query}{fragment and '#'}{fragment}"
    return form, network


def _without_scheme(text: str) -> str | None:
    """Return a link from its host on, None if the text is no link."""
    if match := _SCHEME.match(text):
        return text[match.end() :]
    return text if _HOST_AND_PATH.match(text) or _BARE_HOST.fullmatch(text) else None


def _without_prefixes(host: str) -> str:
    """Return a host without `www.`, and without what sends phones to the same site."""
    while match := _PREFIX.match(host):
        if match[0] != "www." and _HOST_OF_USER.fullmatch(host):
            break
        host = host[match.end() :]
    return host


def _path(raw: str) -> str:
    """Return a path in one spelling: encoding, dot segments, no slash at its end."""
    kept: list[str] = []
    for segment in _encoded(raw, _PATH_SAFE).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "".join(f"/{segment}" for segment in kept).rstrip("/")


def _parameters(raw: str, network: Network) -> list[tuple[str, str]]:
    """Return the names of the parameters that count, each with "=" and its value."""
    kept = []
    for parameter in filter(None, raw.replace("+", "%20").split("&")):
        name, equals, value = parameter.partition("=")
        name = _encoded(name, _QUERY_SAFE)
        if not (OTHER_SITE.is_tracking(name) or network.is_tracking(name)):
            kept.append((name, equals + _encoded(value, _QUERY_SAFE)))
    return kept


def _encoded(raw: str, safe: str) -> str:
    """Return a text in one percent-encoding. A slash and an encoded slash stay two."""
    return "/".join(quote(unquote_to_bytes(part), safe=safe) for part in raw.split("/"))


def _place(
    host: str, path: str, parameters: list[tuple[str, str]], network: Network
) -> tuple[str, str]:
    """Return host and path as the network's table spells them; it may add a parameter."""
    if network.has_host(host):
        host, path = network.host, network.fold_user(path)
    for pattern, same in network.rewrites:
        match = re.fullmatch(pattern, host + path, re.ASCII)
        if match is None:
            continue
        address, _, added = match.expand(same).partition("?")
        if added:
            name, _, value = added.partition("=")
            parameters.append((name, f"={value}"))
        host, slash, path = address.partition("/")
        path = slash + path
    return host, network.fold_user(path) if network.has_host(host) else path
