"""Edits of examples after an edit of their schema. Changes only the draft."""

from __future__ import annotations

from collections.abc import Iterator

from ...openapi.document import Json, Node, Pointer, describe
from ..draft.descriptions import JSON, is_property, name_of
from ..draft.draft import Draft, Mapping, mapping
from ..translate.sample_values import sample

_LOOK = "put a value into the example that looks real"


def add(draft: Draft, holder: Node, steps: list[str], schema: Json) -> None:
    """Add a field to the examples of a parameter, body or response that lack it."""
    *owner, last = steps
    for parent, pointer in _inside(draft, holder, owner):
        if isinstance(parent, dict) and (name := name_of(last)) not in parent:
            parent[name] = sample(draft, schema)
            draft.note((*pointer, name), _LOOK)


def drop(draft: Draft, holder: Node, steps: list[str]) -> None:
    """Remove a field from the examples."""
    *owner, last = steps
    for parent, _ in _inside(draft, holder, owner):
        if isinstance(parent, dict):
            parent.pop(name_of(last), None)


def change(draft: Draft, holder: Node, steps: list[str], schema: Json) -> None:
    """Change a field's value in the examples; a number that becomes text keeps its digits."""
    for container, pointer in [*_holding(draft, holder, steps)]:
        key = pointer[-1]
        old = container[str(key)] if isinstance(container, dict) else container[int(key)]
        new = sample(draft, schema)
        if isinstance(new, str) and isinstance(old, int | float) and not isinstance(old, bool):
            new = str(old)
        if describe(old) != describe(new):
            if isinstance(container, dict):
                container[str(key)] = new
            else:
                container[int(key)] = new
            draft.note(pointer, _LOOK)


def _holding(
    draft: Draft, holder: Node, steps: list[str]
) -> Iterator[tuple[dict[str, Json] | list[Json], Pointer]]:
    """Yield each container of a value in the examples, with its pointer."""
    if not steps:
        for place, pointer in _roots(draft, holder):
            yield place, pointer
        return
    *owner, last = steps
    for parent, pointer in _inside(draft, holder, owner):
        if isinstance(parent, dict) and is_property(last) and (name := name_of(last)) in parent:
            yield parent, (*pointer, name)
        elif isinstance(parent, dict) and last == "{}":
            yield from ((parent, (*pointer, key)) for key in parent)
        elif isinstance(parent, list) and last == "[]":
            yield from ((parent, (*pointer, index)) for index in range(len(parent)))


def _inside(draft: Draft, holder: Node, steps: list[str]) -> Iterator[tuple[Json, Pointer]]:
    """Yield the values at the end of steps into every example."""
    for container, pointer in [*_holding(draft, holder, steps)]:
        key = pointer[-1]
        yield container[str(key)] if isinstance(container, dict) else container[int(key)], pointer


def _roots(draft: Draft, holder: Node) -> Iterator[tuple[Mapping, Pointer]]:
    """Yield the containers of the examples of a parameter, header, body or response."""
    pointer = holder.pointer
    owner = draft.at(pointer)
    if "content" in owner:
        pointer = (*pointer, "content", JSON)
        if not draft.has(pointer):
            return
        owner = draft.at(pointer)
    if "example" in owner:
        yield owner, (*pointer, "example")
    for name, named in mapping(owner.get("examples", {})).items():
        if isinstance(named, dict) and "value" in named:
            yield named, (*pointer, "examples", name, "value")
