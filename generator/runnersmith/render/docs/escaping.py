"""Escaping of spec strings in files that are not Python: TOML, JSON and Markdown. Pure."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import msgspec

from ...openapi.document import printable

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")
# What a URL may have that no Markdown is made of; the rest is written with percent signs.
_URL = "/:?#@!$&',;=%~+"
# What starts a list or makes a heading of the line before.
_START = re.compile(r"^(?:(?=[-=])|([0-9]+)(?=\.))")
_TOML = {'"': '\\"', "\\": "\\\\"}


def toml(value: str) -> str:
    """Write a string as a TOML basic string."""
    return (
        '"'
        + "".join(_TOML.get(c) or (c if c.isprintable() else f"\\U{ord(c):08X}") for c in value)
        + '"'
    )


def markdown(value: str) -> str:
    """Write a string as one line of Markdown text that shows it as it is."""
    return _START.sub(r"\1\\", escaped(" ".join(value.split())))


def escaped(line: str) -> str:
    """Escape what is markup anywhere in a line of Markdown, and what does not print."""
    return _MARKDOWN.sub(r"\\\1", printable(line))


def link(url: str, text: str) -> str:
    """Write a Markdown link to a web page; the bare address where it is of another kind."""
    if not url.startswith(("https://", "http://")):
        return code(url)
    return f"[{markdown(text)}]({quote(url, safe=_URL)})"


def code(value: str) -> str:
    """Write a string as a Markdown code span that fits in a table cell; a blank one as quotes."""
    shown = printable(" ".join(value.split())) or "''"
    return "`" + shown.replace("`", "'").replace("|", "\\|") + "`"


def prose(value: str) -> str:
    """Write a text as Markdown, with code spans for what stands in backticks in it."""
    parts = " ".join(value.split()).split("`")
    return "".join(code(part) if number % 2 else escaped(part) for number, part in enumerate(parts))


def json_text(value: object, indent: int | None = None) -> str:
    """Write a string, a list, a dict or a value of the IR as JSON, which is YAML too."""
    return json.dumps(msgspec.to_builtins(value), indent=indent)
