"""The two descriptions as things of `compare`, and the schemas that these things come from. Pure."""

from __future__ import annotations

import json
import re
from typing import cast

from ..compare import schemas
from ..compare.facts import Operation, thing
from ..compare.things import FactPath, Thing
from ..compare.view import View
from ..document import Node, Pointer
from ..openapi.schema_view import Reading

JSON = "application/json"

_STEP = re.compile(r'"(?:\\.|[^"\\])*"|\[\]|\{\}|\([^()]*\)|[A-Za-z0-9_$@/+-]+')


def steps(field: str) -> list[str]:
    """`runners[].labels` -> `runners`, `[]`, `labels`; a name stays quoted as it is."""
    return _STEP.findall(field)


def name_of(step: str) -> str:
    """A property's name, as its description writes it."""
    return str(json.loads(step)) if step.startswith('"') else step


def is_property(step: str) -> bool:
    return step[0] not in "[{("


def root(operation: Operation) -> Thing:
    """An operation as a thing, its path parameters by the names that it gives them."""
    return thing(operation, operation, {})


def find(start: Thing, path: FactPath) -> Thing | None:
    """The thing or field that a path leads to, whatever its keyword."""
    found = start
    if path.thing:
        if path.thing not in found.things:
            return None
        found = found.things[path.thing]()
    for step in steps(path.field):
        if step not in found.fields:
            return None
        found = found.fields[step]()
    return found


def home(found: Thing, path: FactPath) -> Node | None:
    """Where the schema of a thing or field stands, which may be a reference to it."""
    if path.field:
        return found.node if isinstance(found.node.value, dict) else None
    content = found.node.get("content")
    media = content.get(JSON) if content else None
    return found.node.get("schema") or (media.get("schema") if media else None)


def field_at(view: View, node: Node) -> Thing:
    """The schema at a node as a field."""
    return schemas.field(view, [node], head="present", at=node)


def reading(view: View, found: Thing) -> Reading:
    """How the schema of a field or an alternative is understood."""
    return view.read_before(cast(tuple[Pointer, ...], found.identity[1:]))
