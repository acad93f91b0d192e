"""Tests of the package money."""
