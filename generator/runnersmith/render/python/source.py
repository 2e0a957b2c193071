"""Python source of IR values: literals, docstrings, comments and annotations.

Pure. Every string of a spec reaches a template through one of these functions, which return
finished literals. A template never puts quotes around one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Literal

from ... import ir
from ...ir.types import FREE, parts

WIDTH = 100
Place = Literal["model", "argument", "return", "value"]


def literal(value: str | int | float | bool | None) -> str:
    """Return a value as a Python literal.

    Quotes, line ends and unprintable characters are escaped.
    """
    if not isinstance(value, str):
        return repr(value)
    # Double quotes if that needs no escape, as in black's format.
    return f'"{repr(value)[1:-1]}"' if '"' not in value and "'" not in value else repr(value)


def sentence_literal(text: str) -> str:
    """Return a text as a literal, in parts if it is too long for a line of call arguments."""
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
    """Return text as a docstring literal, with its lines indented by a number of columns."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    pad = " " * indent
    # Raw if that has the same meaning: linters require it for docstrings with backslashes.
    raw = "\\" in text and '"""' not in text and all(map(str.isprintable, lines))
    written = lines if raw else map(_inside_docstring, lines)
    body = "\n".join(pad + line if line else "" for line in written).strip()
    if body.endswith(('"', "\\")):
        body += " "
    quotes = 'r"""' if raw else '"""'
    return f'{quotes}{body}\n{pad}"""' if "\n" in body else f'{quotes}{body}"""'


def _inside_docstring(line: str) -> str:
    """Escape characters that would end a docstring or do not print."""
    escaped = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in escaped
    )


def comment(text: str) -> str:
    """Return text as one comment line."""
    return "# " + _inside_docstring(" ".join(text.split()))


def wrap(text: str, indent: int = 4, hanging: int = 0) -> str:
    """Fill paragraphs to the line width; `hanging` indents all lines of each but the first."""
    return "\n\n".join(
        textwrap.fill(
            " ".join(paragraph.split()),
            WIDTH - indent,
            # The first line of a docstring includes the quotes.
            initial_indent=" " * 3,
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ).strip()
        for paragraph in text.strip().split("\n\n")
    )


# ── Types ────────────────────────────────────────────────────────────────────────────────────


def annotation(found: ir.Type, place: Place = "model") -> str:
    """Return a type as an annotation.

    In a model, models have their bare name; elsewhere they are attributes of `models`. Arguments
    may be any Sequence or Mapping. Return values are lists, written `builtins.list` because a
    method named `list` shadows it in its class; in values it is `list`.
    """
    match found:
        case ir.Primitive(name="any"):
            return "Any" if place == "model" else "object"
        case ir.Primitive(name="file"):
            return "FileUpload"
        case ir.Primitive(name="bytes") if place == "argument":
            return "FileBody"
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


def field_annotation(field: ir.Field, role: ir.Role) -> str:
    """Return the annotation of a model's field: optional means None in a response, else unset."""
    text = annotation(field.type)
    if field.required:
        return text
    if role == "response":
        return text if text.endswith("| None") or text == "Any" else f"{text} | None"
    return unset(text)


def model_bases(model: ir.Model) -> list[str]:
    """Return the base classes of a model."""
    found = ["SecretModel"] if any(field.secret for field in model.fields) else []
    found += ["OpenModel"] if model.extra is not None else []
    return found or ["Model"]


def extra_annotation(model: ir.Model) -> str | None:
    """Return the annotation of a model's extras; None if that of the base class is as exact."""
    if model.extra is None or model.extra.type == FREE:
        return None
    # A field with a default; it is no dict, so that nobody changes the one of all others.
    return annotation(model.extra.type).replace("dict[", "Mapping[", 1)


def unset(text: str) -> str:
    """Return the annotation with unset as an alternative; null stays last."""
    bare_text = text.removesuffix(" | None")
    return f"{bare_text} | Unset | None" if bare_text != text else f"{text} | Unset"


def item_annotation(model: ir.Model) -> str | None:
    """Return the annotation of a list wrapper's items."""
    held = next((field.type for field in model.fields if field.name == model.items), None)
    return annotation(held.items) if isinstance(held, ir.Array) else None


def assignment(field: ir.Field, role: ir.Role) -> str | None:
    """Return the right-hand side of a model's field; None if it has none."""
    default = None if field.required else "None" if role == "response" else "UNSET"
    if field.name == field.wire_name:
        return default
    name = f"name={literal(field.wire_name)}"
    return f"field({name})" if default is None else f"field({name}, default={default})"


def availability(available: ir.Availability, everywhere: tuple[ir.Product, ...] = ()) -> str:
    """Return an Availability of the client; empty if it adds nothing to `everywhere`."""
    arguments: list[str] = []
    if available.versions:
        arguments.append(f"versions={strings(available.versions)}")
    if available.products and available.products != everywhere:
        listed = ", ".join(
            f"{literal(p.name)}: {literal(p.since or '')}" for p in available.products
        )
        arguments.append(f"products={{{listed}}}")
    return f"Availability({', '.join(arguments)})" if arguments else ""


def mapping(entries: Iterable[tuple[str, str]]) -> str:
    """Return a dict of finished literals, by name."""
    return "{" + ", ".join(f"{literal(name)}: {text}" for name, text in entries) + "}"


def strings(names: Iterable[str]) -> str:
    """Return strings as a tuple of literals."""
    return values(names)


def values(listed: Iterable[str | int]) -> str:
    """Return values as a tuple of literals."""
    found = [literal(value) for value in listed]
    return f"({', '.join(found)}{',' if len(found) == 1 else ''})"


def mentions(types: Iterable[ir.Type], kind: str) -> bool:
    """Return whether a kind of type (`array`, `literal`, `datetime`, ...) occurs in the types."""
    return any(
        part.kind == kind or (isinstance(part, ir.Primitive) and part.name == kind)
        for found in types
        for part in parts(found)
    )
