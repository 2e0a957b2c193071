"""Escaping of spec strings in files that are not Python: TOML, JSON, Markdown and JavaScript. Pure."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import msgspec

from ...openapi.document import printable

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|<>~&])")
# Characters of a URL without a meaning in Markdown; the rest is percent-encoded.
_URL = "/:?#@!$&',;=%~+"
# Characters that start a list or make a heading of the line before.
_START = re.compile(r"^(?:(?=[-=]|\+(?:\s|$))|([0-9]+)(?=\.(?:\s|$)))")
_TOML = {'"': '\\"', "\\": "\\\\"}


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


def block_comment(text: str, indent: int = 0) -> str:
    """Return a text as a comment between `/**` and `*/`, with its lines indented by columns."""
    pad = " " * indent
    # A space splits what would end the comment, and `\u`, which Java reads even in comments.
    shown = text.strip().replace("*/", "* /").replace("\\u", "\\ u")
    lines = [printable(" ".join(line.split())) for line in shown.splitlines()]
    if len(lines) < 2:
        return f"/** {lines[0] if lines else ''} */"
    return "\n".join(["/**", *(f"{pad} * {line}".rstrip() for line in lines), f"{pad} */"])
