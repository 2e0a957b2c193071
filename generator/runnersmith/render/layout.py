"""Long constructs on several lines, as black lays them out. Pure.

Black formats whatever a template prints; but it does a file twice when the first time changes
anything, and a resource's file is mostly signatures and calls. What is laid out here need not be
right for the result to be: it only has to be, mostly, for the run to be short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Something in brackets: `head` ends with the opening one, `tail` begins with the closing one."""

    head: str
    items: Sequence[str | Group]
    tail: str

    def __str__(self) -> str:
        return f"{self.head}{', '.join(map(str, self.items))}{self.tail}"


def laid_out(group: Group, indent: int, *, outer: str = "", after: int = 0) -> str:
    """Write a group that starts after `outer` and is followed by `after` columns on its last line.

    On one line; else what is in the brackets on a line of its own; else each item on one.
    """
    whole = str(group)
    if indent + len(outer) + len(whole) + after <= WIDTH or not group.items:
        return whole
    inside = ", ".join(map(str, group.items))
    pad = " " * (indent + 4)
    end = " " * indent
    if len(pad) + len(inside) <= WIDTH:
        return f"{group.head}\n{pad}{inside}\n{end}{group.tail}"
    lines = [
        pad + (item if isinstance(item, str) else laid_out(item, indent + 4, after=1))
        for item in group.items
    ]
    # A star alone takes a comma as any other item does.
    return f"{group.head}\n" + "".join(f"{line},\n" for line in lines) + f"{end}{group.tail}"
