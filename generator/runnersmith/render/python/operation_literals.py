"""Literals of an operation's constant: the serialization of its values. Pure.

Defaults are left out. Written are parameters with an unusual location or style, bodies that are not
a JSON object, and responses that are not JSON of one type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from textwrap import indent

from ... import ir
from ...ir.names import constant_name
from ...ir.placement import all_operations
from .line_layout import WIDTH, Group, laid_out, split
from .signatures import is_placed, key, operation_type
from .source import annotation, literal, mapping, strings


def declaration(operation: ir.Operation, arguments: str) -> str:
    """Return the assignment of an operation's constant, in black's format.

    `arguments` are the lines between the parentheses of the call, indented once.
    """
    name, kind = constant_name(operation.name), operation_type(operation)
    call, _, inside = kind.partition("[")
    head = f"{name}: {kind} = "
    if len(f"{head}{call}(") <= WIDTH:
        return f"{head}{call}(\n{arguments})"
    if len(f"{head}(") <= WIDTH:
        return f"{head}(\n    {call}(\n{indent(arguments, '    ')}    )\n)"
    group = Group(f"{call}[", split(inside[:-1], ", "), "]")
    written = laid_out(group, 0, outer=f"{name}: ", after=len(f" = {call}("))
    return f"{name}: {written} = {call}(\n{arguments})"


def places(operation: ir.Operation) -> str:
    """Return the parameters with an unusual serialization, by argument."""
    listed = (*operation.arguments, *operation.query, *operation.headers, *operation.cookies)
    return mapping((key(one), _place(one)) for one in listed if is_placed(one))


def _place(parameter: ir.Parameter) -> str:
    arguments = [
        literal(parameter.location),
        literal(parameter.wire_name),
        *_style(parameter.style),
    ]
    return f"Place({', '.join(arguments)})"


def _style(style: ir.Style | None) -> list[str]:
    if style is None:
        return []
    reserved = ", reserved=True" if style.reserved else ""
    return [f"Style({literal(style.name)}, explode={style.explode}{reserved})"]


def content(operation: ir.Operation) -> str:
    """Return the encoding of the body; empty for a JSON object."""
    body = operation.body
    if body is None:
        return ""
    plain = ir.Body(fields=body.fields, required=body.required)
    known = replace(body, omissible=False, extra=None, example=None, available=ir.EVERYWHERE)
    if known == plain:
        return ""
    arguments = [f"encoding={literal(body.encoding)}", f"media_type={literal(body.media_type)}"]
    if body.whole is not None:
        arguments.append(f"whole={literal(body.whole.wire_name)}")
    if body.parts:
        parts = mapping((part.wire_name, _part(part)) for part in body.parts)
        arguments.append(f"parts={parts}")
    return f"Content({', '.join(arguments)})"


def _part(part: ir.Part) -> str:
    arguments = [f"media_type={literal(part.media_type)}"] if part.media_type else []
    arguments += [f"style={one}" for one in _style(part.style)]
    arguments += ["file=True"] if part.file != "no" else []
    arguments += ["many=True"] if part.file == "many" else []
    return f"Part({', '.join(arguments)})"


def answers(operation: ir.Operation) -> str:
    """Return the type of each success response; `{}` if all are JSON of the return type."""
    usual = all(
        it.type == operation.returns and it.encoding == "json" for it in operation.responses
    )
    if usual and operation.responses:
        return "{}"
    listed = [f"{it.status}: {_response(it)}" for it in operation.responses]
    return laid_out(Group("{", listed, "}"), 4, outer="answers=", after=1, nested=True)


def _response(response: ir.SuccessResponse) -> str:
    if response.type is None:
        return "Answer(None)"
    kind = _lambda(response.type)
    return (
        f"Answer({kind})"
        if response.encoding == "json"
        else f"Answer({kind}, {literal(response.encoding)})"
    )


def error_types(operation: ir.Operation) -> str:
    """Return the type of each error response, by status: the exact ones first.

    A status without a type is written if its type would be that of its class or of the default.
    """
    typed = {it.status for it in operation.errors if it.type is not None}
    listed = [
        f"        {it.status}: {_lambda(it.type)},\n"
        for it in sorted(operation.errors, key=lambda it: _breadth(it.status))
        if it.type is not None or {it.status // 100, 0} & typed
    ]
    return "{\n" + "".join(listed) + "    }" if listed else "{}"


def _breadth(status: int) -> tuple[bool, bool, int]:
    return status == 0, status < 10, status


def _lambda(found: ir.Type | None) -> str:
    return "None" if found is None else f"lambda: {annotation(found, 'value')}"


def accept(operation: ir.Operation) -> str:
    """Return the media types to accept; empty if the client's default covers them."""
    media_types = dict.fromkeys(it.media_type for it in operation.responses if it.type is not None)
    if not media_types or set(media_types) == {None}:
        return ""
    return ", ".join(one or "application/json" for one in media_types)


def success(operation: ir.Operation) -> str:
    """Return the declared success statuses, one on a line if there are several."""
    listed = [str(response.status) for response in operation.responses]
    if len(listed) == 1:
        return f"({listed[0]},)"
    return "(\n" + "".join(f"        {status},\n" for status in listed) + "    )"


def security(operation: ir.Operation) -> str:
    """Return the security schemes of an operation, one alternative after the other."""
    listed = [strings(alternative) for alternative in operation.security]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


# The runtime modules with names that an operation's constant may use.
_MODULES: Mapping[str, tuple[str, ...]] = {
    "body": ("Content", "Part"),
    "operation": ("Answer",),
    "parameters": ("Place", "Style"),
}


def wire_names(operation: ir.Operation) -> dict[str, list[str]]:
    """Return the runtime names that an operation's constant uses, by module."""
    text = " ".join([places(operation), content(operation), answers(operation)])
    found = {
        module: [name for name in names if f"{name}(" in text] for module, names in _MODULES.items()
    }
    return {module: names for module, names in found.items() if names}


def wire_modules(api: ir.Api) -> list[str]:
    """Return the additional runtime modules that the operations of an API use."""
    found = {module for *_, operation in all_operations(api) for module in wire_names(operation)}
    # Form bodies are serialized like parameters, and a body may be a file.
    return sorted(found | {"files", "parameters"} if "body" in found else found)
