"""Tests of the repository itself: imports, texts, docs, requirements."""
