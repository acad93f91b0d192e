"""Tests of the package presets."""
