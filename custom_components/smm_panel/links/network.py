"""How one network spells the addresses of its users and posts."""

from dataclasses import dataclass
from functools import cache
import re
from typing import Final

_NEVER: Final = r"(?!)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The rules of one network.

    Hosts are without `www.`, `m.` and `mobile.`. Patterns disregard case, those of `rewrites`
    excepted, and know ASCII letters only.
    """

    name: str
    host: str
    words: str = _NEVER
    """Pattern of the names that texts of services call it by."""
    aliases: str = _NEVER
    """Pattern of other hosts, at which every path is the same as at `host`."""
    short_hosts: str = _NEVER
    """Pattern of other hosts, with paths of their own: kept unless rewritten."""
    users: str = _NEVER
    """Pattern of a path's beginning up to a user name, compared without regard to case.

    It may also match a word of the network that stands where a name could: that has no case to
    lose. It never matches what identifies a post.
    """
    tracking: str = ""
    """Parameters that select nothing, in lower case. One that ends in `*` is a prefix."""
    rewrites: tuple[tuple[str, str], ...] = ()
    """Patterns of a whole `host/path`, each with the address that is the same."""
    keeps_fragment: bool = False
    """Whether what follows the # selects something, at this network always."""
    profile: str | None = None
    """Path of a user's profile, {} for the name. None where a name alone does not tell it."""

    def is_named_in(self, text: str) -> bool:
        """Return whether a text calls the network by a name."""
        return _compiled(rf"(?<![a-z0-9])(?:{self.words})(?![a-z0-9])").search(text) is not None

    def has_host(self, host: str) -> bool:
        """Return whether a host is the network's own, or another name of it."""
        return host == self.host or _compiled(self.aliases).fullmatch(host) is not None

    def has_short_host(self, host: str) -> bool:
        """Return whether a host is the network's, with paths of its own."""
        return _compiled(self.short_hosts).fullmatch(host) is not None

    def is_tracking(self, parameter: str) -> bool:
        """Return whether a parameter says only how somebody came by a link."""
        names = self.tracking.split()
        parameter = parameter.lower()
        return parameter in names or any(
            parameter.startswith(name[:-1]) for name in names if name.endswith("*")
        )

    def fold_user(self, path: str) -> str:
        """Return the path with the user name that it begins with in lower case."""
        # No name ends with a dot, but the sentence that a link was copied from does.
        match = _compiled(rf"({self.users})\.*(?=/|\Z)").match(path)
        return path if match is None else match[1].rstrip(".").lower() + path[match.end() :]

    def profile_of(self, name: str) -> str | None:
        """Return the address of a user's profile, None if the name does not tell it."""
        path = "" if self.profile is None else self.profile.format(name)
        return f"https://{self.host}{path}" if _compiled(self.users).fullmatch(path) else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)
