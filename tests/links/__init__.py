"""Tests of the package links."""
