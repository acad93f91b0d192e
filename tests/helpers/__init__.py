"""Helpers of the tests; no module in here contains a test."""
