"""Spec strings in files that are not Python: TOML and JSON strings, Markdown text. Pure."""

from __future__ import annotations

import json
import re

import msgspec

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")


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
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(value.split()))
    return _START.sub(r"\1\\", escaped)


def code(value: str) -> str:
    """Write a string as a Markdown code span that fits in a table cell."""
    return "`" + " ".join(value.split()).replace("`", "'").replace("|", "\\|") + "`"


def json_text(value: object, indent: int | None = None) -> str:
    """Write a string, a list, a dict or a value of the IR as JSON, which is YAML too."""
    return json.dumps(msgspec.to_builtins(value), indent=indent)
