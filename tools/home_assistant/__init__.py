"""A real Home Assistant: its process, a client of its API, and a check of its log."""
