"""Links and user names in a form for comparing: which orders are for the same target.

What is sent to a panel is never this form. Two targets never have one form; one target may have
two, where only its network could tell.
"""

from .canonical import canonical_link, canonical_target
from .invisible import strip_invisible
from .networks import network_named

__all__ = ["canonical_link", "canonical_target", "network_named", "strip_invisible"]
