"""OpenAPI Overlay 1.1, applied strictly: an action without effect is a problem.

Pure. The input document is not changed. The result shares its unchanged values, and every entry
keeps its place in its own file. One rule is stricter than the specification: a target that selects
nothing is a problem. Otherwise, an outdated overlay would describe an old API version wrongly.
"""

from __future__ import annotations

from ..openapi.document import Document, Node, Pointer
from ..problems import SpecError
from .edit import Edit, at
from .form import MAX_PATH, faults, select

__all__ = ["MAX_PATH", "apply"]


def apply(document: Document, overlay: Document) -> Document:
    """Apply an overlay's actions in order. Raises SpecError with every problem of the overlay."""
    problems = list(faults(overlay))
    if problems:
        raise SpecError(problems)
    result = document
    actions = overlay.root.at("actions")
    for action in actions.elements():
        try:
            result = _apply(result, action)
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return result


def _apply(document: Document, action: Node) -> Document:
    edit = Edit(document, action)
    pointers = select(document, action.at("target"))
    if action.get("remove") is not None:
        # From the end, so that the indexes of the remaining list items stay right.
        for pointer in sorted(pointers, key=_order, reverse=True):
            edit.remove(pointer)
    elif (copied := action.get("copy")) is not None:
        sources = select(document, copied)
        if len(sources) != 1:
            raise SpecError(
                [copied.problem(f"copy has to select one node; this selects {len(sources)}")]
            )
        source = at(document, sources[0])
        for pointer in pointers:
            edit.update(pointer, source)
    else:
        for pointer in pointers:
            edit.update(pointer, action.at("update"))
    return edit.result()


def _order(pointer: Pointer) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in pointer]
