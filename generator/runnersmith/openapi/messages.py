"""Values of a spec in messages: on one line, visible, and not too long.

Pure. Whatever stands in a spec may be shown to a terminal, so nothing goes out unescaped.
"""

from __future__ import annotations

import json

from .document import Json, describe

_LONGEST = 72


def quote(value: Json) -> str:
    """Write a scalar as JSON, all of it printable; name the kind of any other value."""
    if isinstance(value, dict | list):
        return describe(value)
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 4]}...{text[-1]}"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quote_all(values: list[Json]) -> str:
    """Write several values with commas between."""
    return ", ".join(map(quote, values))
