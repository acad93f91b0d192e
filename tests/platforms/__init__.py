"""Tests of what Home Assistant calls: entities, actions, flows, triggers."""
