"""Draft of a bump, and the edits proposed for it."""
