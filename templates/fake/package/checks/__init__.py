"""Checks of the values that tests pass to a fake GitHub, by their declared types."""
