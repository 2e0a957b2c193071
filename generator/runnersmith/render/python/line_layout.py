"""Layout of long constructs on several lines, in black's format. Pure.

Black formats everything that a template prints, but formats a file twice if the first pass changes
it, and most of a resource's file is signatures and calls. This layout saves most of the second
passes; a wrong guess here only costs time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Group:
    """A construct in brackets.

    `head` ends with the opening bracket, `tail` starts with the closing one.
    """

    head: str
    items: Sequence[str | Annotated | Group]
    tail: str

    def __str__(self) -> str:
        return f"{self.head}{', '.join(map(str, self.items))}{self.tail}"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A name with its annotation and, unless empty, its default."""

    name: str
    annotation: str
    default: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.annotation}{self.end}"

    @property
    def end(self) -> str:
        return f" = {self.default}" if self.default else ""


def laid_out(
    group: Group, indent: int, *, outer: str = "", after: int = 0, nested: bool = False
) -> str:
    """Write a group that starts after `outer` and has `after` columns behind its last line.

    It is written on one line if it fits. Otherwise, its content goes on a line of its own, unless
    the group is `nested` in a broken one and has several items. Otherwise, each item gets a line.
    """
    whole = str(group)
    if indent + len(outer) + len(whole) + after <= WIDTH or not group.items:
        return whole
    inside = ", ".join(map(str, group.items))
    pad = " " * (indent + 4)
    end = " " * indent
    if len(pad) + len(inside) <= WIDTH and not (nested and len(group.items) > 1):
        return f"{group.head}\n{pad}{inside}\n{end}{group.tail}"
    lines = [pad + _item(item, indent + 4) for item in group.items]
    # A lone star takes a trailing comma as any other item does. A lone item in a subscript does
    # not: it would become a tuple.
    comma = "" if len(lines) == 1 and group.tail.startswith("]") else ","
    return f"{group.head}\n" + "".join(f"{line}{comma}\n" for line in lines) + f"{end}{group.tail}"


def _item(item: str | Annotated | Group, indent: int) -> str:
    match item:
        case str():
            return item
        case Annotated():
            return annotated(item, indent)
        case Group():
            return laid_out(item, indent, after=1, nested=True)


def annotated(item: Annotated, indent: int) -> str:
    """Write an annotated name. An annotation that is too long is put in parentheses."""
    text = str(item)
    if indent + len(text) + 1 <= WIDTH:
        return text
    name, annotation = item.name, item.annotation
    members = split(annotation, " | ")
    if len(members) == 1:
        written = _bracketed(annotation, indent, len(name) + 2, len(item.end) + 1)
        return f"{name}: {written}{item.end}"
    pad = " " * (indent + 4)
    if len(pad) + len(annotation) <= WIDTH:
        inside = f"{pad}{annotation}\n"
    else:
        listed = [
            _bracketed(one, indent + 4, 2 if number else 0, 0) for number, one in enumerate(members)
        ]
        inside = pad + f"\n{pad}| ".join(listed) + "\n"
    return f"{name}: (\n{inside}{' ' * indent}){item.end}"


def _bracketed(text: str, indent: int, before: int, after: int) -> str:
    """Write a subscript, on several lines if it is too long."""
    head, _, inside = text.partition("[")
    if not head.replace(".", "").isidentifier() or not text.endswith("]"):
        return text
    items = split(inside[:-1], ", ")
    return laid_out(
        Group(f"{head}[", items, "]"), indent, outer=" " * before, after=after, nested=True
    )


def split(text: str, separator: str) -> list[str]:
    """Split an expression at a separator outside brackets and string literals."""
    found: list[str] = []
    depth, start, quote, escaped = 0, 0, "", False
    for at, char in enumerate(text):
        if quote:
            # Literals as `literal` writes them: one quote at each end, escapes inside.
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        elif depth == 0 and text.startswith(separator, at):
            found.append(text[start:at])
            start = at + len(separator)
    return [*found, text[start:]]
