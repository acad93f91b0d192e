"""Order presets: orders prepared by the user, each a config subentry of its account."""

from .flow import PresetFlow
from .preset import SUBENTRY_PRESET, Preset, find_preset, get_presets

__all__ = ["SUBENTRY_PRESET", "Preset", "PresetFlow", "find_preset", "get_presets"]
