"""Entities of both descriptions, and the schemas that they come from. Pure."""

from __future__ import annotations

import json
import re
from typing import cast

from ...compare import schemas
from ...compare.description_view import View
from ...compare.facts import Entity, FactPath
from ...compare.operations import Operation, entity
from ...openapi.document import Node, Pointer
from ...openapi.schema_view import Reading

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


def root(operation: Operation) -> Entity:
    """An operation as a thing, its path parameters by the names that it gives them."""
    return entity(operation, operation, {})


def find(start: Entity, path: FactPath) -> Entity | None:
    """The thing or field that a path leads to, whatever its keyword."""
    found = start
    if path.entity:
        if path.entity not in found.entities:
            return None
        found = found.entities[path.entity]()
    for step in steps(path.field):
        if step not in found.fields:
            return None
        found = found.fields[step]()
    return found


def home(found: Entity, path: FactPath) -> Node | None:
    """Where the schema of a thing or field stands, which may be a reference to it."""
    if path.field:
        return found.node if isinstance(found.node.value, dict) else None
    content = found.node.get("content")
    media = content.get(JSON) if content else None
    return found.node.get("schema") or (media.get("schema") if media else None)


def field_at(view: View, node: Node) -> Entity:
    """The schema at a node as a field."""
    return schemas.field(view, [node], head="present", at=node)


def reading(view: View, found: Entity) -> Reading:
    """How the schema of a field or an alternative is understood."""
    return view.read_before(cast(tuple[Pointer, ...], found.identity[1:]))
