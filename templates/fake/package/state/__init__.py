"""What a fake GitHub holds: owners, runners and groups, and what happens to them with time."""
