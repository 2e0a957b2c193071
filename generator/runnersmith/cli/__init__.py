"""Command line of runnersmith."""

from .parser import main

__all__ = ["main"]
