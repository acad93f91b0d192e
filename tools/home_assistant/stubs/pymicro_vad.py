"""Replaces pymicro-vad, see __init__.py."""


class MicroVad:
    """Would detect speech."""
