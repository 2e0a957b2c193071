"""State of a fake GitHub: owners, runners and groups, and their changes with time."""
