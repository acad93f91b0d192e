"""Modules that Home Assistant imports at its start but does not use here.

The real packages process sound for voice assistants; they are compiled, and there are no builds
for Python 3.14. If the import failed, the frontend could not list the actions. process.py adds
this folder to the PYTHONPATH of Home Assistant.
"""
