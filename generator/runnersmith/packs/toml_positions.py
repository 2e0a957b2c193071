"""Line numbers of the keys in a TOML file, which its parser does not provide. Pure.

Accurate enough for messages: it follows tables, arrays of tables, arrays and inline tables in a
text that is known to be TOML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*|[\w-]+|.',
    re.DOTALL,
)
_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([\w-]+)[ \t]*\]", re.MULTILINE)


def lines(text: str) -> dict[Path, int]:
    """Return the line of each key and array entry: `("outputs", 2, "path")` -> 7."""
    found: dict[Path, int] = {}
    table: Path = ()
    # The open containers: the path of an array or an inline table, and its next index or key.
    opened: list[tuple[Path, int | None]] = []
    position, line = 0, 1
    # The parts of a dotted key.
    words: tuple[str, ...] = ()
    joined = False
    key: Path = ()
    while position < len(text):
        header = None if opened else _HEADER.match(text, position)
        if header and text[:position].endswith(("\n", "")[not position]):
            table = (header[2],)
            if header[1] == "[[":
                table = (header[2], sum(1 for it in found if len(it) == 2 and it[0] == header[2]))
            found[table] = line
            position = text.find("\n", header.end()) % (len(text) + 1)
            continue
        token = _TOKEN.match(text, position)
        assert token is not None
        position, shown = token.end(), token[0]
        holder, index = opened[-1] if opened else (table, None)
        if index is not None and shown not in ",]" and not shown.isspace() and shown[0] != "#":
            found.setdefault((*holder, index), line)
        if shown == "=":
            key = (*holder, *words)
            for length in range(1, len(words) + 1):
                found.setdefault((*holder, *words[:length]), line)
        elif shown == "[":
            opened.append((key if index is None else (*holder, index), 0))
        elif shown == "{":
            opened.append((key if index is None else (*holder, index), None))
        elif shown in "]}":
            opened = opened[:-1]
        elif shown == "," and index is not None:
            opened[-1] = (holder, index + 1)
        elif shown == ".":
            joined = True
        elif not shown.isspace():
            word = shown.strip("\"'")
            words, joined = (*words, word) if joined else (word,), False
        line += shown.count("\n")
    return found


def nearest(found: Mapping[Path, int], path: Path) -> int:
    """Return the line of a key or, if it is absent, of the closest key around it."""
    lengths = range(len(path), 0, -1)
    return next((found[path[:length]] for length in lengths if path[:length] in found), 1)
