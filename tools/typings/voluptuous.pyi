# Home Assistant answers `import voluptuous` with its own engine (homeassistant/__init__.py):
# type checking must see what runs, not the package of that name.
from probatio import *  # noqa: F403 - all of it, whatever that is
