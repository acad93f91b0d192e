"""Tests of what no module owns."""
