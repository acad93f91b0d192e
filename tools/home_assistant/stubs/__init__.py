"""Modules Home Assistant imports at its start and never uses here.

Both packages are compiled and have no builds for Python 3.14. They clean up sound for voice
assistants; yet where the import fails, the frontend's list of actions fails with it. The
folder goes onto the PYTHONPATH of a Home Assistant started by process.py.
"""
