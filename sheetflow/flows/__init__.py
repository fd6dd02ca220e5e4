"""One module a command: what it does from beginning to end, on one page."""
