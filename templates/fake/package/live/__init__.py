"""Fake GitHub of the command: real time, jobs, and faults from a file."""
