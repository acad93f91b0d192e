"""The Python behind the commands in scripts/, and behind the end-to-end tests."""
