# Home Assistant replaces voluptuous by probatio (homeassistant/__init__.py), so types are checked
# against that package.
from probatio import *  # noqa: F403 - all names, so that none is missing
