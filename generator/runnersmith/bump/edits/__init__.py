"""Edits of a draft, one module for each kind of difference."""
