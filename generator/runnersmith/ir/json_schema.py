"""JSON Schema of the IR, derived from its dataclasses: the output of `runnersmith ir --schema`.

Pure. Every field is required, so templates need not check for it. Descriptions come from the
docstrings: a class from its text, a field from its entry below "Attributes:".
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Literal

from .. import ir

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# An entry below "Attributes:", with its continuation lines.
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_SCALARS: dict[object, str] = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


def schema() -> dict[str, Any]:
    """Return the schema of an `Api`, with the classes that it uses under `$defs`."""
    found: dict[str, dict[str, Any]] = {}
    _define(ir.Api, found)
    api = found.pop(ir.Api.__name__)
    version = api["properties"]["ir_version"]
    api["properties"]["ir_version"] = {
        "description": version["description"],
        "const": ir.IR_VERSION,
    }
    return {
        "$schema": DIALECT,
        "title": f"runnersmith IR, version {ir.IR_VERSION}",
        **api,
        "$defs": dict(sorted(found.items())),
    }


def _define(kind: type, found: dict[str, dict[str, Any]]) -> None:
    if kind.__name__ in found:
        return
    found[kind.__name__] = {}
    hints = typing.get_type_hints(kind, include_extras=True)
    text, attributes = described(kind)
    names = [one.name for one in fields(kind)]
    found[kind.__name__] = {
        "description": text,
        "type": "object",
        "properties": {
            name: {"description": attributes[name], **_type(hints[name], found)} for name in names
        },
        "required": names,
    }


def described(kind: type) -> tuple[str, dict[str, str]]:
    """Return the text of a class's docstring, and its attributes with their descriptions."""
    text, _, listed = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    attributes = {match[1]: " ".join(match[2].split()) for match in _ATTRIBUTE.finditer(listed)}
    return " ".join(text.split()), attributes


def _type(hint: Any, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint == ir.Identifier:
        return {"type": "string", "format": "identifier"}
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if origin is Literal:
        return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
    if origin is tuple:
        assert arguments[1:] == (...,), "the IR has tuples of one type only"
        return {"type": "array", "items": _type(arguments[0], found)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_type(one, found) for one in _members(arguments)]}
    _define(hint, found)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _members(arguments: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the members of a union, null last: the order in the annotation does not matter."""
    yield from (one for one in arguments if one is not type(None))
    if type(None) in arguments:
        yield type(None)
