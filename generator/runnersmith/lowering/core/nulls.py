"""Null outside JSON: a parameter or a form in a style cannot express it."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...openapi.document import Node, Pointer
from ..objects.schema_shape import Shapes
from .context import Context


def without_null(
    context: Context,
    shapes: Shapes,
    schema: Node,
    found: ir.Type,
    where: str,
    *,
    style: ir.Style | None,
    objects: bool = True,
) -> ir.Type:
    """Return a type without the null that a parameter or a form cannot express; note it.

    Null inside a value that is sent as JSON is kept: of JSON as a style all, and of most others
    what is inside a list or an object in another one. `objects` is whether an object is written
    in the style, and not as JSON.
    """
    if style is not None and style.name == "json":
        return found
    deep = style is not None and style.name == "deepObject"
    kept = _without(found, levels=100 if deep else 1, objects=objects)
    if kept != found or (objects and _has_nullable_property(shapes, schema, deep=deep)):
        why = f"null cannot be written in a {where}"
        instead = "None raises TypeError"
        context.simplify(schema, why, instead=instead, fix="remove it", key=False)
    return kept


def _without(found: ir.Type, *, levels: int, objects: bool) -> ir.Type:
    match found:
        case ir.Nullable():
            return _without(found.type, levels=levels, objects=objects)
        case ir.Union():
            each = [_without(it, levels=levels, objects=objects) for it in found.members]
            members = tuple(dict.fromkeys(each))
            return members[0] if len(members) == 1 else replace(found, members=members)
        case ir.Array() if levels:
            return replace(found, items=_without(found.items, levels=levels - 1, objects=objects))
        case ir.Map() if levels and objects:
            return replace(found, values=_without(found.values, levels=levels - 1, objects=objects))
        case _:
            return found


def _has_nullable_property(shapes: Shapes, schema: Node, *, deep: bool) -> bool:
    """Return whether an object has a property that can be null; its class is used elsewhere too.

    `deep` includes the objects inside it.
    """
    waiting, reached = [schema], set[Pointer]()
    while waiting:
        node = waiting.pop()
        if node.pointer in reached:
            continue
        reached.add(node.pointer)
        if shapes.kind(node) == "object":
            inside = [nodes[-1] for nodes in shapes.shape(node).properties.values()]
            types = [shapes.views.of(one).types for one in inside]
            if any(it.null and it.names is not None for it in types):
                return True
            waiting += inside if deep else ()
        if deep:
            view = shapes.views.of(node)
            waiting += filter(None, (view.first("items"), view.first("additionalProperties")))
    return False
