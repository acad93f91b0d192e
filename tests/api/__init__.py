"""Tests of the panel client."""
