"""Stands in for pymicro-vad, see __init__.py."""


class MicroVad:
    """Would tell speech from silence."""
