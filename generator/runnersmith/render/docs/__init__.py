"""Documentation derived from the IR: docstrings, examples and reference pages."""
