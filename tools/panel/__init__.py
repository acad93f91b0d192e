"""The simulated panel over HTTP: the server behind scripts/panel, and its process."""
