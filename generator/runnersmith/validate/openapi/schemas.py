"""What a schema says that its own schema cannot check. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from ...openapi.document import Node, Pointer
from ...openapi.messages import quote
from ...openapi.navigation import elements, entries, into, keys
from ...openapi.spelling import suggest
from ...openapi.survey import CHOICES, CONDITIONS, Survey
from ...problems import Problem

# JSON Schema 2020-12 and what OpenAPI 3.1 adds to it, less what changes how a `$ref` is read.
_KEYWORDS = frozenset("""
    $comment $defs $ref additionalProperties allOf anyOf const contains contentEncoding
    contentMediaType contentSchema default dependentRequired dependentSchemas deprecated
    description discriminator else enum example examples exclusiveMaximum exclusiveMinimum
    externalDocs format if items maxContains maxItems maxLength maxProperties maximum minContains
    minItems minLength minProperties minimum multipleOf not oneOf pattern patternProperties
    prefixItems properties propertyNames readOnly required then title type unevaluatedItems
    unevaluatedProperties uniqueItems writeOnly xml
    """.split())
# Of how many schemas a value may be said to be before nobody knows all of its properties.
_MOST_PARTS = 200
_ADDRESSING = frozenset("""
    $anchor $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $schema $vocabulary
    """.split())


def check(survey: Survey) -> Iterator[Problem]:
    """Check keywords, `required`, `enum` and `items` of every schema."""
    owners = _owners(survey)
    for node in survey.of("schema"):
        if not isinstance(node.value, dict):
            continue
        yield from _keywords(node) if survey.version == "3.1" else _draft_4(node)
        yield from _required(node, owners)
        yield from _enum(node)
        if node.value.get("type") == "array" and not {"items", "prefixItems"} & {*node.value}:
            yield node.problem(
                "an array without items; say what it holds", key=True, severity="warning"
            )


def _keywords(node: Node) -> Iterator[Problem]:
    for key, child in node.items():
        if key in _KEYWORDS or key.startswith("x-"):
            continue
        if key in _ADDRESSING:
            yield child.problem(
                f"{key} is not supported; refer to schemas by their path in this file",
                key=True,
                # It names a dialect, and moves no reference.
                severity="warning" if key == "$schema" else "error",
            )
        elif key == "nullable":
            yield child.problem(
                'nullable is a word of OpenAPI 3.0; write type: [..., "null"]',
                key=True,
                severity="warning",
            )
        else:
            hint = suggest(key, _KEYWORDS) or "; remove it"
            message = f"{quote(key)} is not a keyword of a schema{hint}"
            yield child.problem(message, key=True, severity="warning")


def _draft_4(node: Node) -> Iterator[Problem]:
    """Check what JSON Schema draft 4 wants of a schema in OpenAPI 3.0, whose own schema does not."""
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


def _required(node: Node, owners: dict[Pointer, list[Node]]) -> Iterator[Problem]:
    known: set[str] | None = None
    for element in elements(node.get("required")):
        name = element.value
        if not isinstance(name, str) or into(node, "properties", name) is not None:
            continue
        if known is None:
            known = _known(node, owners)
        if name not in known and "*" not in known:
            yield element.problem(
                f"required names {quote(name)}, which is not a property of this schema"
                f"{suggest(name, known) or '; add it to properties or drop it from required'}",
                severity="warning",
            )


def _owners(survey: Survey) -> dict[Pointer, list[Node]]:
    """For each schema, those that it is a part of: what they declare counts for it as well."""
    owners: dict[Pointer, list[Node]] = {}
    for node in survey.of("schema"):
        for part in _parts(node):
            owners.setdefault(part.pointer, []).append(node)
    return owners


def _parts(node: Node) -> Iterator[Node]:
    """The schemas that speak about the same value as this one."""
    for field in CHOICES:
        yield from elements(node.get(field))
    for field in CONDITIONS:
        condition = node.get(field)
        if condition is not None:
            yield condition
    yield from entries(node.get("dependentSchemas"))
    target = node.document.find(node.reference) if node.reference is not None else None
    if target is not None:
        yield target


def _known(node: Node, owners: dict[Pointer, list[Node]]) -> set[str]:
    """Every property name that holds for the schema's value; "*" when any name may."""
    names: set[str] = set()
    wholes = _reach([node], lambda schema: owners.get(schema.pointer, ()))
    parts = _reach(wholes, _parts)
    if len(parts) > _MOST_PARTS:
        return {"*"}
    for schema in parts:
        names |= {*keys(schema.get("properties"))}
        additional = schema.get("additionalProperties")
        if schema.get("patternProperties") or (additional and isinstance(additional.value, dict)):
            names.add("*")
    return names


def _reach(start: Iterable[Node], step: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """The nodes that steps lead to, the first ones included."""
    reached: dict[Pointer, Node] = {}
    waiting = [*start]
    while waiting and len(reached) <= _MOST_PARTS:
        schema = waiting.pop()
        if schema.pointer not in reached:
            reached[schema.pointer] = schema
            waiting += step(schema)
    return [*reached.values()]
