"""Tests of reading the answers of panels."""
