"""The overlay that makes the older document of the newer: a difference of values as actions.

    entry that only the newer has      remove   $.components.schemas.Runner.properties.note
    value of a list, likewise          remove   $.components.schemas.Runner.required[?@ == 'note']
    path with other names in braces    update, copy and remove
    all else                           update   of the operation, component, ... that holds it

Pure. Whether the actions do what they should is for the caller to see, by applying them.
"""

from __future__ import annotations

from ..openapi.document import Json
from ..yaml_edit import block
from .actions import Difference


def overlay(newer: Json, older: Json, *, title: str, version: str, extends: str) -> dict[str, Json]:
    """The overlay that turns one document into the other, older one; they differ in something."""
    found = Difference(version)
    found.value(newer, older, ())
    return {
        "overlay": "1.1.0",
        "info": {"title": title, "version": version},
        "extends": extends,
        "actions": found.actions(),
    }


def text(content: Json, comment: str) -> str:
    """An overlay as YAML, its actions set apart, with a comment on top."""
    lines: list[str] = [f"# {line}".rstrip() for line in comment.splitlines()]
    for line in block(content, 0, {}, ()):
        if line.startswith("  - ") and not lines[-1].startswith("actions:"):
            lines.append("")
        lines.append(line)
    return "\n".join([*lines, ""])
