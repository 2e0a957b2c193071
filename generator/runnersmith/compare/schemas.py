"""Facts of a schema, independent of its notation.

A schema is the set of schema objects that hold at once: behind a `$ref`, in an allOf, as a lone
alternative. Inline and referenced schemas therefore have equal facts, and so do `nullable` and a
type list with null, or a oneOf of different types and a type list. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from ..openapi.document import Json, Node
from ..openapi.keywords import PROSE, is_prose
from ..openapi.schema_parts import Parts
from .description_view import View
from .facts import Entity, Fact, dump, plain, products, quoted

Fields = dict[str, Callable[[], Entity]]

# Compared as a type, a limit, a list or a field, not as a keyword.
_READ = PROSE | frozenset(
    "$ref allOf anyOf oneOf type nullable enum const required properties items"
    " additionalProperties minimum maximum exclusiveMinimum exclusiveMaximum".split()
)
# Values equal to the absence of the keyword.
_NEUTRAL: dict[str, Json] = {
    "deprecated": False,
    "minItems": 0,
    "minLength": 0,
    "minProperties": 0,
    "readOnly": False,
    "uniqueItems": False,
    "writeOnly": False,
}


def field(
    view: View, nodes: Iterable[Node], *, head: str, at: Node, available: tuple[Node, ...] = ()
) -> Entity:
    """Return the field at `at` whose schemas, which all hold, are at `nodes`.

    `available` is the statement about its products.
    """
    schema = view.parts(nodes)
    facts, fields = _contents(view, schema, at)
    return Entity(
        node=at,
        head=head,
        facts=facts,
        fields=fields,
        types=view.read(schema).types,
        products=available,
        identity=("field", *(part.pointer for part in schema)),
    )


def _alternative(view: View, schema: Parts) -> Entity:
    """Return one alternative of a union, named by its type."""
    contents, fields = _contents(view, schema, schema[0])
    facts = {keyword: fact for keyword, fact in contents.items() if keyword != "type"}
    identity = ("alternative", *(part.pointer for part in schema))
    types = view.read(schema).types
    return Entity(
        node=schema[0], head="present", facts=facts, fields=fields, types=types, identity=identity
    )


def _contents(
    view: View, schema: Parts, at: Node
) -> tuple[Mapping[str, Fact], Mapping[str, Callable[[], Entity]]]:
    """Return the facts of a schema, and its fields and alternatives: once for all that refer to it."""
    places = tuple(part.pointer for part in schema) or ("anything at", at.pointer)
    if places not in view.contents:
        view.contents[places] = _read(view, schema, at)
    return view.contents[places]


def _read(view: View, schema: Parts, at: Node) -> tuple[dict[str, Fact], Fields]:
    reading = view.read(schema)
    parts = reading.parts
    marks = (part.get(key) for part in parts for key in ("type", "oneOf", "anyOf"))
    facts = {"type": Fact(str(reading.types), next(filter(None, marks), parts[0] if parts else at))}
    for part in parts:
        for keyword, fact in _stated(part, nullable=reading.types.null):
            facts[keyword] = _also(facts[keyword], fact) if keyword in facts else fact
    fields = _properties(view, parts)
    for name, keyword in (("[]", "items"), ("{}", "additionalProperties")):
        if nodes := [part.at(keyword) for part in parts if _restricts(part.get(keyword))]:
            fields[name] = partial(field, view, nodes, head="present", at=nodes[0])
    for union, members in reading.unions:
        facts[union.key] = Fact(len(members), union)
        count: dict[str, int] = {}
        for member in members:
            label = view.read(member).types.label
            count[label] = count.get(label, 0) + 1
            name = f"({label})" if count[label] == 1 else f"({label}#{count[label]})"
            fields[name] = partial(_alternative, view, member)
    return facts, fields


def _stated(part: Node, *, nullable: bool) -> Iterator[tuple[str, Fact]]:
    """Yield the facts of one schema object; null is a part of the type."""
    for keyword, node in part.items():
        value = node.value
        if keyword == "const" or (keyword == "enum" and part.get("const") is None):
            listed = value if keyword == "enum" and isinstance(value, list) else [value]
            values = [plain(item) for item in listed if item is not None or not nullable]
            yield "enum", Fact(sorted(values, key=dump), node)
        elif keyword in ("minimum", "maximum"):
            # OpenAPI 3.0 makes a limit exclusive by a flag beside it, 3.1 by a keyword.
            exclusive = f"exclusive{keyword.capitalize()}"
            yield exclusive if part.flag(exclusive) else keyword, Fact(plain(value), node)
        elif keyword in ("exclusiveMinimum", "exclusiveMaximum") and not isinstance(value, bool):
            yield keyword, Fact(plain(value), node)
        elif keyword in ("additionalProperties", "items") and value is False:
            yield keyword, Fact(value, node)
    yield from others(part, _READ, _NEUTRAL)


def others(
    node: Node, read: frozenset[str], neutral: dict[str, Json]
) -> Iterator[tuple[str, Fact]]:
    """Yield the other facts of a mapping, without prose, extensions and the keys in `read`."""
    for keyword, child in node.items():
        if keyword in read or is_prose(keyword):
            continue
        if keyword not in neutral or dump(neutral[keyword]) != dump(child.value):
            yield keyword, Fact(plain(child.value), child)


def _also(one: Fact, other: Fact) -> Fact:
    """Return the fact for two schema objects that both hold: both values if they differ."""
    return one if one.says(other) else Fact([one.value, other.value], one.node)


def _properties(view: View, parts: Parts) -> Fields:
    nodes: dict[str, list[Node]] = {}
    required: dict[str, Node] = {}
    for part in parts:
        if properties := part.get("properties"):
            for name, node in properties.items():
                nodes.setdefault(name, []).append(node)
        if names := part.get("required"):
            required.update((str(node.value), node) for node in names.elements())
    fields: Fields = {}
    for name in nodes | required:
        found = nodes.get(name, [])
        head = "required" if name in required else "optional"
        at = found[0] if found else required[name]
        # If one of the schemas has no statement about products, every product has the field.
        listed = tuple(filter(None, map(products, found)))
        available = listed if len(listed) == len(found) else ()
        fields[quoted(name)] = partial(field, view, found, head=head, at=at, available=available)
    return fields


def _restricts(node: Node | None) -> bool:
    """Return whether a schema of items or additionalProperties excludes anything."""
    return node is not None and any(not is_prose(key) for key, _ in node.items())
