"""Documentation made from the IR: docstrings, examples and reference pages."""
