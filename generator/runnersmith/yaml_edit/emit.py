"""Emitter of values as YAML text in the style of the curated spec. Pure.

Mappings are blocks, except some small ones of the extension. Short lists of scalars stay on one
line, and long prose is folded. Comments go above their entry.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from ..openapi.document import Json, Pointer
from ..reader.scalars import ScalarError, resolve

WIDTH = 100
Comments = Mapping[Pointer, tuple[str, ...]]

# Small mappings of the extension, by their key.
_SHORT = re.compile(r"products|fine-grained|\d{4}-\d\d-\d\d", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9_/.$(][A-Za-z0-9_ /.,;:$()@+=*~'\"!?&%#<>{}\[\]-]*", re.ASCII)
# Read differently by YAML 1.1, or ended early by YAML's syntax.
_QUOTED = re.compile(
    r"(?i:y|yes|n|no|on|off)\Z|\d{4}-\d\d?-\d\d?(?:[Tt ]+\d.*)?\Z|\d[\d_]*(?::\d\d)*\Z|.*(?:: |:\Z| #| \Z)"
)
_NOT_IN_FLOW = re.compile(r"[,\[\]{}]")


def scalar(value: Json, *, flow: bool = False, style: str = "") -> str:
    """Return a scalar, for a string in the requested style if possible."""
    if not isinstance(value, str):
        return json.dumps(value)
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and _is_plain(value, flow=flow):
        return value
    return '"' + "".join(map(_escape, value)) + '"'


def _is_plain(text: str, *, flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or _QUOTED.match(text) or (flow and _NOT_IN_FLOW.search(text)):
        return False
    try:
        return resolve(text) == text
    except ScalarError:
        return False


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char == "\n":
        return "\\n"
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def inline(value: Json) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        entries = (f"{scalar(key, flow=True)}: {inline(child)}" for key, child in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value, flow=True)


def comment(texts: Iterable[str], indent: int) -> Iterator[str]:
    """Yield comment lines; a continuation is indented further."""
    pad = " " * indent + "# "
    for text in texts:
        yield from textwrap.wrap(
            text,
            max(WIDTH, indent + 40),
            initial_indent=pad,
            subsequent_indent=pad + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def entry(
    key: str, value: Json, indent: int, comments: Comments, pointer: Pointer
) -> Iterator[str]:
    """Yield the lines of a mapping's entry at `pointer`."""
    pad = " " * indent
    short = _on_its_line(key, value, indent)
    shown = [
        text
        for at, texts in comments.items()
        if _is_at(at, pointer, within=bool(short))
        for text in texts
    ]
    yield from comment(shown, indent)
    if short:
        yield f"{pad}{scalar(key)}: {short}"
        return
    if isinstance(value, str):
        yield f"{pad}{scalar(key)}: >-"
        yield from _folded(value, indent + 2)
        return
    yield f"{pad}{scalar(key)}:"
    yield from block(value, indent + 2, comments, pointer)


def _is_at(at: Pointer, pointer: Pointer, *, within: bool) -> bool:
    return at == pointer or (within and at[: len(pointer)] == pointer)


def block(value: Json, indent: int, comments: Comments, pointer: Pointer) -> Iterator[str]:
    """Yield the lines of a value below its key."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from entry(key, child, indent, comments, (*pointer, key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from item(child, indent, comments, (*pointer, index))
    else:
        yield " " * indent + inline(value)


def item(value: Json, indent: int, comments: Comments, pointer: Pointer) -> Iterator[str]:
    """Yield the lines of a list's item, with its dash at column `indent`."""
    yield from comment(comments.get(pointer, ()), indent)
    lines = list(block(value, indent + 2, comments, pointer))
    first = next(number for number, line in enumerate(lines) if not line.lstrip().startswith("#"))
    # Above the dash: between it and the first entry, a comment would be about that entry alone.
    yield from (" " * indent + line.lstrip() for line in lines[:first])
    yield " " * indent + "- " + lines[first][indent + 2 :]
    yield from lines[first + 1 :]


def _on_its_line(key: str, value: Json, indent: int) -> str:
    """Return a value that fits beside its key; empty otherwise."""
    if isinstance(value, dict):
        return inline(value) if not value or _SHORT.fullmatch(key) else ""
    if isinstance(value, list):
        text = inline(value)
        is_short = indent + len(key) + 2 + len(text) <= WIDTH
        return (
            text if not any(isinstance(child, dict | list) for child in value) and is_short else ""
        )
    text = scalar(value)
    fits = indent + len(key) + 2 + len(text) <= WIDTH
    return "" if isinstance(value, str) and not fits and _can_fold(value) else text


def _can_fold(text: str) -> bool:
    """Return whether a text survives folding and unfolding."""
    words = text.split(" ")
    return text.isprintable() and len(words) > 1 and all(words)


def _folded(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(
        text,
        max(WIDTH, indent + 40),
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )
