"""The simulated panel in a process of its own: the server behind scripts/panel, and its control."""
