"""Markdown of issues and pull requests that quote the output of commands."""

from __future__ import annotations

import re

# GitHub allows 65,536 characters.
LIMIT = 60_000
_QUOTE = 12_000


def quote(text: str, limit: int = _QUOTE) -> str:
    """Return text as a code block that it cannot end: nothing in it becomes a link or a mention."""
    shown = text.strip("\n")
    if len(shown) > limit:
        shown = f"{shown[:limit]}\n… and {len(shown) - limit} more characters in the log of the run"
    longest = max(map(len, re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}\n"


def limited(text: str) -> str:
    """Return the beginning of a text, as long as GitHub allows."""
    return text if len(text) <= LIMIT else f"{text[:LIMIT]}\n\n… cut off"
