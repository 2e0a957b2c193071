"""Entities of both descriptions, with their schemas. Pure."""

from __future__ import annotations

import json
import re
from typing import cast

from ...compare import schemas
from ...compare.description_view import View
from ...compare.facts import Entity, FactPath
from ...compare.operations import Operation, entity
from ...openapi.document import Node, Pointer
from ...openapi.schema_parts import Reading

JSON = "application/json"

_STEP = re.compile(r'"(?:\\.|[^"\\])*"|\[\]|\{\}|\([^()]*\)|[A-Za-z0-9_$@/+-]+')


def steps(field: str) -> list[str]:
    """Return the steps of a field: `runners[].labels` -> `runners`, `[]`, `labels`.

    Quoted names keep their quotes.
    """
    return _STEP.findall(field)


def name_of(step: str) -> str:
    """Return a property's name as written in its description."""
    return str(json.loads(step)) if step.startswith('"') else step


def is_property(step: str) -> bool:
    return step[0] not in "[{("


def root(operation: Operation) -> Entity:
    """Return an operation as an entity, with its own names of path parameters."""
    return entity(operation, operation, {})


def find(start: Entity, path: FactPath) -> Entity | None:
    """Return the entity or field at a path, without regard to the keyword."""
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
    """Return the node of the schema of an entity or field, which may be a reference."""
    if path.field:
        return found.node if isinstance(found.node.value, dict) else None
    content = found.node.get("content")
    media = content.get(JSON) if content else None
    return found.node.get("schema") or (media.get("schema") if media else None)


def field_at(view: View, node: Node) -> Entity:
    """Return the schema at a node as a field."""
    return schemas.field(view, [node], head="present", at=node)


def reading(view: View, found: Entity) -> Reading:
    """Return the types, parts and alternatives of a field's schema."""
    return view.read_before(cast(tuple[Pointer, ...], found.identity[1:]))
