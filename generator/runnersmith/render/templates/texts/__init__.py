"""Texts of the document in templates: each must reach a file through a filter for its language."""

from .checker import TextChecker, language_of

__all__ = ["TextChecker", "language_of"]
