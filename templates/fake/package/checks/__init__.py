"""Checks of what a test gives to a fake GitHub, by the types that are declared."""
