"""IR values as Python source: annotations, literals, docstrings, signatures.

Pure. Every string that comes from a spec reaches a template through one of these functions, which
give finished literals; a template never writes a quote around one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Literal

from ... import ir
from ...ir.names import constant_name
from ...ir.types import bare
from .line_layout import Annotated, Group, laid_out

WIDTH = 100
Place = Literal["model", "argument", "return", "value"]


def literal(value: str | int | float | bool | None) -> str:
    """Write a value as a Python literal. Quotes, line ends and what does not print are escaped."""
    if not isinstance(value, str):
        return repr(value)
    # Double quotes where that needs no escape, as black has them.
    return f'"{repr(value)[1:-1]}"' if '"' not in value and "'" not in value else repr(value)


def sentence_literal(text: str) -> str:
    """Write a text as a literal, in parts where it would not fit on a line of a call's argument."""
    parts = textwrap.wrap(
        text,
        WIDTH - 14,
        expand_tabs=False,
        replace_whitespace=False,
        drop_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"({' '.join(map(literal, parts))})" if len(parts) > 1 else literal(text)


def docstring(text: str, indent: int = 4) -> str:
    """Write text as a docstring literal, its lines at an indentation in columns."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    pad = " " * indent
    # Raw where that says the same, as linters want a docstring with backslashes.
    raw = "\\" in text and '"""' not in text and all(map(str.isprintable, lines))
    written = lines if raw else map(_inside_docstring, lines)
    body = "\n".join(pad + line if line else "" for line in written).strip()
    if body.endswith(('"', "\\")):
        body += " "
    quotes = 'r"""' if raw else '"""'
    return f'{quotes}{body}\n{pad}"""' if "\n" in body else f'{quotes}{body}"""'


def _inside_docstring(line: str) -> str:
    """Escape what would end a docstring or not print."""
    escaped = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in escaped
    )


def comment(text: str) -> str:
    """Write text as one comment line."""
    return "# " + _inside_docstring(" ".join(text.split()))


def wrap(text: str, indent: int = 4, hanging: int = 0) -> str:
    """Fill paragraphs to the line width; `hanging` indents every line but the first of each."""
    return "\n\n".join(
        textwrap.fill(
            " ".join(paragraph.split()),
            WIDTH - indent,
            # The first line of a docstring shares its line with the quotes.
            initial_indent=" " * 3,
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ).strip()
        for paragraph in text.strip().split("\n\n")
    )


# ── Types ────────────────────────────────────────────────────────────────────────────────────


def annotation(found: ir.Type, place: Place = "model") -> str:
    """Write a type as an annotation.

    In a model, models go by their bare name; elsewhere they are looked up in `models`. What a
    caller gives may be any Sequence or Mapping. What a method returns is a list, written
    `builtins.list` since a method named `list` shadows it in its class; as a value it is `list`.
    """
    match found:
        case ir.Primitive(name="any"):
            return "Any" if place == "model" else "object"
        case ir.Primitive(name=name):
            return name
        case ir.Literal(values=values, open=is_open):
            listed = f"Literal[{', '.join(literal(value) for value in values)}]"
            return f"{listed} | str" if is_open else listed
        case ir.Array(items=items):
            holder = {"argument": "Sequence", "return": "builtins.list"}.get(place, "list")
            return f"{holder}[{annotation(items, place)}]"
        case ir.Map(values=values):
            holder = "Mapping" if place == "argument" else "dict"
            return f"{holder}[str, {annotation(values, place)}]"
        case ir.Reference(model=model):
            return model if place == "model" else f"models.{model}"
        case ir.Nullable(type=inner):
            return f"{annotation(inner, place)} | None"
        case ir.Union(members=members):
            return " | ".join(annotation(member, place) for member in members)


def parts(found: ir.Type) -> Iterator[ir.Type]:
    """The type and every type inside it."""
    yield found
    match found:
        case ir.Array(items=inner) | ir.Map(values=inner) | ir.Nullable(type=inner):
            yield from parts(inner)
        case ir.Union(members=members):
            for member in members:
                yield from parts(member)
        case _:
            pass


def field_annotation(field: ir.Field, role: ir.Role) -> str:
    """The annotation of a model's field: absent is None in a reply, and unset in what is sent."""
    text = annotation(field.type)
    if field.required:
        return text
    if role == "reply":
        return text if text.endswith("| None") or text == "Any" else f"{text} | None"
    return unset(text)


def unset(text: str) -> str:
    """The annotation of what may also be unset; null stays last."""
    bare_text = text.removesuffix(" | None")
    return f"{bare_text} | Unset | None" if bare_text != text else f"{text} | Unset"


def assignment(field: ir.Field, role: ir.Role) -> str | None:
    """The right-hand side of a model's field; None when it has none."""
    default = None if field.required else "None" if role == "reply" else "UNSET"
    if field.name == field.wire_name:
        return default
    name = f"name={literal(field.wire_name)}"
    return f"field({name})" if default is None else f"field({name}, default={default})"


# ── Methods ──────────────────────────────────────────────────────────────────────────────────


def keywords(operation: ir.Operation) -> tuple[ir.Field | ir.Parameter, ...]:
    """What a method takes by keyword: parameters that are not in the path, then the body's."""
    return (*operation.query, *operation.headers, *operation.cookies, *body_fields(operation))


def body_fields(operation: ir.Operation) -> tuple[ir.Field, ...]:
    """The arguments that make up the body: its fields, or the whole of it."""
    body = operation.body
    return () if body is None else (body.whole,) if body.whole is not None else body.fields


def signature(operation: ir.Operation, is_async: bool = False) -> str:
    """The parameters of a method: path parameters in order, everything else by keyword."""
    head = f"{'async ' if is_async and not operation.paged else ''}def {operation.name}("
    tail = f") -> {result(operation, is_async)}:"
    return laid_out(Group("", ["self", *parameters(operation)], ""), 4, outer=head, after=len(tail))


def parameters(operation: ir.Operation) -> tuple[str | Annotated, ...]:
    """Each parameter of a method but `self`, as its signature has it."""
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


def result(operation: ir.Operation, is_async: bool) -> str:
    """The annotation of what a method gives."""
    return given(operation, is_async, "return")


def given(operation: ir.Operation, is_async: bool, place: Place) -> str:
    """The annotation of what a method gives, in its class or elsewhere."""
    returned = annotation(operation.returns, place) if operation.returns else "None"
    if operation.paged and operation.item:
        return (
            f"{'Async' if is_async else ''}Pages[{annotation(operation.item, place)}, {returned}]"
        )
    return returned


def call(operation: ir.Operation, is_async: bool) -> str:
    """The one statement that a method consists of."""
    if operation.paged:
        head = "return self._walk("
    else:
        await_ = "await " if is_async else ""
        return_ = "return " if operation.returns else ""
        head = f"{return_}{await_}self._call("
    return laid_out(Group(head, _arguments(operation), ")"), 8)


def _arguments(operation: ir.Operation) -> list[str | Group]:
    """The arguments of the one call that a method makes."""
    # Here, since it needs this module in turn.
    from .operation_literals import key

    written: list[str | Group] = [f"_operations.{constant_name(operation.name)}"]
    for name, fields in (
        ("path", operation.arguments),
        ("query", (*operation.query, *operation.headers, *operation.cookies)),
        ("body", body_fields(operation)),
    ):
        if fields:
            entries = [f"{literal(key(field))}: {field.name}" for field in fields]
            written.append(Group(f"{name}={{", entries, "}"))
    return written


def operation_type(operation: ir.Operation) -> str:
    """The type of an operation's constant."""
    returned = annotation(operation.returns, "value") if operation.returns else "None"
    if operation.paged and operation.item:
        return f"PagedOperation[{annotation(operation.item, 'value')}, {returned}]"
    return f"Operation[{returned}]"


def required(operation: ir.Operation) -> str:
    """The wire names of the keywords that a caller has to give, as a tuple."""
    # Here, since it needs this module in turn.
    from .operation_literals import key

    listed = [literal(key(field)) for field in keywords(operation) if field.required]
    if len(listed) < 2:
        return strings(key(field) for field in keywords(operation) if field.required)
    return laid_out(Group("(", listed, ")"), 4, outer="required=", after=1)


def lists(operation: ir.Operation) -> str:
    """The wire names of the body's array fields, as a tuple."""
    return strings(
        field.wire_name
        for field in body_fields(operation)
        if isinstance(bare(field.type), ir.Array)
    )


def availability(available: ir.Availability, everywhere: tuple[ir.Product, ...] = ()) -> str:
    """An Availability of the client, or nothing where it says no more than `everywhere`."""
    said: list[str] = []
    if available.versions:
        said.append(f"versions={strings(available.versions)}")
    if available.products and available.products != everywhere:
        listed = ", ".join(
            f"{literal(p.name)}: {literal(p.since or '')}" for p in available.products
        )
        said.append(f"products={{{listed}}}")
    return f"Availability({', '.join(said)})" if said else ""


def limited(operation: ir.Operation) -> str:
    """The arguments that exist in fewer places than their operation, by wire name."""
    entries = [
        (field.wire_name, availability(field.available, operation.available.products))
        for field in keywords(operation)
    ]
    return mapping((name, text) for name, text in entries if text)


def required_in(operation: ir.Operation) -> str:
    """The arguments that some API versions require, by wire name."""
    return mapping(
        (field.wire_name, strings(field.required_in))
        for field in keywords(operation)
        if field.required_in
    )


def older_paths(operation: ir.Operation) -> str:
    """What the path was in older API versions."""
    return mapping((older.version, literal(older.path)) for older in operation.older_paths)


def mapping(entries: Iterable[tuple[str, str]]) -> str:
    """Write a dict of finished literals, by name."""
    return "{" + ", ".join(f"{literal(name)}: {text}" for name, text in entries) + "}"


def strings(names: Iterable[str]) -> str:
    """Write strings as a tuple of literals."""
    listed = [literal(name) for name in names]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def wrapper(operation: ir.Operation, api: ir.Api) -> ir.Model | None:
    """The model that wraps the items of a paged operation; None when it lists them bare."""
    if not isinstance(operation.returns, ir.Reference):
        return None
    return next(model for model in api.models if model.name == operation.returns.model)


def item_key(operation: ir.Operation, api: ir.Api) -> str | None:
    """The attribute that tells a paged operation's items apart; None when they have no id."""
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


def mentions(types: Iterable[ir.Type], kind: str) -> bool:
    """Whether a kind of type (`array`, `literal`, `datetime`, ...) occurs anywhere in the types."""
    return any(
        part.kind == kind or (isinstance(part, ir.Primitive) and part.name == kind)
        for found in types
        for part in parts(found)
    )
