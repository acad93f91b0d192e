"""Links and user names, as far as orders are compared by them."""

from .invisible import strip_invisible

__all__ = ["strip_invisible"]
