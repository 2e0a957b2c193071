"""Type algebra of the IR: null, unions, and whether a decoder can tell alternatives apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import ir

ANY = ir.Primitive(name="any")
TEXT = ir.Primitive(name="str")
FREE = ir.Map(values=ANY)


def nullable(found: ir.Type) -> ir.Type:
    """Return the type or null; `any` includes null already."""
    return found if is_nullable(found) else ir.Nullable(type=found)


def is_nullable(found: ir.Type) -> bool:
    """Return whether a value of a type can be null, which is None in Python."""
    return isinstance(found, ir.Nullable) or found == ANY


def bare(found: ir.Type) -> ir.Type:
    """Return the type without null."""
    return found.type if isinstance(found, ir.Nullable) else found


def parts(found: ir.Type) -> Iterator[ir.Type]:
    """Yield the type and every type inside it."""
    yield found
    match found:
        case ir.Array(items=inner) | ir.Map(values=inner) | ir.Nullable(type=inner):
            yield from parts(inner)
        case ir.Union(members=members):
            for member in members:
                yield from parts(member)
        case _:
            pass


def references(found: ir.Type) -> Iterator[str]:
    """Yield the names of the models in a type."""
    return (part.model for part in parts(found) if isinstance(part, ir.Reference))


def union(types: Iterable[ir.Type]) -> ir.Type | None:
    """Return the union of types; None if a decoder could not tell them apart."""
    members = list(dict.fromkeys(members_of(types)))
    if len(members) == 1:
        return members[0]
    literals = [found for found in members if isinstance(found, ir.Literal)]
    if len(members) == 2 and len(literals) == 1 and TEXT in members:
        return ir.Literal(values=literals[0].values, open=True)
    kinds = [decoded_as(found) for found in members]
    if len(set(kinds)) < len(kinds) or "any" in kinds or {"int", "float"} <= set(kinds):
        return None
    return ir.Union(members=tuple(members))


def merged(types: Iterable[ir.Type]) -> ir.Type:
    """Return the closest type that includes several and can be decoded.

    Types that look alike on the wire become one.
    """
    alike: dict[str, list[ir.Type]] = {}
    null = False
    for one in dict.fromkeys(_flat(types)):
        found, null = bare(one), null or isinstance(one, ir.Nullable)
        kind = decoded_as(found)
        if kind == "any":
            return ANY
        alike.setdefault("number" if kind in ("int", "float") else kind, []).append(found)
    members = tuple(_one(kind, list(dict.fromkeys(group))) for kind, group in alike.items())
    whole = members[0] if len(members) == 1 else ir.Union(members=members)
    return nullable(whole) if null else whole


def _flat(types: Iterable[ir.Type]) -> Iterable[ir.Type]:
    """Yield the types, with unions and nullable unions taken apart."""
    for found in types:
        if isinstance(found, ir.Nullable) and isinstance(found.type, ir.Union):
            yield from (nullable(member) for member in found.type.members)
        elif isinstance(found, ir.Union):
            yield from found.members
        else:
            yield found


def _one(kind: str, group: list[ir.Type]) -> ir.Type:
    """Return the common type of values that look alike on the wire."""
    if len(group) == 1:
        return group[0]
    if kind == "array":
        return ir.Array(items=merged(found.items for found in group if isinstance(found, ir.Array)))
    if kind == "object":
        maps = [found.values for found in group if isinstance(found, ir.Map)]
        return ir.Map(values=merged(maps) if len(maps) == len(group) else ANY)
    if kind == "number":
        return ir.Primitive(name="float" if ir.Primitive(name="float") in group else "int")
    if kind == "str":
        literals = [found for found in group if isinstance(found, ir.Literal)]
        if not literals or any(
            isinstance(found, ir.Primitive) and found != TEXT for found in group
        ):
            return TEXT
        values = dict.fromkeys(value for found in literals for value in found.values)
        is_open = len(literals) < len(group) or any(found.open for found in literals)
        return ir.Literal(values=tuple(values), open=is_open)
    return group[0]


def returned(responses: tuple[ir.SuccessResponse, ...]) -> ir.Type | None:
    """Return a method's return type: the success type, a union of several, optionally None.

    The status tells the types apart, so a decoder need not.
    """
    types = list(
        dict.fromkeys(response.type for response in responses if response.type is not None)
    )
    if not types:
        return None
    null = any(response.type is None for response in responses) or any(
        isinstance(it, ir.Nullable) for it in types
    )
    members = tuple(dict.fromkeys(bare(found) for found in types))
    found = (
        ANY if ANY in members else members[0] if len(members) == 1 else ir.Union(members=members)
    )
    return nullable(found) if null else found


def received(operation: ir.Operation) -> Iterable[ir.Type]:
    """Yield the types of the contents of an operation's responses: successes, then errors."""
    contents = (*(it.type for it in operation.responses), *(it.type for it in operation.errors))
    yield from (found for found in contents if found is not None)


def members_of(types: Iterable[ir.Type]) -> Iterable[ir.Type]:
    """Yield the types, with each union replaced by its members."""
    for found in types:
        yield from found.members if isinstance(found, ir.Union) else (found,)


def fields_of(model: ir.Model) -> tuple[ir.Field, ...]:
    """Return the fields of a model, with that of its extras."""
    return model.fields if model.extra is None else (*model.fields, model.extra)


def arguments_of(body: ir.Body | None) -> tuple[ir.Field, ...]:
    """Return the arguments of a body: its fields and that of its extras, or the body as one."""
    if body is None:
        return ()
    extra = () if body.extra is None else (body.extra,)
    return (*body.fields, *extra) if body.whole is None else (body.whole,)


def decoded_as(found: ir.Type) -> str:
    """Return how a type looks on the wire, as far as a decoder can see."""
    match found:
        case ir.Primitive(name="datetime" | "date" | "bytes" | "file"):
            return "str"
        case ir.Primitive(name=name):
            return name
        case ir.Literal(values=values):
            return "str" if isinstance(values[0], str) else "int"
        case ir.Array():
            return "array"
        case ir.Map() | ir.Reference():
            return "object"
        case ir.Nullable() | ir.Union():
            return "any"


def is_completed_by_caller(media_type: str) -> bool:
    """Return whether the caller completes a media type: a range, or one that needs a boundary."""
    return "*" in media_type or media_type.lower().startswith("multipart/")
