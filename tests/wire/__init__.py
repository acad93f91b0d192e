"""What real panels send, and what the client makes of it."""
