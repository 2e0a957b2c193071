"""JSONPaths of RFC 9535 to places in a document. Pure."""

from __future__ import annotations

import re

from ..openapi.document import Pointer

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# What stands for every index in a pointer.
EVERY = -1


def path(pointer: Pointer, *last: str) -> str:
    """A JSONPath to a place, or to several entries of it; a step `*` stands for every item."""
    steps = "".join(map(_step, pointer))
    if not last:
        return f"${steps}"
    return (
        f"${steps}{_step(last[0])}"
        if len(last) == 1
        else f"${steps}[{', '.join(map(quoted, last))}]"
    )


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]" if part >= 0 else "[*]"
    return f".{part}" if _NAME.fullmatch(part) else f"[{quoted(part)}]"


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + "'"
