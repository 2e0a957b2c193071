"""Schemas: the rules that the schema of OpenAPI cannot check. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from ...openapi.document import Node, Pointer
from ...openapi.keywords import ADDRESSING, CHOICES, OPENAPI_3_1
from ...openapi.messages import quote
from ...openapi.navigation import elements, into, keys
from ...openapi.schema_view import SchemaViews
from ...openapi.spelling import suggest
from ...openapi.survey import Survey
from ...problems import Problem

# The number of schemas for one value above which not all properties are known.
_MOST_PARTS = 200


def check(survey: Survey) -> Iterator[Problem]:
    """Check keywords, `required`, `enum` and `items` of every schema."""
    owners = _owners(survey)
    for node in survey.of("schema"):
        if not isinstance(node.value, dict):
            continue
        yield from _keywords(node) if survey.version == "3.1" else _draft_4(node)
        yield from _required(node, survey.views, owners)
        yield from _enum(node)
        if node.value.get("type") == "array" and not {"items", "prefixItems"} & {*node.value}:
            yield node.problem("an array without items; add them", key=True, severity="warning")


def _keywords(node: Node) -> Iterator[Problem]:
    for key, child in node.items():
        if key in OPENAPI_3_1 or key.startswith("x-"):
            continue
        if key in ADDRESSING:
            yield child.problem(
                f"{key} is not supported; refer to schemas by their path in this file",
                key=True,
                # Only a reference by another name than its path depends on the others.
                severity="error" if key in ("$dynamicRef", "$recursiveRef") else "warning",
            )
        elif key == "nullable":
            yield child.problem(
                'nullable belongs to OpenAPI 3.0; write type: [..., "null"]',
                key=True,
                severity="warning",
            )
        else:
            hint = suggest(key, OPENAPI_3_1) or "; remove it"
            message = f"{quote(key)} is not a keyword of a schema{hint}"
            yield child.problem(message, key=True, severity="warning")


def _draft_4(node: Node) -> Iterator[Problem]:
    """Check rules of JSON Schema draft 4 that the schema of OpenAPI 3.0 does not have."""
    for bound in ("minimum", "maximum"):
        exclusive = node.get(f"exclusive{bound.capitalize()}")
        if exclusive is not None and node.get(bound) is None:
            yield exclusive.problem(f"{exclusive.key} needs {bound} beside it; add it", key=True)
    for field in CHOICES:
        choices = node.get(field)
        if choices is not None and choices.value == []:
            yield choices.problem(f"{field} is empty; list a schema or remove it", key=True)


def _enum(node: Node) -> Iterator[Problem]:
    seen: set[str] = set()
    for element in elements(node.get("enum")):
        value = json.dumps(element.value, sort_keys=True)  # true is not 1
        if value in seen:
            yield element.problem(
                f"enum lists {quote(element.value)} twice; remove one", severity="warning"
            )
        seen.add(value)


# ── required ─────────────────────────────────────────────────────────────────────────────────


def _required(
    node: Node, views: SchemaViews, owners: dict[Pointer, list[Node]]
) -> Iterator[Problem]:
    known: set[str] | None = None
    for element in elements(node.get("required")):
        name = element.value
        if not isinstance(name, str) or into(node, "properties", name) is not None:
            continue
        if known is None:
            known = _known(node, views, owners)
        if name not in known and "*" not in known:
            yield element.problem(
                f"required names {quote(name)}, which is not a property of this schema"
                f"{suggest(name, known) or '; add it to properties or drop it from required'}",
                severity="warning",
            )


def _owners(survey: Survey) -> dict[Pointer, list[Node]]:
    """Return the schemas that contain each schema as a part: their properties count for it."""
    owners: dict[Pointer, list[Node]] = {}
    for node in survey.of("schema"):
        for part in _parts(survey.views, node):
            owners.setdefault(part.pointer, []).append(node)
    return owners


def _parts(views: SchemaViews, node: Node) -> Iterator[Node]:
    """Yield the schemas for the same value as this one."""
    view = views.of(node)
    yield from view.members
    yield from view.conditional()


def _known(node: Node, views: SchemaViews, owners: dict[Pointer, list[Node]]) -> set[str]:
    """Return every property name known for the schema's value; "*" if any name is possible."""
    names: set[str] = set()
    wholes = _reach([node], lambda schema: owners.get(schema.pointer, ()))
    parts = _reach(wholes, lambda schema: _parts(views, schema))
    if len(parts) > _MOST_PARTS:
        return {"*"}
    for schema in parts:
        names |= {*keys(schema.get("properties"))}
        additional = schema.get("additionalProperties")
        if schema.get("patternProperties") or (additional and isinstance(additional.value, dict)):
            names.add("*")
    return names


def _reach(start: Iterable[Node], step: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """Return the nodes reachable by steps, including the first ones."""
    reached: dict[Pointer, Node] = {}
    waiting = [*start]
    while waiting and len(reached) <= _MOST_PARTS:
        schema = waiting.pop()
        if schema.pointer not in reached:
            reached[schema.pointer] = schema
            waiting += step(schema)
    return [*reached.values()]
