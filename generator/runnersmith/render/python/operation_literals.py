"""Literals of an operation's constant: how its values travel. Pure.

Only what is not usual is written: parameters outside path and query or in a style of their own,
bodies that are no JSON object, replies that are no JSON of one type.
"""

from __future__ import annotations

from collections.abc import Mapping

from ... import ir
from .signatures import is_placed, key
from .source import annotation, literal, mapping, strings


def places(operation: ir.Operation) -> str:
    """The parameters that do not travel in the usual way, by argument."""
    listed = (*operation.arguments, *operation.query, *operation.headers, *operation.cookies)
    return mapping((key(one), _place(one)) for one in listed if is_placed(one))


def _place(parameter: ir.Parameter) -> str:
    said = [literal(parameter.location), literal(parameter.wire_name), *_style(parameter.style)]
    return f"Place({', '.join(said)})"


def _style(style: ir.Style | None) -> list[str]:
    return [f"Style({literal(style.name)}, explode={style.explode})"] if style else []


def content(operation: ir.Operation) -> str:
    """How the body travels; nothing for a JSON object that is always sent."""
    body = operation.body
    if body is None:
        return ""
    if body == ir.Body(fields=body.fields, required=body.required, example=body.example):
        return ""
    said = [f"encoding={literal(body.encoding)}", f"media_type={literal(body.media_type)}"]
    if body.whole is not None:
        said.append(f"whole={literal(body.whole.wire_name)}")
    if body.omissible:
        said.append("required=False")
    if body.parts:
        parts = mapping((part.wire_name, _part(part)) for part in body.parts)
        said.append(f"parts={parts}")
    return f"Content({', '.join(said)})"


def _part(part: ir.Part) -> str:
    said = [f"media_type={literal(part.media_type)}"] if part.media_type else []
    said += [f"style={one}" for one in _style(part.style)]
    return f"Part({', '.join(said)})"


def answers(operation: ir.Operation) -> str:
    """What each reply of success holds, where they are not all JSON of what the operation returns."""
    usual = all(it.type == operation.returns and it.encoding == "json" for it in operation.answers)
    if usual and operation.answers:
        return "{}"
    return "{" + ", ".join(f"{it.status}: {_answer(it)}" for it in operation.answers) + "}"


def _answer(answer: ir.Answer) -> str:
    if answer.type is None:
        return "Answer(None)"
    kind = f"lambda: {annotation(answer.type, 'value')}"
    return (
        f"Answer({kind})"
        if answer.encoding == "json"
        else f"Answer({kind}, {literal(answer.encoding)})"
    )


def accept(operation: ir.Operation) -> str:
    """The media types to ask for; nothing where the client's own says them all."""
    asked = dict.fromkeys(it.media_type for it in operation.answers if it.type is not None)
    if not asked or set(asked) == {None}:
        return ""
    return ", ".join(one or "application/json" for one in asked)


def success(operation: ir.Operation) -> str:
    """The statuses that are declared for success, each on a line where there are several."""
    listed = [str(answer.status) for answer in operation.answers]
    if len(listed) == 1:
        return f"({listed[0]},)"
    return "(\n" + "".join(f"        {status},\n" for status in listed) + "    )"


def security(operation: ir.Operation) -> str:
    """The schemes that an operation asks for, alternative by alternative."""
    listed = [strings(alternative) for alternative in operation.security]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


# The runtime's modules of what an operation's constant may be made of, and the names in each.
_MODULES: Mapping[str, tuple[str, ...]] = {
    "body": ("Content", "Part"),
    "operation": ("Answer",),
    "parameters": ("Place", "Style"),
}


def wire_names(operation: ir.Operation) -> dict[str, list[str]]:
    """Return what an operation's constant needs of the runtime, by module."""
    text = " ".join([places(operation), content(operation), answers(operation)])
    found = {
        module: [name for name in names if f"{name}(" in text] for module, names in _MODULES.items()
    }
    return {module: names for module, names in found.items() if names}


def wire_modules(api: ir.Api) -> list[str]:
    """Return the modules of the runtime that the operations of an API need beyond the usual."""
    scoped = [resource for scope in api.scopes for resource in scope.resources]
    operations = [one for resource in (*scoped, *api.resources) for one in resource.operations]
    found = {module for operation in operations for module in wire_names(operation)}
    # Bodies of forms are written as parameters are.
    return sorted(found | {"parameters"} if "body" in found else found)
