"""Tests of the SMM Panel integration; the folders mirror the integration's."""
