"""Tests of the package activity."""
