"""What a schema is made of, seen through references, allOf and alternatives. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ...openapi.document import Node, Pointer

# Keys that say nothing of what a value is; `required` alone tightens an object beside it.
_SHAPES = frozenset(
    """type format enum const properties additionalProperties patternProperties items prefixItems allOf oneOf
    anyOf""".split()
)
# Recursive code: as deep as any sound document, and far from Python's own limit.
DEPTH = 40

What = Literal["object", "nothing", "other"]


@dataclass(slots=True)
class Shape:
    """The properties of an object, each with every schema that speaks of it.

    `loose` are those of which alternatives speak: any of their types may hold. `nodes` are the
    schemas that were looked at.
    """

    properties: dict[str, list[Node]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    nodes: list[Node] = field(default_factory=list)

    def add(self, other: Shape) -> None:
        """Take up what holds as well."""
        for name, nodes in other.properties.items():
            self.properties.setdefault(name, []).extend(nodes)
        self.required |= other.required
        self.loose |= other.loose
        self.nodes += other.nodes


def type_names(node: Node) -> list[str]:
    """The JSON types that a schema names, null included."""
    written = node.get("type")
    if written is None:
        return []
    if isinstance(written.value, str):
        return [written.value]
    return [name.value for name in written.elements() if isinstance(name.value, str)]


def is_null(node: Node) -> bool:
    """Whether a schema admits null and nothing else."""
    if not isinstance(node.value, dict):
        return False
    return (
        type_names(node) == ["null"]
        or node.value.get("enum") == [None]
        or ("const" in node.value and node.value["const"] is None)
    )


def alternatives(node: Node) -> Iterator[tuple[str, list[Node]]]:
    """The oneOf and the anyOf of a schema, without null."""
    for key in ("oneOf", "anyOf"):
        members = node.get(key)
        if members is not None:
            yield key, [member for member in members.elements() if not is_null(member)]


def what(node: Node, trail: tuple[Pointer, ...] = ()) -> What:
    """Whether a schema describes an object with properties, nothing by itself, or something else."""
    target = node.resolved()
    if target is None or not isinstance(target.value, dict) or target.pointer in trail:
        return "nothing" if target is not None and target.value is True else "other"
    if len(trail) > DEPTH:
        return "other"
    inner = (*trail, target.pointer)
    names = set(type_names(target)) - {"null"}
    if names - {"object"} or {"enum", "const", "items", "prefixItems"} & target.value.keys():
        return "other"
    found: list[What] = []
    if properties := target.get("properties"):
        found.append("object" if properties.value else "nothing")
    extra = target.get("additionalProperties") or target.get("patternProperties")
    if extra is not None and isinstance(extra.value, dict) and extra.value != {}:
        found.append("other")
    members = target.get("allOf")
    found.extend(what(member, inner) for member in (members.elements() if members else ()))
    for _, options in alternatives(target):
        each: set[What] = {what(option, inner) for option in options}
        found.append(_any(each))
    if "other" in found:
        return "other"
    if "object" in found:
        return "object"
    return "nothing"


def _any(kinds: set[What]) -> What:
    """What alternatives of these kinds are together."""
    if "other" in kinds:
        return "other"
    return "object" if "object" in kinds else "nothing"


def is_bare(node: Node) -> bool:
    """Whether a schema neither names a shape nor requires anything: words only."""
    target = node.resolved()
    return (
        target is not None
        and isinstance(target.value, dict)
        and not _SHAPES & target.value.keys()
        and "required" not in target.value
    )


def shape(node: Node, trail: tuple[Pointer, ...] = ()) -> Shape:
    """The properties of an object schema, its own and those of its parts and alternatives."""
    found = Shape()
    target = node.resolved()
    if target is None or target.pointer in trail or len(trail) > DEPTH:
        return found
    inner = (*trail, target.pointer)
    members = target.get("allOf")
    for member in members.elements() if members else ():
        found.add(shape(member, inner))
    properties, required = target.get("properties"), target.get("required")
    own = Shape(
        properties={name: [child] for name, child in properties.items()} if properties else {},
        required=(
            {it.value for it in required.elements() if isinstance(it.value, str)}
            if required
            else set()
        ),
    )
    own.nodes.append(target)
    found.add(own)
    for _, options in alternatives(target):
        each = [shape(option, inner) for option in options]
        for one in each:
            for name in one.properties:
                found.loose.add(name)
            found.add(Shape(properties=one.properties, loose=one.loose, nodes=one.nodes))
        if each:
            found.required |= {
                name for name in each[0].required if all(name in one.required for one in each)
            }
    return found
