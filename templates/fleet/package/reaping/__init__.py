"""Runners to reap: what a history says of them, which may be deleted, and the report of a run."""
