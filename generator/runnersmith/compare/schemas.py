"""What a schema says, whichever way it is written.

A schema is taken as the schema objects that hold at once: behind a `$ref`, in an allOf, as a lone
alternative. Inline and referenced schemas, `nullable` and a type list with null, a oneOf of
different types and a type list thus come out the same. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..openapi.document import Json, Node
from ..problems import SpecError
from . import json_types
from .description_view import View
from .facts import Entity, Fact, dump, plain, products, quoted

Schema = tuple[Node, ...]
Fields = dict[str, Callable[[], Entity]]

PROSE = frozenset({"title", "summary", "description", "example", "examples", "externalDocs", "xml"})
# Compared as a type, a limit, a list or a field, not as it stands.
_READ = PROSE | frozenset(
    "$ref $comment allOf anyOf oneOf type nullable enum const required properties items"
    " additionalProperties minimum maximum exclusiveMinimum exclusiveMaximum".split()
)
# Schemas that alternatives within alternatives may hold; far above any real description.
_MOST_UNIONS = 50
# Saying this is saying nothing.
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
    """A field at `at` whose schemas, all holding at once, stand at `nodes`.

    `available` says which products have it.
    """
    schema = _together(view, nodes)
    facts, fields = _contents(view, schema, at)
    identity = ("field", *(part.pointer for part in schema))
    return Entity(
        node=at, head=head, facts=facts, fields=fields, products=available, identity=identity
    )


def _alternative(view: View, schema: Schema) -> Entity:
    """One alternative of a union; its name says its type."""
    facts, fields = _contents(view, schema, schema[0])
    del facts["type"]
    identity = ("alternative", *(part.pointer for part in schema))
    return Entity(node=schema[0], head="present", facts=facts, fields=fields, identity=identity)


def _contents(view: View, schema: Schema, at: Node) -> tuple[dict[str, Fact], Fields]:
    """The facts of a schema, and the fields and alternatives within it."""
    reading = _read(view, schema)
    parts = reading.parts
    marks = (part.get(key) for part in parts for key in ("type", "oneOf", "anyOf"))
    facts = {"type": Fact(str(reading.kinds), next(filter(None, marks), parts[0] if parts else at))}
    for part in parts:
        for keyword, fact in _stated(part, nullable=reading.kinds.null):
            facts[keyword] = _also(facts[keyword], fact) if keyword in facts else fact
    fields = _properties(view, parts)
    for name, keyword in (("[]", "items"), ("{}", "additionalProperties")):
        if nodes := [part.at(keyword) for part in parts if _restricts(part.get(keyword))]:
            fields[name] = partial(field, view, nodes, head="present", at=nodes[0])
    for union, members in reading.unions:
        facts[union.key] = Fact(len(members), union)
        count: dict[str, int] = {}
        for member in members:
            label = _read(view, member).kinds.label
            count[label] = count.get(label, 0) + 1
            name = f"({label})" if count[label] == 1 else f"({label}#{count[label]})"
            fields[name] = partial(_alternative, view, member)
    return facts, fields


def _together(view: View, nodes: Iterable[Node]) -> Schema:
    """The schema objects that hold at once where `nodes` stand, through `$ref` and allOf."""
    found: dict[object, Node] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        if node.pointer in found:
            continue
        if node.reference is not None:
            waiting.insert(0, view.resolve(node))
            if not _says_more(view, node):
                continue
        found[node.pointer] = node = view.current(node)
        if members := node.get("allOf"):
            waiting[:0] = members.elements()
    return tuple(found.values())


def _says_more(view: View, node: Node) -> bool:
    """Whether a schema with a `$ref` says something beside it; OpenAPI 3.0 would not listen."""
    return view.modern and any(key != "$ref" and key not in PROSE for key, _ in node.items())


def _read(
    view: View, schema: Schema, within: frozenset[object] = frozenset()
) -> json_types.Reading:
    """Tell the types of a schema, and which of its alternatives are parts of it.

    A lone alternative, null aside, is a part; so are alternatives of different types whose
    keywords do not meet. `within` are the schemas that this one is an alternative of.
    """
    key = tuple(part.pointer for part in schema)
    if key in view.readings:
        return view.readings[key]
    if len(within) > _MOST_UNIONS:
        reason = f"alternatives of alternatives, more than {_MOST_UNIONS} deep, are not compared"
        raise SpecError([schema[0].problem(reason)])
    parts = list(schema)
    unions: list[tuple[Node, list[Schema]]] = []
    said = [own for own in map(json_types.stated, schema) if own is not None]
    for union in _unions(schema):
        every: list[tuple[Schema, json_types.Kinds]] = []
        for node in union.elements():
            member = _together(view, [node])
            if not within.union(key).isdisjoint(part.pointer for part in member):
                raise SpecError([node.problem("this is an alternative of itself")])
            every.append((member, _read(view, member, within.union(key)).kinds))
        said.append(json_types.any_of(types for _, types in every))
        members = [(member, types) for member, types in every if not types.only_null]
        if _is_one(members):
            parts += (part for member, _ in members for part in member)
        else:
            unions.append((union, [member for member, _ in members]))
    nullable = any(part.flag("nullable") for part in schema)
    types = json_types.all_of(said, nullable=nullable)
    view.readings[key] = json_types.Reading(types, tuple(parts), tuple(unions))
    return view.readings[key]


def _unions(schema: Schema) -> Iterator[Node]:
    for part in schema:
        yield from filter(None, (part.get("oneOf"), part.get("anyOf")))


def _is_one(members: list[tuple[Schema, json_types.Kinds]]) -> bool:
    """Whether alternatives exclude each other by type and share no keyword but prose."""
    stated: set[str] = set()
    for index, (member, types) in enumerate(members):
        if any(not types.apart(other) for _, other in members[:index]):
            return False
        keywords = {key for part in member for key, _ in part.items()}
        keywords -= PROSE | {"type", "nullable", "$ref", "allOf"}
        general = {"enum", "const", "default", "deprecated", "oneOf", "anyOf", "not"}
        if len(members) > 1 and keywords & (stated | general):
            return False
        stated |= keywords
    return True


def _stated(part: Node, *, nullable: bool) -> Iterator[tuple[str, Fact]]:
    """The facts that one schema object states about a value; null is left to the type."""
    for keyword, node in part.items():
        value = node.value
        if keyword in ("enum", "const"):
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
    """The facts of a mapping as they stand: no prose, no extensions, nothing `read` elsewhere."""
    for keyword, child in node.items():
        if keyword in read or keyword in PROSE or keyword.startswith("x-"):
            continue
        if keyword not in neutral or dump(neutral[keyword]) != dump(child.value):
            yield keyword, Fact(plain(child.value), child)


def _also(one: Fact, other: Fact) -> Fact:
    """The fact of two schema objects that hold at once: both values, when they differ."""
    return one if one.says(other) else Fact([one.value, other.value], one.node)


def _properties(view: View, parts: Schema) -> Fields:
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
        # Where a schema that holds says nothing of products, every product has the field.
        listed = tuple(filter(None, map(products, found)))
        available = listed if len(listed) == len(found) else ()
        fields[quoted(name)] = partial(field, view, found, head=head, at=at, available=available)
    return fields


def _restricts(node: Node | None) -> bool:
    """Whether a schema under items or additionalProperties leaves anything out."""
    return node is not None and any(key not in PROSE for key, _ in node.items())
