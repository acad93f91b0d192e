"""Tests of the package operations."""
