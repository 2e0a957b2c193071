"""Checks of the `x-runnersmith` extension."""
