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
_KEY = r"""[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'"""
_HEADER = re.compile(
    rf"^[ \t]*(\[\[?)[ \t]*((?:{_KEY})(?:[ \t]*\.[ \t]*(?:{_KEY}))*)[ \t]*\]", re.MULTILINE
)


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
            table = tuple(word.strip("\"'") for word in re.findall(_KEY, header[2]))
            if header[1] == "[[":
                length = len(table)
                entries = (it for it in found if len(it) == length + 1 and it[:length] == table)
                table = (*table, sum(isinstance(it[-1], int) for it in entries))
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
