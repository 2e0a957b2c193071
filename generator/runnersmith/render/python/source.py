"""Python source of IR values: literals, docstrings, comments and annotations.

Pure. Every string that comes from a spec reaches a template through one of these functions, which
give finished literals; a template never writes a quote around one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Literal

from ... import ir

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


def item_annotation(model: ir.Model) -> str | None:
    """The annotation of what a list wrapper holds."""
    held = next((field.type for field in model.fields if field.name == model.items), None)
    return annotation(held.items) if isinstance(held, ir.Array) else None


def assignment(field: ir.Field, role: ir.Role) -> str | None:
    """The right-hand side of a model's field; None when it has none."""
    default = None if field.required else "None" if role == "reply" else "UNSET"
    if field.name == field.wire_name:
        return default
    name = f"name={literal(field.wire_name)}"
    return f"field({name})" if default is None else f"field({name}, default={default})"


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


def mapping(entries: Iterable[tuple[str, str]]) -> str:
    """Write a dict of finished literals, by name."""
    return "{" + ", ".join(f"{literal(name)}: {text}" for name, text in entries) + "}"


def strings(names: Iterable[str]) -> str:
    """Write strings as a tuple of literals."""
    listed = [literal(name) for name in names]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def mentions(types: Iterable[ir.Type], kind: str) -> bool:
    """Whether a kind of type (`array`, `literal`, `datetime`, ...) occurs anywhere in the types."""
    return any(
        part.kind == kind or (isinstance(part, ir.Primitive) and part.name == kind)
        for found in types
        for part in parts(found)
    )
