"""Replaces pyspeex-noise, see __init__.py."""


class AudioProcessor:
    """Would reduce noise."""
