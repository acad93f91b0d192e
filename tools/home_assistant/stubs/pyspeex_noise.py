"""Stands in for pyspeex-noise, see __init__.py."""


class AudioProcessor:
    """Would take noise out of sound."""
