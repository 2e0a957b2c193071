"""A fake GitHub in real time: what the command adds to it."""
