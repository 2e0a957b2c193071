"""Quoted values in messages: one line, printable and of limited length.

Pure. A spec is untrusted and its values reach a terminal, so they are always escaped.
"""

from __future__ import annotations

import json

from .document import Json, describe

_LONGEST = 72


def quote(value: Json) -> str:
    """Return a scalar as printable JSON; for any other value, the name of its kind."""
    if isinstance(value, dict | list):
        return describe(value)
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 4]}...{text[-1]}"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quote_all(values: list[Json]) -> str:
    """Return several quoted values, separated by commas."""
    return ", ".join(map(quote, values))
