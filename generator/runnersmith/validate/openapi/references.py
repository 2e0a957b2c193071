"""References: every `$ref` must lead to the right kind of object in this file, not in a circle.

Pure; nothing is opened or fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...openapi.document import Node, Pointer, parse_pointer, pointer_text
from ...openapi.keywords import ALTERNATIVES, CONDITIONS, DEFINITIONS
from ...openapi.messages import quote
from ...openapi.navigation import elements, entries, into, keys
from ...openapi.schema_view import SchemaViews
from ...openapi.spelling import nearest
from ...openapi.survey import Kind, Survey
from ...problems import Problem

# Anywhere else, the schema of the document rejects a field `$ref`.
_REFERABLE: frozenset[Kind] = frozenset(
    (
        "path item",
        "parameter",
        "request body",
        "response",
        "header",
        "example",
        "link",
        "callback",
        "security scheme",
        "schema",
    )
)
# Those that no client follows. Of a header, only the name is read.
_UNREAD: frozenset[Kind] = frozenset({"header", "example", "link", "callback"})
_MOST_NAMED = 8
_ADD = "add the target or correct the reference"


def check(survey: Survey) -> Iterator[Problem]:
    """Check every `$ref` and every discriminator mapping, used or not."""
    for kind, node in survey.everything():
        reference = node.reference
        if reference is not None and kind in _REFERABLE:
            for problem in _target(survey, kind, node.at("$ref"), reference):
                yield replace(problem, severity="warning") if kind in _UNREAD else problem
            if survey.version == "3.0":
                yield from _siblings(node)
        if kind == "schema":
            for value in mapping_values(node):
                yield from _target(survey, "schema", value, mapped_reference(value))
    yield from _circles(survey)


def unused_definitions(survey: Survey) -> frozenset[Pointer]:
    """Return the places of the definitions inside schemas that no reference leads into."""
    found = {
        definition.pointer
        for schema in survey.of("schema")
        for key in DEFINITIONS
        for definition in entries(schema.get(key))
    }
    if not found:
        return frozenset()
    references = {node.reference for _, node in survey.everything() if node.reference is not None}
    for reference in references:
        target = survey.document.find(reference)
        pointer = target.pointer if target is not None else ()
        found -= {pointer[:length] for length in range(len(pointer) + 1)}
    return frozenset(found)


def mapping_values(schema: Node) -> Iterator[Node]:
    """Yield the targets of a discriminator: schema names or references."""
    for value in entries(into(schema, "discriminator", "mapping")):
        if isinstance(value.value, str):
            yield value


def meant(at: Node, reference: str) -> Node | None:
    """Return the probable target of a dangling reference: the one with the closest name."""
    parts = parse_pointer(reference)
    if parts is None:
        return None
    node = at.document.root
    for part in parts:
        name = part if node.get(part) is not None else nearest(part, keys(node))
        if name is None:
            return None
        node = node.at(name)
    return node


def mapped_reference(value: Node) -> str:
    """Return a discriminator's target as a `$ref`: a bare name means a component schema."""
    text = str(value.value)
    is_name = "/" not in text and "#" not in text
    return pointer_text(("components", "schemas", text)) if is_name else text


def _target(survey: Survey, kind: Kind, at: Node, reference: str) -> Iterator[Problem]:
    shown = quote(reference)
    if not reference.startswith("#"):
        is_url = reference.lower().startswith(("http:", "https:", "//"))
        place = "the network" if is_url else "another file"
        yield at.problem(
            f"$ref {shown} leads to {place}, but only this file is read; "
            "bundle the spec into one file first"
        )
        return
    if parse_pointer(reference) is None:
        yield at.problem(
            f'$ref {shown} is not a path; write it from the root, as "#/components/schemas/NAME"'
        )
        return
    target = at.document.find(reference)
    if target is None:
        near = meant(at, reference)
        hint = f"did you mean {quote(pointer_text(near.pointer))}?" if near is not None else _ADD
        yield at.problem(f"$ref {shown} has no target; {hint}")
        return
    found = survey.kinds.get(target.pointer)
    if found != kind:
        what = _article(found) if found is not None else "something else"
        yield at.problem(
            f"$ref {shown} leads to {what} where {_article(kind)} is needed; point it to one"
        )


def _siblings(node: Node) -> Iterator[Problem]:
    for key, child in node.items():
        if key != "$ref":
            yield child.problem(
                f"{quote(key)} beside $ref has no effect in OpenAPI 3.0; move it to the target, "
                "or wrap the reference in allOf",
                key=True,
                severity="warning",
            )


def _article(kind: Kind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


# ── Circles ──────────────────────────────────────────────────────────────────────────────────


def _circles(survey: Survey) -> Iterator[Problem]:
    """Find values that are defined only by themselves.

    A schema may return to itself through a property or through items, since the value ends the
    recursion. It must not do so only through references, allOf, anyOf, oneOf, not and conditions.
    An alternative that inherits the schema by allOf is its child, and no way to it.
    """
    edges: dict[Pointer, list[tuple[Pointer, Node]]] = {}
    views: SchemaViews | None = None
    for kind, node in survey.everything():
        views = views or SchemaViews(node.document)
        edges[node.pointer] = [*_edges(kind, node, views)]
    edges = {pointer: out for pointer, out in edges.items() if out}
    done: set[Pointer] = set()
    for start in edges:
        yield from _search(start, edges, done)


def _edges(kind: Kind, node: Node, views: SchemaViews) -> Iterator[tuple[Pointer, Node]]:
    """Yield the other nodes that define the value at `node`, and the places of these references."""
    reference = node.reference
    target = node.document.find(reference) if reference is not None else None
    if target is not None:
        yield target.pointer, node.at("$ref")
    if kind != "schema":
        return
    for child in elements(node.get("allOf")):
        yield child.pointer, child
    for field in ALTERNATIVES:
        for child in views.of(node).choices(written) if (written := node.get(field)) else ():
            yield child.pointer, child
    for field in CONDITIONS:
        child_or_none = node.get(field)
        if child_or_none is not None:
            yield child_or_none.pointer, child_or_none


def _search(
    start: Pointer, edges: Mapping[Pointer, list[tuple[Pointer, Node]]], done: set[Pointer]
) -> Iterator[Problem]:
    """Search depth first, without recursion; an edge back into the trail closes a circle."""
    if start in done:
        return
    trail: dict[Pointer, None] = {start: None}  # ordered
    waiting = [iter(edges[start])]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            done.add(trail.popitem()[0])
            waiting.pop()
            continue
        target, node = step
        if target in trail:
            yield node.problem(
                f"a circle without an end: {' -> '.join(_named(target, trail))}; "
                "put a property or items between, or remove it"
            )
        elif target not in done and target in edges:
            trail[target] = None
            waiting.append(iter(edges[target]))


def _named(target: Pointer, trail: dict[Pointer, None]) -> list[str]:
    """Return the components of a circle, the trail from `target` on; only a few of many."""
    circle = [target]
    for pointer in reversed(trail):
        if pointer == target or len(circle) > _MOST_NAMED:
            break
        if _is_component(pointer):
            circle.append(pointer)
    more = ["..."] if len(circle) > _MOST_NAMED else []
    names = [quote(pointer_text(pointer)) for pointer in (target, *reversed(circle))]
    return [names[0], *more, *names[1:]]


def _is_component(pointer: Pointer) -> bool:
    return len(pointer) == 3 and pointer[0] == "components"
