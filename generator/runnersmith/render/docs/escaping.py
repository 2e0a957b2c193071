"""Escaping of spec strings in files that are not Python: TOML, JSON, Markdown and JavaScript. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from ...openapi.document import printable

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|<>~&])")
# Characters of a URL without a meaning in Markdown; the rest is percent-encoded.
_URL = "/:?#@!$&',;=%~+"
# Characters that start a list or make a heading of the line before.
_START = re.compile(r"^(?:(?=[-=]|\+(?:\s|$))|([0-9]+)(?=\.(?:\s|$)))")
_TOML = {'"': '\\"', "\\": "\\\\"}
# A sign that starts a tag such as `@deprecated`, or a directive such as `@ts-expect-error`.
_TAG = re.compile(r"(?<!\w)@")
# TypeScript reads this one anywhere in the first comment of a file.
_PRAGMA = re.compile(r"@(?=jsx)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def toml(value: str) -> str:
    """Return a string as a TOML basic string."""
    return (
        '"'
        + "".join(_TOML.get(c) or (c if c.isprintable() else f"\\U{ord(c):08X}") for c in value)
        + '"'
    )


def markdown(value: str) -> str:
    """Return a string as one line of Markdown text that renders unchanged."""
    return _START.sub(r"\1\\", escaped(" ".join(value.split())))


def escaped(line: str) -> str:
    """Escape Markdown markup and characters that do not print."""
    return _MARKDOWN.sub(r"\\\1", printable(line))


def link(url: str, text: str) -> str:
    """Return a Markdown link to a web page; the bare address for any other kind of URL."""
    if not url.startswith(("https://", "http://")):
        return code(url)
    return f"[{markdown(text)}]({quote(url, safe=_URL)})"


def code(value: str) -> str:
    """Return a string as a Markdown code span for a table cell; a blank one as quotes."""
    shown = printable(" ".join(value.split())) or "''"
    return "`" + shown.replace("`", "'").replace("|", "\\|") + "`"


def prose(value: str) -> str:
    """Return a text as Markdown, with its backticks as code spans."""
    parts = " ".join(value.split()).split("`")
    text = "".join(code(part) if number % 2 else escaped(part) for number, part in enumerate(parts))
    return _START.sub(r"\1\\", text)


def json_text(value: object, indent: int | None = None) -> str:
    """Return a string, a list, a dict or a value of the IR as JSON, which is also valid YAML."""
    return json.dumps(msgspec.to_builtins(value), indent=indent)


def property_name(name: str) -> str:
    """Return the name of a property in JavaScript: as it is if it is an identifier, else quoted."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def block_comment(
    text: str, indent: int = 0, tags: Mapping[str, str | bool | None] | None = None
) -> str:
    """Return a text as a comment between `/**` and `*/`, with its lines indented by columns.

    Each tag becomes a line such as `@deprecated`, with its text unless that is true, and none if
    that is empty, false or none. Without text and tags, there is no comment.
    """
    lines = [_comment_line(line) for line in text.strip().splitlines()]
    for name, value in (tags or {}).items():
        if value:
            lines.append("@" + _comment_line(name if value is True else f"{name} {value}"))
    if len(lines) < 2:
        return f"/** {lines[0]} */" if lines else ""
    pad = " " * indent
    return "\n".join(["/**", *(f"{pad} * {line}".rstrip() for line in lines), f"{pad} */"])


def _comment_line(text: str) -> str:
    """Return a text as one line of a comment, which it does not end, and without tags."""
    # A space splits what would end the comment, and `\u`, which Java reads even in comments.
    shown = " ".join(text.split()).replace("*/", "* /").replace("\\u", "\\ u")
    return printable(_PRAGMA.sub("@ ", _TAG.sub(r"\\@", shown)))
