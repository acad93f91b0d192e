"""A real Home Assistant in a process of its own: started, used through its API, its log checked."""
