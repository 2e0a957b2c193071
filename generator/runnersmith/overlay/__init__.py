"""OpenAPI Overlay 1.1, applied strictly: an action that does nothing is a mistake, never a success.

Pure. The document is left alone; the result shares what was not touched, and every entry keeps its
place, in whichever of the two files it stands. Stricter than the specification in one point: a
target that selects nothing is a problem, since an overlay that no longer fits would otherwise say
of an old API version what is no longer so.
"""

from __future__ import annotations

from ..openapi.document import Document, Node, Pointer
from ..problems import SpecError
from .edit import Edit, at
from .form import MAX_PATH, faults, select

__all__ = ["MAX_PATH", "apply"]


def apply(document: Document, overlay: Document) -> Document:
    """Apply an overlay's actions in their order. Raises SpecError with every problem of the overlay."""
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
        # From the end, so that the indexes of list items that are still to go stay right.
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
