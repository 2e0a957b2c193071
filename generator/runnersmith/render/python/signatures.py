"""Signatures and calls of methods, as Python source. Pure."""

from __future__ import annotations

from ... import ir
from ...ir.names import constant_name
from ...ir.types import arguments_of, bare
from .line_layout import Annotated, Group, laid_out
from .source import Place, annotation, availability, literal, mapping, strings, unset


def keywords(operation: ir.Operation) -> tuple[ir.Field | ir.Parameter, ...]:
    """Return the keyword arguments: parameters outside the path, then those of the body."""
    return (*operation.query, *operation.headers, *operation.cookies, *body_fields(operation))


def body_fields(operation: ir.Operation) -> tuple[ir.Field, ...]:
    """Return the arguments of the body: its fields and its extras, or the body as one argument."""
    return arguments_of(operation.body)


def signature(operation: ir.Operation, is_async: bool = False) -> str:
    """Return the parameters of a method: path parameters in order, all others by keyword."""
    head = f"{'async ' if is_async and not operation.paged else ''}def {operation.name}("
    tail = f") -> {result(operation, is_async)}:"
    return laid_out(Group("", ["self", *parameters(operation)], ""), 4, outer=head, after=len(tail))


def parameters(operation: ir.Operation) -> tuple[str | Annotated, ...]:
    """Return the parameters of a method without `self`, as written in its signature."""
    positional = [Annotated(p.name, annotation(p.type, "argument")) for p in operation.arguments]
    named = [_keyword(field) for field in keywords(operation)]
    return (*positional, "*", *named) if named else (*positional,)


def _keyword(field: ir.Field | ir.Parameter) -> Annotated:
    text = annotation(field.type, "argument")
    return (
        Annotated(field.name, text)
        if field.required
        else Annotated(field.name, unset(text), "UNSET")
    )


def forwarded(operation: ir.Operation) -> str:
    """Return the arguments of a method, as another one with the same signature passes them on."""
    positional = [argument.name for argument in operation.arguments]
    return ", ".join([*positional, *(f"{it.name}={it.name}" for it in keywords(operation))])


def result(operation: ir.Operation, is_async: bool) -> str:
    """Return the return annotation of a method."""
    return given(operation, is_async, "return")


def given(operation: ir.Operation, is_async: bool, place: Place) -> str:
    """Return the return annotation of a method for use in its class or elsewhere."""
    returned = annotation(operation.returns, place) if operation.returns else "None"
    if operation.paged and operation.item:
        return (
            f"{'Async' if is_async else ''}Pages[{annotation(operation.item, place)}, {returned}]"
        )
    return returned


def call(operation: ir.Operation, is_async: bool) -> str:
    """Return the one statement of a method's body."""
    if operation.paged:
        head = "return self._walk("
    else:
        await_ = "await " if is_async else ""
        return_ = "return " if operation.returns else ""
        head = f"{return_}{await_}self._call("
    return laid_out(Group(head, _arguments(operation), ")"), 8)


def _arguments(operation: ir.Operation) -> list[str | Group]:
    """Return the arguments of the call in a method's body."""
    extra = operation.body.extra if operation.body is not None else None
    written: list[str | Group] = [f"_operations.{constant_name(operation.name)}"]
    for name, fields in (
        ("path", operation.arguments),
        ("query", (*operation.query, *operation.headers, *operation.cookies)),
        ("body", body_fields(operation)),
    ):
        if fields:
            entries = [f"{literal(key(field))}: {field.name}" for field in fields if field != extra]
            given = Group(f"{name}={{", entries, "}")
            if name == "body" and extra is not None:
                held = Group("{", entries, "}") if entries else "{}"
                given = Group("body=with_extra(", [held, extra.name], ")")
            written.append(given)
    return written


def operation_type(operation: ir.Operation) -> str:
    """Return the type of an operation's constant."""
    returned = annotation(operation.returns, "value") if operation.returns else "None"
    if operation.paged and operation.item:
        return f"PagedOperation[{annotation(operation.item, 'value')}, {returned}]"
    return f"Operation[{returned}]"


def required(operation: ir.Operation) -> str:
    """Return the wire names of the required keyword arguments, as a tuple."""
    listed = [literal(key(field)) for field in keywords(operation) if field.required]
    if len(listed) < 2:
        return strings(key(field) for field in keywords(operation) if field.required)
    return laid_out(Group("(", listed, ")"), 4, outer="required=", after=1)


def lists(operation: ir.Operation) -> str:
    """Return the wire names of the body's array fields, as a tuple."""
    return strings(
        field.wire_name
        for field in body_fields(operation)
        if isinstance(bare(field.type), ir.Array)
    )


def limited(operation: ir.Operation) -> str:
    """Return the arguments with a narrower availability than their operation."""
    entries = [
        (key(field), availability(field.available, operation.available.products))
        for field in keywords(operation)
    ]
    return mapping((name, text) for name, text in entries if text)


def required_in(operation: ir.Operation) -> str:
    """Return the arguments that some API versions require."""
    return mapping(
        (key(field), strings(field.required_in))
        for field in keywords(operation)
        if field.required_in
    )


def body_in(operation: ir.Operation) -> str:
    """Return the API versions with a body, if others have none, as a tuple."""
    return strings(operation.body.available.versions if operation.body is not None else ())


def older_paths(operation: ir.Operation) -> str:
    """Return the paths of an operation in older API versions."""
    return mapping((older.version, literal(older.path)) for older in operation.older_paths)


def wrapper(operation: ir.Operation, api: ir.Api) -> ir.Model | None:
    """Return the model that wraps the items of a paged operation; None for a bare list."""
    if not isinstance(operation.returns, ir.Reference):
        return None
    return next(model for model in api.models if model.name == operation.returns.model)


def item_key(operation: ir.Operation, api: ir.Api) -> str | None:
    """Return the attribute that identifies a paged operation's items; None if they have no id."""
    if not isinstance(operation.item, ir.Reference):
        return None
    listed = operation.item.model
    fields = next(model.fields for model in api.models if model.name == listed)
    for field in fields:
        types = field.type.members if isinstance(field.type, ir.Union) else (field.type,)
        if field.wire_name == "id" and field.required and all(found in _IDS for found in types):
            return field.name
    return None


_IDS = (ir.Primitive(name="int"), ir.Primitive(name="str"))


def key(parameter: ir.Parameter | ir.Field) -> str:
    """Return the runtime's key for an argument: its wire name, or its Python name on a clash."""
    placed = (
        isinstance(parameter, ir.Parameter)
        and parameter.location != "path"
        and is_placed(parameter)
    )
    return parameter.name if placed else parameter.wire_name


def is_placed(parameter: ir.Parameter) -> bool:
    """Return whether the runtime needs the serialization of a parameter."""
    if parameter.location in ("header", "cookie") or parameter.style is not None:
        return True
    found = bare(parameter.type)
    is_list = isinstance(found, ir.Array) and parameter.location == "query"
    if isinstance(found, ir.Array) and is_list:
        found = bare(found.items)
    # The builder encodes text and integers itself, and in a query also lists of them and booleans.
    names = ("str", "int") if is_list or parameter.location == "path" else ("str", "int", "bool")
    plain = isinstance(found, ir.Primitive) and found.name in names
    if isinstance(found, ir.Literal):
        plain = not any(isinstance(value, bool) for value in found.values)
    return not plain or isinstance(parameter.type, ir.Nullable)
